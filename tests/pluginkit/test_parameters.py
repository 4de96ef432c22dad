from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from zope.interface.verify import verifyObject

from provd.pluginkit.interfaces import IConfigureService
from provd.pluginkit.localization import localized_attribute, set_locale
from provd.pluginkit.parameters import (
    AttrConfigurationServiceParameter,
    BaseConfigurationService,
    DictConfigurationServiceParameter,
    InvalidParameterError,
    JsonConfigPersister,
    PersistentConfigureServiceDecorator,
)


def port(value: Any) -> int:
    number = int(value)
    if number > 65535:
        raise ValueError("not a port")
    return number


class Example:
    """
    A configure service over an attribute and a key, and where both keep their values.
    """

    def __init__(self) -> None:
        self.place = SimpleNamespace(port=5060)
        self.keys: dict[str, Any] = {}
        self.service = BaseConfigurationService(
            {
                "port": AttrConfigurationServiceParameter(
                    self.place, "port", "Port", port, description_fr="Le port"
                ),
                "secret": DictConfigurationServiceParameter(self.keys, "secret", "Secret"),
            }
        )


@pytest.fixture
def example() -> Example:
    return Example()


def test_parameters_are_read_and_set(example: Example) -> None:
    verifyObject(IConfigureService, example.service)
    example.service.set("port", "5061")
    example.service.set("secret", "s3")
    assert (example.place.port, example.service.get("port")) == (5061, 5061)
    assert (example.keys, example.service.get("secret")) == ({"secret": "s3"}, "s3")


def test_none_unsets_a_parameter(example: Example) -> None:
    example.service.set("secret", "s3")
    example.service.set("secret", None)
    example.service.set("port", None)
    assert (example.keys, example.place.port) == ({}, None)
    assert example.service.get("secret") is None


def test_unknown_parameters_are_a_key_error(example: Example) -> None:
    with pytest.raises(KeyError):
        example.service.get("nothing")
    with pytest.raises(KeyError):
        example.service.set("nothing", 1)


@pytest.mark.parametrize("value", [70000, "x"])
def test_a_refused_value_changes_nothing(example: Example, value: Any) -> None:
    with pytest.raises(InvalidParameterError):
        example.service.set("port", value)
    assert example.service.get("port") == 5060


def test_descriptions_come_in_order_and_in_other_languages(example: Example) -> None:
    assert example.service.description == [("port", "Port"), ("secret", "Secret")]
    set_locale("fr_CA")
    try:
        assert localized_attribute(example.service, "description") == [
            ("port", "Le port"),
            ("secret", "Secret"),
        ]
    finally:
        set_locale(None)


def test_only_descriptions_may_be_added_to_a_parameter() -> None:
    with pytest.raises(TypeError):
        DictConfigurationServiceParameter({}, "key", "Text", None, descripton_fr="Texte")


def test_values_survive_a_restart(tmp_path: Path) -> None:
    first = Example()
    service = PersistentConfigureServiceDecorator(
        first.service, JsonConfigPersister(str(tmp_path / "config.json"))
    )
    verifyObject(IConfigureService, service)
    service.set("port", 5070)
    service.set("secret", "s3")
    service.set("secret", None)
    second = Example()
    service = PersistentConfigureServiceDecorator(
        second.service, JsonConfigPersister(tmp_path / "config.json")
    )
    assert (second.place.port, second.keys) == (5070, {})
    assert service.get("port") == 5070
    assert service.description == first.service.description
    assert service.description_fr == [("port", "Le port"), ("secret", "Secret")]


def test_a_refused_value_is_not_saved(tmp_path: Path, example: Example) -> None:
    persister = JsonConfigPersister(tmp_path / "config.json")
    with pytest.raises(InvalidParameterError):
        PersistentConfigureServiceDecorator(example.service, persister).set("port", 70000)
    assert persister.params() == {}


def test_saved_values_that_are_no_longer_taken_are_skipped(tmp_path: Path, example: Example) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"gone": 1, "port": 70000, "secret": "s3"}))
    PersistentConfigureServiceDecorator(example.service, JsonConfigPersister(path))
    assert (example.place.port, example.keys) == (5060, {"secret": "s3"})


def test_a_service_of_nothing_but_the_interface_is_enough() -> None:
    class Bare:
        def get(self, name: str) -> Any:
            return None

        def set(self, name: str, value: Any) -> None:
            pass

    saved = SimpleNamespace(params=lambda: {"a": 1}, update=lambda name, value: None)
    service = PersistentConfigureServiceDecorator(Bare(), saved)
    service.set("a", 2)
    with pytest.raises(AttributeError):
        _ = service.description


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'"text"', b"[" * 100_000])
def test_a_damaged_file_counts_as_empty(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.json").write_bytes(content)
    assert JsonConfigPersister(tmp_path / "config.json").params() == {}


def test_saved_parameters_are_for_the_daemon_alone(tmp_path: Path) -> None:
    JsonConfigPersister(tmp_path / "config.json").update("secret", "s3")
    assert (tmp_path / "config.json").stat().st_mode & 0o777 == 0o600


def test_a_failure_to_save_keeps_what_was_saved(tmp_path: Path) -> None:
    persister = JsonConfigPersister(tmp_path / "config.json")
    persister.update("a", 1)
    with pytest.raises(TypeError):
        persister.update("b", object())
    assert persister.params() == {"a": 1} == json.loads((tmp_path / "config.json").read_text())
