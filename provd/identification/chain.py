"""
The names in the settings become the stages of the pipeline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from twisted.python.reflect import namedAny

from provd.errors import InvalidSettings
from provd.guard import Guard

from .extractors import CollaboratingDeviceInfoExtractor, GuardedExtractor, StandardDeviceInfoExtractor
from .merging import LastSeenUpdater
from .pluginextractors import AllPluginsDeviceInfoExtractor
from .retrievers import RETRIEVERS, FirstCompositeDeviceRetriever
from .updaters import (
    AddInfoDeviceUpdater,
    AutocreateConfigDeviceUpdater,
    CompositeDeviceUpdater,
    DynamicDeviceUpdater,
    PluginAssociatorDeviceUpdater,
    RemoveOutdatedIpDeviceUpdater,
)


def build_stages(
    extractors: Sequence[str], retrievers: Sequence[str], updaters: Sequence[str], app: Any, pg_mgr: Any
) -> tuple[CollaboratingDeviceInfoExtractor, FirstCompositeDeviceRetriever, CompositeDeviceUpdater]:
    """
    Return the extractor, retriever and updater that the settings name.

    :param extractors, retrievers, updaters: short names, in order; a name with a dot is a site's own class,
        which is called with ``app``.
    :param app: what retrievers and updaters act on.
    :param pg_mgr: the loaded plugins.
    :raises InvalidSettings: if a site's class can't be imported or made.
    """
    make_extractor: dict[str, Callable[[], Any]] = {
        "standard": StandardDeviceInfoExtractor,
        "all_plugins": lambda: AllPluginsDeviceInfoExtractor(None, pg_mgr),
    }
    make_retriever: dict[str, Callable[[], Any]] = {
        name: partial(retriever, app) for name, retriever in RETRIEVERS.items()
    }
    make_updater: dict[str, Callable[[], Any]] = {
        "outdated_ip": lambda: RemoveOutdatedIpDeviceUpdater(app),
        "add_info": AddInfoDeviceUpdater,
        "ip_and_version": lambda: DynamicDeviceUpdater(("ip", "version"), force=True),
        "plugin_association": lambda: PluginAssociatorDeviceUpdater(pg_mgr),
        "autocreate_config": lambda: AutocreateConfigDeviceUpdater(app),
    }

    def built(setting: str, names: Sequence[str], makers: dict[str, Callable[[], Any]]) -> list[Any]:
        return [makers[name]() if name in makers else _site_class(setting, name, app) for name in names]

    guard = Guard("extractor")
    chosen = built("general.info_extractor", extractors, make_extractor)
    guarded = [
        extractor if name in make_extractor else GuardedExtractor(name, extractor, pg_mgr.reactor, guard)
        for name, extractor in zip(extractors, chosen, strict=True)
    ]
    return (
        CollaboratingDeviceInfoExtractor(LastSeenUpdater, guarded),
        FirstCompositeDeviceRetriever(built("general.retriever", retrievers, make_retriever)),
        CompositeDeviceUpdater(built("general.updater", updaters, make_updater)),
    )


def _site_class(setting: str, name: str, app: Any) -> Any:
    try:
        return namedAny(name)(app)
    except Exception as error:
        raise InvalidSettings({setting: f"{name} can't be used: {error}"}) from error
