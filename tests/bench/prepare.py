"""
Fills a data folder with a site of many devices: ``python -m tests.bench.prepare FOLDER DEVICES``.
"""

from __future__ import annotations

import shutil
import sys
import uuid
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import react

from provd.app.firststart import well_known_configs, write_well_known_configs
from provd.app.tenanttable import TenantTable
from provd.store.opening import open_store

SOURCES = Path(__file__).parents[2] / "plugins"
PADDED_TO = 42 * 1024


def mac_of(phone: int) -> str:
    return "00:15:65:" + ":".join(f"{phone >> shift & 255:02x}" for shift in (16, 8, 0))


def ip_of(phone: int) -> str:
    return "10." + ".".join(str(phone >> shift & 255) for shift in (16, 8, 0))


def copy_plugins(folder: Path, count: int) -> None:
    """
    Install so many plugins: Yealink's, the other families, and then copies of Yealink's, each for a brand of
    its own.
    """
    families = sorted(
        (path.parent.name for path in SOURCES.glob("*/identity.yml")), key=lambda name: name != "yealink"
    )
    for family in families[:count]:
        _copy(family, folder / family)
    for number in range(len(families), count):
        brand = folder / f"brand{number:02d}"
        _copy("yealink", brand)
        _rename(brand / "identity.yml", number)
    filler = "# " + "x" * 97 + "\n"
    (folder / "yealink" / "var" / "templates" / "T46S.tpl").write_text(
        "{% include 'base.tpl' %}\n" + filler * ((PADDED_TO - 37_300) // 100)
    )


def _copy(family: str, target: Path) -> None:
    shutil.copytree(SOURCES / family, target, ignore=shutil.ignore_patterns("__pycache__", "var"))
    for name in ("templates", "tftpboot", "cache", "installed"):
        (target / "var" / name).mkdir(parents=True)


def _rename(identity: Path, number: int) -> None:
    """
    Have a copy's phones be those of another brand.
    """
    text = identity.read_text().replace("yealink", f"brand{number:02d}")
    text = text.replace("Yealink", f"Brand{number:02d}").replace("W5[26]P", f"B{number}P")
    text = text.replace("VP530P?", f"V{number}P")
    lines = [line for line in text.splitlines() if not line.startswith('  - "')]
    place = lines.index("mac_prefixes:") + 1
    identity.write_text("\n".join([*lines[:place], f'  - "02:00:{number:02x}"', *lines[place:]]) + "\n")


async def fill(reactor: Any, folder: Path, devices: int) -> None:
    tenant = TenantTable(folder / "tenants.json").master
    store = await open_store("sqlite", folder, "jsondb", reactor)
    await write_well_known_configs(
        store.configs, well_known_configs("192.0.2.1", "192.0.2.1", "Europe/Paris")
    )
    account = store.configs.get("autoprov")["raw_config"]
    for phone in range(devices):
        config = f"autoprov{uuid.uuid4()}"
        await store.configs.insert(
            {"id": config, "parent_ids": ["autoprov"], "raw_config": account, "transient": True},
            durable=False,
        )
        await store.devices.insert(
            {
                "id": uuid.uuid4().hex,
                "mac": mac_of(phone),
                "ip": ip_of(phone),
                "vendor": "Yealink",
                "model": "T46S",
                "version": "66.86.0.15",
                "plugin": "yealink",
                "config": config,
                "added": "auto",
                "tenant_uuid": tenant,
                "is_new": True,
                "configured": True,
                "remote_state_sip_username": account["sip_lines"]["1"]["username"],
            },
            durable=False,
        )
    await store.close()


def main(reactor: Any, folder: str, devices: str, plugins: str) -> Deferred[None]:
    Path(folder).mkdir(parents=True, exist_ok=True)
    copy_plugins(Path(folder) / "plugins", int(plugins))
    return Deferred.fromCoroutine(fill(reactor, Path(folder), int(devices)))


if __name__ == "__main__":
    react(main, sys.argv[1:])
