from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed

from provd.app.pluginservices import PluginPackages, PluginParameters, PluginServices
from provd.errors import NotFound, PluginError, Refused
from provd.model.operation import OIP_PROGRESS, OperationInProgress
from provd.pluginhost.manager import PluginManager
from provd.pluginkit.errors import InvalidParameterError
from provd.pluginkit.localization import set_locale
from provd.testing.reactor import TurningReactor
from tests.logged import logged
from tests.support import failed_with, result_of

SECRET = "s3cret"


class Broken:
    """
    Fails whatever is asked of it.
    """

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        raise self._error


class Installs:
    """
    An installation service as third parties write it: no ``upgrade``, answers as Deferreds.
    """

    def __init__(self) -> None:
        self.done: Deferred[None] = Deferred()
        self.operation = OperationInProgress(
            "fetch", OIP_PROGRESS, 1, 2, [OperationInProgress("download", OIP_PROGRESS)]
        )
        self.calls: list[tuple[str, str]] = []
        self.there = {"p": {"version": "1", "description": "P"}}

    def install(self, package_id: str) -> Any:
        self.calls.append(("install", package_id))
        if package_id == "unknown":
            raise ValueError(SECRET)
        return self.done, self.operation

    def uninstall(self, package_id: str) -> Any:
        self.calls.append(("uninstall", package_id))
        return succeed(None) if package_id in self.there else fail(KeyError(SECRET))

    def list_installable(self) -> Any:
        return succeed({"p": {"version": "2", "description": "P", "dsize": 3}})

    def list_installed(self) -> Any:
        return self.there


class Configures:
    description = [("user", "User"), ("level", "Level")]
    description_fr = [("user", "Utilisateur"), ("level", "Niveau")]

    def __init__(self) -> None:
        self.values: dict[str, Any] = {"user": "u", "level": None}

    def get(self, name: str) -> Any:
        return succeed(self.values[name])

    def set(self, name: str, value: Any) -> None:
        if name not in self.values:
            raise KeyError(name)
        if value == SECRET:
            raise InvalidParameterError(value)
        self.values[name] = value


class Office:
    def __init__(self, **services: Any) -> None:
        self.manager = PluginManager(TurningReactor())
        self.manager.add(SimpleNamespace(id="acme", services=services))
        self.busy: set[str] = set()
        found = PluginServices(self.manager)
        self.packages = PluginPackages(found, self.busy.__contains__)
        self.parameters = PluginParameters(found, self.busy.__contains__)


def test_an_operation_is_the_services_own_and_ends_with_it() -> None:
    service = Installs()
    office = Office(install=service)
    running = result_of(office.packages.install("acme", "p"))
    assert running.operation is service.operation
    assert office.packages.is_installing("acme")
    service.done.callback(None)
    result_of(running.done)
    assert str(running.operation) == "fetch|success;1/2(download|success)"
    assert not office.packages.is_installing("acme")


def test_a_package_that_fails_ends_its_operation_and_tells_no_secret() -> None:
    service = Installs()
    office = Office(install=service)
    running = result_of(office.packages.install("acme", "p"))
    with logged() as events:
        service.done.errback(ValueError(SECRET))
        result_of(running.done)
    assert running.operation.state == "fail"
    assert "install of package p of plugin acme failed: ValueError at " in events.texts()[0]
    assert SECRET not in events.everything()
    assert not office.packages.is_installing("acme")


def test_two_packages_of_a_plugin_may_be_installed_at_once() -> None:
    first, second = Installs(), Installs()
    office = Office(install=first)
    running = [result_of(office.packages.install("acme", "p"))]
    office.manager.get("acme").services["install"] = second
    running.append(result_of(office.packages.install("acme", "q")))
    first.done.callback(None)
    assert office.packages.is_installing("acme")
    second.done.callback(None)
    assert not office.packages.is_installing("acme")
    assert [each.operation.state for each in running] == ["success", "success"]


def test_a_service_without_upgrade_removes_and_installs() -> None:
    service = Installs()
    office = Office(install=service)
    result_of(office.packages.upgrade("acme", "p"))
    result_of(office.packages.upgrade("acme", "new"))
    assert service.calls == [("uninstall", "p"), ("install", "p"), ("install", "new")]


def test_whatever_a_service_raises_at_once_is_a_refusal_without_its_message() -> None:
    office = Office(install=Installs())
    for coroutine in (
        office.packages.install("acme", "unknown"),
        office.packages.uninstall("acme", "unknown"),
    ):
        error = failed_with(Refused, coroutine)
        assert (error.error_id, error.http_status) == ("package-not-found", 400)
        assert SECRET not in str(error)


@pytest.mark.parametrize("error", [ValueError(SECRET), SystemExit(), KeyboardInterrupt(), BaseException()])
def test_a_service_that_fails_at_everything_harms_nobody(error: BaseException) -> None:
    office = Office(install=Broken(error), configure=Broken(error))
    packages, parameters = office.packages, office.parameters
    for coroutine in (
        packages.installable("acme"),
        packages.installed("acme"),
        packages.upgrade("acme", "p"),
    ):
        assert SECRET not in str(failed_with(PluginError, coroutine))
    for begun in (packages.install("acme", "p"), packages.uninstall("acme", "p")):
        failed_with(Refused, begun)
    for asked in (parameters.all("acme"), parameters.get("acme", "x"), parameters.set("acme", "x", 1)):
        assert SECRET not in str(failed_with(PluginError, asked))


@pytest.mark.parametrize("answer", [None, 1, (), (1, 2, 3), [("p", {})]])
def test_answers_of_another_kind_are_told_apart(answer: Any) -> None:
    service = SimpleNamespace(install=lambda package_id: answer, list_installed=lambda: answer)
    office = Office(install=service)
    failed_with(PluginError, office.packages.install("acme", "p"))
    failed_with(PluginError, office.packages.installed("acme"))
    assert not office.packages.is_installing("acme")


def test_an_operation_that_is_none_is_replaced_by_a_plain_one() -> None:
    office = Office(install=SimpleNamespace(install=lambda package_id: (succeed(None), "progress")))
    assert str(result_of(office.packages.install("acme", "p")).operation) == "install_pkg|success"


def test_a_plugin_that_is_being_changed_takes_no_packages_and_parameters() -> None:
    service = Installs()
    office = Office(install=service, configure=Configures())
    office.busy.add("acme")
    packages = office.packages
    for coroutine in (
        packages.install("acme", "p"),
        packages.upgrade("acme", "new"),
        packages.uninstall("acme", "p"),
        office.parameters.set("acme", "user", "v"),
    ):
        assert failed_with(Refused, coroutine).error_id == "operation-in-progress"
    assert service.calls == []


def test_lists_are_what_the_service_says() -> None:
    office = Office(install=Installs())
    assert result_of(office.packages.installable("acme"))["p"]["dsize"] == 3
    assert result_of(office.packages.installed("acme")) == {"p": {"version": "1", "description": "P"}}


def test_plugins_that_are_not_loaded_and_services_that_are_not_offered_are_not_found() -> None:
    office = Office()
    for plugin_id, kind in (("other", "plugin"), ("acme", "service")):
        for coroutine in (
            office.packages.installable(plugin_id),
            office.packages.install(plugin_id, "p"),
            office.packages.upgrade(plugin_id, "p"),
            office.packages.uninstall(plugin_id, "p"),
            office.parameters.all(plugin_id),
            office.parameters.set(plugin_id, "user", 1),
        ):
            assert failed_with(NotFound, coroutine).kind == kind


def test_parameters_are_listed_in_the_order_and_locale_of_their_descriptions() -> None:
    office = Office(configure=Configures())
    assert result_of(office.parameters.all("acme")) == [
        {"id": "user", "description": "User", "value": "u"},
        {"id": "level", "description": "Level", "value": None},
    ]
    set_locale("fr_CA")
    try:
        assert result_of(office.parameters.all("acme"))[0]["description"] == "Utilisateur"
    finally:
        set_locale(None)


def test_a_parameter_is_read_and_changed() -> None:
    office = Office(configure=Configures())
    result_of(office.parameters.set("acme", "user", "v"))
    assert result_of(office.parameters.get("acme", "user")) == "v"


def test_unknown_parameters_are_not_found_and_bad_values_refused_unquoted() -> None:
    office = Office(configure=Configures())
    assert failed_with(NotFound, office.parameters.get("acme", "x")).kind == "parameter"
    assert failed_with(NotFound, office.parameters.set("acme", "x", 1)).kind == "parameter"
    error = failed_with(Refused, office.parameters.set("acme", "user", SECRET))
    assert (error.error_id, error.http_status) == ("invalid-parameter", 400)
    assert SECRET not in str(error)
