"""
What a plugin is checked with: requests of its phones, and devices with their raw configs.

In the plugin's folder, both may be missing::

    samples/requests.yml   - {agent: "Acme A1 1.0", path: /a1.cfg, tells: {vendor: Acme, model: A1}}
                           - {file: a1.cfg, tells: {vendor: Acme}}                        # over TFTP
                           - {mac: "00:aa:bb:cc:dd:01", option_60: Acme, tells: {}}       # over DHCP
    samples/devices.yml    A1: {device: {model: A1}, config: full, installed: [firmware/1/a1.rom]}

``config`` is one of ``configs.yml`` beside this module, each of ``CONFIGS`` in turn if it is left out;
``parameters`` are laid over it; ``installed`` are files that shall lie in the served folder.  Without
``devices.yml``, devices are made up of the capabilities.
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
    "base_config",
    "config",
    "devices_of",
    "known",
    "made_up",
    "request_of",
    "requests_of",
    "samples",
]

REQUESTS, DEVICES = "samples/requests.yml", "samples/devices.yml"
CONFIGS = ("autoprov", "one-line", "full")
"""The raw configs that every plugin must take: of a phone that waits for its user, of one with a line and
nothing else, and with everything."""

# What each device has that is to be configured, and all that a plugin may want to know of it.
_OWN = {
    "id": "sample",
    "tenant_uuid": "2c34c282-433e-4bb8-8d56-fec14ff7e1e9",
    "is_new": False,
    "configured": True,
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


def base_config() -> dict[str, Any]:
    """
    Return the least that ``configure_common`` gets: the raw config that all others have as their base.
    """
    return deepcopy(_configs()["base"])


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


def requests_of(content: Any) -> list[Any]:
    """
    Return the samples of ``samples/requests.yml``.

    :raises ValueError: if it isn't a list.
    """
    if not isinstance(content, list):
        raise ValueError(f"{REQUESTS} isn't a list of requests")
    return content


def request_of(sample: Any) -> tuple[Any, RequestType]:
    """
    Return the request that a sample stands for.

    :raises ValueError: if it stands for none.
    """
    if not isinstance(sample, Mapping):
        raise ValueError("isn't a mapping")
    if "file" in sample:
        return tftp_request(str(sample["file"]).encode()), RequestType.TFTP
    if "mac" in sample:
        return dhcp_request("192.0.2.9", str(sample["mac"]), sample.get("option_60")), RequestType.DHCP
    if "agent" not in sample and "path" not in sample:
        raise ValueError("has no agent or path (HTTP), file (TFTP) or mac (DHCP)")
    agent = sample.get("agent")
    path = str(sample.get("path", "/")).encode()
    return HTTPRequest(path, None if agent is None else str(agent).encode()), RequestType.HTTP


def devices_of(content: Any) -> Iterator[SampleDevice]:
    """
    Yield the devices of ``samples/devices.yml``.

    :raises ValueError: if it isn't as it should be.
    """
    if not isinstance(content, Mapping):
        raise ValueError(f"{DEVICES} isn't a mapping of names to devices")
    for name, sample in content.items():
        try:
            device = {**_OWN, **sample.get("device", {})}
            installed = tuple(sample.get("installed", ()))
            for title in (sample["config"],) if "config" in sample else CONFIGS:
                raw_config = config(title, **sample.get("parameters", {}))
                full_name = str(name) if "config" in sample else f"{name} with {title}"
                yield SampleDevice(full_name, dict(device), raw_config, installed)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{DEVICES}: {name} isn't a sample: {error}") from error


def known(triple: str) -> dict[str, str]:
    """
    Return what the name of a capability says of a phone: ``"Acme, A1, *"`` its vendor and model.
    """
    parts = (part.strip() for part in triple.split(","))
    named = zip(("vendor", "model", "version"), parts, strict=False)
    return {key: value for key, value in named if value != _ANY}


def made_up(capabilities: Mapping[str, Any]) -> Iterator[SampleDevice]:
    """
    Yield devices for the capabilities of a plugin, each with every config.
    """
    for triple, values in capabilities.items():
        is_sccp = isinstance(values, Mapping) and values.get("protocol") == "sccp"
        for name in CONFIGS:
            raw_config = config(name, **(_configs()["sccp"] if is_sccp else {}))
            yield SampleDevice(f"{triple} with {name}", {**_OWN, **known(triple)}, raw_config)
