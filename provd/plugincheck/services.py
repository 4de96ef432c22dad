"""
Whether what a plugin offers to the daemon is what the daemon takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zope.interface.interface import Method

from provd.guard import MISTAKES, attribute
from provd.pluginkit.interfaces import IConfigureService, IInstallService

from .calls import called, told

__all__ = ["mistakes"]

_METHODS = {
    "http_service": ("render", "getChildWithDefault"),
    "tftp_service": ("handle_read_request",),
    "http_dev_info_extractor": ("extract",),
    "tftp_dev_info_extractor": ("extract",),
    "dhcp_dev_info_extractor": ("extract",),
    "pg_associator": ("associate",),
}
_SERVICES = {
    "install": tuple(
        name for name, kind in IInstallService.namesAndDescriptions() if isinstance(kind, Method)
    ),
    "configure": tuple(
        name for name, kind in IConfigureService.namesAndDescriptions() if isinstance(kind, Method)
    ),
}


def mistakes(plugin: Any, plugin_dir: Path) -> Iterator[str]:
    """
    Yield what is wrong with the attributes of a plugin, and with its services.
    """
    for name, methods in _METHODS.items():
        try:
            yield from _lacking(name, called(attribute, plugin, name), methods)
        except MISTAKES as error:
            yield f"{name} failed: {told(error, plugin_dir)}"
    try:
        services = called(attribute, plugin, "services")
    except MISTAKES as error:
        yield f"services failed: {told(error, plugin_dir)}"
        return
    if not isinstance(services, Mapping):
        yield f"services is {type(services).__name__} where a mapping is meant"
        return
    for name, methods in _SERVICES.items():
        service = services.get(name)
        lacking = list(_lacking(f"the {name} service", service, methods))
        yield from lacking
        if service is None or lacking:
            continue
        try:
            yield from _TRIALS[name](service)
        except MISTAKES as error:
            yield f"the {name} service failed: {told(error, plugin_dir)}"


def _lacking(name: str, thing: Any, methods: tuple[str, ...]) -> Iterator[str]:
    lacking = (
        [] if thing is None else [method for method in methods if not callable(getattr(thing, method, None))]
    )
    if lacking:
        yield f"{name} has no {', '.join(lacking)}"


def _installs(service: Any) -> Iterator[str]:
    called(service.list_installed)
    for package, info in called(service.list_installable).items():
        if lacking := [key for key in ("version", "description", "dsize") if key not in info]:
            yield f"the package {package} that can be installed has no {', '.join(lacking)}"


def _configures(service: Any) -> Iterator[str]:
    for name, text in called(getattr, service, "description"):
        called(service.get, name)
        if not isinstance(name, str) or not isinstance(text, str):
            yield f"the description of the parameter {name!r} isn't a pair of texts"


_TRIALS = {"install": _installs, "configure": _configures}
