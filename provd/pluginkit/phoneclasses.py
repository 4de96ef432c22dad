"""
``dhcp.yml``: what a DHCP server must know of a plugin's phones, so that they find this server.

A plugin may have one beside its ``entry.py``::

    classes:
      - name: acme                        # of this plugin's classes no two have the same
        option_60: ["Acme "]              # what the vendor class identifier begins with
        option_60_ends: ["-SIP"]          # or ends with
        mac_prefixes: ["00:11:22"]        # or a file of the plugin with a list under this key: identity.yml
        options:
          - {code: 66, value: url}                    # the URL of this server
          - {code: 160, value: url, path: "$mac.cfg"} # with a path that the phone completes
          - {code: 43, suboption: 2, value: url}
          - {code: 150, value: addresses}             # or host: without a scheme, for TFTP

See :class:`provd.model.phoneclass.PhoneClass`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from provd.model.phoneclass import PhoneClass

from .family.data import LOADER

__all__ = ["DHCP_FILE", "read_phone_classes"]

DHCP_FILE = "dhcp.yml"


def _different(classes: tuple[PhoneClass, ...]) -> tuple[PhoneClass, ...]:
    if len({each.name for each in classes}) < len(classes):
        raise ValueError("two classes have the same name")
    return classes


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    classes: Annotated[tuple[PhoneClass, ...], AfterValidator(_different)] = ()


def read_phone_classes(plugin_dir: str | os.PathLike[str]) -> tuple[PhoneClass, ...]:
    """
    Return the classes of a plugin's phones; none if it has no ``dhcp.yml``.  Blocks.

    :raises ValueError: naming all that is wrong.
    """
    folder = Path(plugin_dir)
    if not (folder / DHCP_FILE).exists():
        return ()
    content = _read(folder, DHCP_FILE)
    classes = content.get("classes")
    for each in classes if isinstance(classes, list) else ():
        if isinstance(each, dict) and isinstance(each.get("mac_prefixes"), str):
            each["mac_prefixes"] = _read(folder, each["mac_prefixes"]).get("mac_prefixes")
    try:
        return _Content.model_validate(content).classes
    except ValidationError as error:
        texts = (_told(mistake) for mistake in error.errors(include_url=False))
        raise ValueError(f"{DHCP_FILE}: {'; '.join(texts)}") from None


def _read(folder: Path, name: str) -> dict[str, Any]:
    if Path(name).name != name:
        raise ValueError(f"{DHCP_FILE}: {name!r} isn't a file of the plugin")
    try:
        content = yaml.load((folder / name).read_text(encoding="utf-8"), Loader=LOADER)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ValueError(f"{name} can't be read: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{name} isn't a mapping")
    return content


def _told(mistake: Any) -> str:
    place = ".".join(str(part) for part in mistake["loc"])
    return f"{place}: {mistake['msg'].removeprefix('Value error, ')}"
