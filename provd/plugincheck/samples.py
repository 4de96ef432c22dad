"""
What a plugin is checked with: requests of its phones, and devices with their raw configs.

In the plugin's folder, both may be missing::

    samples/requests.yml   - {agent: "Acme A1 1.0", path: /a1.cfg, tells: {vendor: Acme, model: A1}}
                           - {file: a1.cfg, tells: {vendor: Acme}}                        # over TFTP
                           - {mac: "00:aa:bb:cc:dd:01", option_60: Acme, tells: {}}       # over DHCP
    samples/devices.yml    A1-full.cfg: {device: {model: A1}, config: full, installed: [firmware/1/a1.rom]}

``config`` is one of ``configs.yml`` beside this module, ``parameters`` are laid over it; ``installed`` are
files that shall lie in the served folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from provd.identification.requests import RequestType
from provd.testing.phones import HTTPRequest, dhcp_request, tftp_request

__all__ = [
    "CONFIGS",
    "DEVICES",
    "REQUESTS",
    "SampleDevice",
    "config",
    "devices_of",
    "made_up",
    "request_of",
    "samples",
]

REQUESTS, DEVICES = "samples/requests.yml", "samples/devices.yml"
CONFIGS = ("autoprov", "full")
"""The raw configs that every plugin must take: of a phone that waits for its user, and with everything."""

_OWN = {
    "mac": "00:15:65:aa:0b:1c",
    "ip": "192.0.2.17",
    "sn": "S-1",
    "uuid": "6c5c7f8e-0d4e-4aaa-8bbb-0123456789ab",
}
_ANY = "*"


class SampleDevice(NamedTuple):
    """
    A device to configure.

    :param installed: paths below the served folder.
    """

    name: str
    device: dict[str, Any]
    raw_config: dict[str, Any]
    installed: tuple[str, ...] = ()


@cache
def _configs() -> dict[str, dict[str, Any]]:
    configs: dict[str, dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("configs.yml").read_text("utf-8")
    )
    return configs


def config(name: str, **parameters: Any) -> dict[str, Any]:
    """
    Return a raw config as plugins get it, with these parameters over it.

    :raises KeyError: if there is none of that name.
    """
    return {**deepcopy(_configs()["every"]), **deepcopy(_configs()[name]), **parameters}


def samples(folder: Path, name: str) -> Any:
    """
    Return the content of a file of samples, None if it isn't there.

    :raises ValueError: if it can't be read.
    """
    try:
        return yaml.safe_load((folder / name).read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{name} can't be read: {error}".replace("\n", " ")) from error


def request_of(sample: Mapping[str, Any]) -> tuple[Any, RequestType]:
    """
    Return the request that a sample stands for.

    :raises ValueError: if it stands for none.
    """
    if "file" in sample:
        return tftp_request(str(sample["file"]).encode()), RequestType.TFTP
    if "mac" in sample:
        return dhcp_request("192.0.2.9", str(sample["mac"]), sample.get("option_60")), RequestType.DHCP
    if "agent" not in sample and "path" not in sample:
        raise ValueError("has no agent or path (HTTP), file (TFTP) or mac (DHCP)")
    agent = sample.get("agent")
    path = str(sample.get("path", "/")).encode()
    return HTTPRequest(path, None if agent is None else str(agent).encode()), RequestType.HTTP


def devices_of(content: Mapping[str, Any]) -> Iterator[SampleDevice]:
    """
    Yield the devices of ``samples/devices.yml``.

    :raises ValueError: if it isn't as it should be.
    """
    for name, sample in content.items():
        try:
            raw_config = config(sample["config"], **sample.get("parameters", {}))
            device = {"id": "sample", **_OWN, **sample.get("device", {})}
            yield SampleDevice(str(name), device, raw_config, tuple(sample.get("installed", ())))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{DEVICES}: {name} isn't a sample: {error}") from error


def made_up(capabilities: Mapping[str, Any]) -> Iterator[SampleDevice]:
    """
    Yield devices for the capabilities of a plugin, each with every config.
    """
    for triple in capabilities:
        parts = [part.strip() for part in triple.split(",")]
        known = dict(zip(("vendor", "model", "version"), parts, strict=False))
        device = {"id": "sample", **_OWN, **{key: value for key, value in known.items() if value != _ANY}}
        for name in CONFIGS:
            yield SampleDevice(f"{triple} with {name}", device, config(name))
