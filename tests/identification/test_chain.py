from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.task import Clock

from provd.errors import InvalidSettings
from provd.identification.chain import build_stages
from provd.identification.extractors import GuardedExtractor, StandardDeviceInfoExtractor
from provd.identification.pluginextractors import AllPluginsDeviceInfoExtractor
from provd.identification.requests import RequestType
from provd.pluginhost.manager import PluginManager
from provd.settings.stages import EXTRACTORS, RETRIEVERS, UPDATERS, VARIANTS
from provd.testing.phones import HTTPRequest
from tests.support import result_of


class SiteExtractor:
    def __init__(self, app: Any) -> None:
        self.app = app

    def extract(self, request: Any, request_type: RequestType) -> Any:
        if request.path == b"/fail":
            raise ValueError("s3cret")
        return {"sn": self.app, "foo": "bar"}


class SiteStage:
    def __init__(self, app: Any) -> None:
        self.app = app


class Unusable:
    def __init__(self, app: Any) -> None:
        raise KeyError("no such setting")


def stages(
    extractors: Any = EXTRACTORS, retrievers: Any = RETRIEVERS, updaters: Any = UPDATERS
) -> tuple[Any, Any, Any]:
    return build_stages(extractors, retrievers, updaters, "the app", PluginManager(Clock()))


def names(stage: Any) -> list[str]:
    return [type(part).__name__ for part in stage]


def test_every_short_name_makes_a_step_in_the_given_order() -> None:
    extractor, retriever, updater = stages()
    assert names(extractor._extractors) == ["StandardDeviceInfoExtractor", "AllPluginsDeviceInfoExtractor"]
    assert names(retriever.retrievers) == [
        "MacDeviceRetriever",
        "SerialNumberDeviceRetriever",
        "UUIDDeviceRetriever",
        "IpDeviceRetriever",
        "AddDeviceRetriever",
    ]
    assert names(updater.updaters) == [
        "RemoveOutdatedIpDeviceUpdater",
        "AddInfoDeviceUpdater",
        "DynamicDeviceUpdater",
        "PluginAssociatorDeviceUpdater",
        "AutocreateConfigDeviceUpdater",
    ]


def test_by_default_the_address_of_the_connection_has_the_last_word() -> None:
    extractor, _, _ = stages(VARIANTS["info_extractor"]["default"])
    all_plugins, standard = extractor._extractors
    assert isinstance(all_plugins, AllPluginsDeviceInfoExtractor)
    assert isinstance(standard, StandardDeviceInfoExtractor)


def test_the_secure_variants_add_nothing_and_learn_nothing() -> None:
    _, retriever, updater = stages(
        retrievers=VARIANTS["retriever"]["secure"], updaters=VARIANTS["updater"]["secure"]
    )
    assert "AddDeviceRetriever" not in names(retriever.retrievers)
    assert updater.updaters == []


def test_a_dotted_path_names_a_class_of_the_site_which_gets_the_application() -> None:
    here = f"{__name__}.SiteStage"
    extractor, retriever, updater = stages(
        ["standard", f"{__name__}.SiteExtractor"], ["mac", here], [here, "add_info"]
    )
    assert isinstance(extractor._extractors[1], GuardedExtractor)
    assert (retriever.retrievers[1].app, updater.updaters[0].app) == ("the app", "the app")
    info = result_of(extractor.extract(HTTPRequest(b"/", address="192.0.2.1"), RequestType.HTTP))
    assert info == {"ip": "192.0.2.1", "sn": "the app"}
    assert info.opinions == ((f"{__name__}.SiteExtractor", {"sn": "the app"}),)


def test_a_site_s_extractor_that_fails_tells_nothing() -> None:
    extractor, _, _ = stages([f"{__name__}.SiteExtractor", "standard"])
    info = result_of(extractor.extract(HTTPRequest(b"/fail", address="192.0.2.1"), RequestType.HTTP))
    assert info == {"ip": "192.0.2.1"}


@pytest.mark.parametrize("name", [f"{__name__}.Unusable", f"{__name__}.Missing", "no_such_module.Class"])
@pytest.mark.parametrize("stage", ["info_extractor", "retriever", "updater"])
def test_a_class_that_cannot_be_used_is_a_mistake_in_the_settings(name: str, stage: str) -> None:
    chosen = {"extractors": (), "retrievers": (), "updaters": ()}
    chosen[{"info_extractor": "extractors", "retriever": "retrievers", "updater": "updaters"}[stage]] = (
        name,
    )
    with pytest.raises(InvalidSettings) as raised:
        stages(**chosen)
    assert list(raised.value.mistakes) == [f"general.{stage}"]
    assert name in raised.value.mistakes[f"general.{stage}"]
