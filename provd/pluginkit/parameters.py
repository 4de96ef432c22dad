"""
Parameters of a plugin that an administrator may set, and their persistence.
"""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from twisted.logger import Logger
from zope.interface import implementer

from provd.store.atomic import write_durably

from .errors import InvalidParameterError
from .interfaces import IConfigureService, IInstallService

__all__ = [
    "AbstractConfigurationService",
    "AbstractInstallationService",
    "AttrConfigurationServiceParameter",
    "BaseConfigurationService",
    "DictConfigurationServiceParameter",
    "InvalidParameterError",
    "JsonConfigPersister",
    "PersistentConfigurationServiceDecorator",
    "PersistentConfigureServiceDecorator",
]

Check = Callable[[Any], Any]
"""Called with a new value, None excepted; returns what to keep, or raises ValueError."""


@implementer(IConfigureService)
class AbstractConfigurationService(ABC):
    """
    A configure service, for a plugin to implement.
    """

    description: list[tuple[str, str]]

    @abstractmethod
    def get(self, name: str) -> Any:
        """See :meth:`IConfigureService.get`."""

    @abstractmethod
    def set(self, name: str, value: Any) -> None:
        """See :meth:`IConfigureService.set`."""


@implementer(IInstallService)
class AbstractInstallationService(ABC):
    """
    An install service, for a plugin to implement.
    """

    @abstractmethod
    def install(self, pkg_id: str) -> Any:
        """See :meth:`IInstallService.install`."""

    @abstractmethod
    def uninstall(self, pkg_id: str) -> None:
        """See :meth:`IInstallService.uninstall`."""

    @abstractmethod
    def list_installable(self) -> dict[str, dict[str, Any]]:
        """See :meth:`IInstallService.list_installable`."""

    @abstractmethod
    def list_installed(self) -> dict[str, dict[str, Any]]:
        """See :meth:`IInstallService.list_installed`."""


class _Parameter(ABC):
    """
    One parameter of a :class:`BaseConfigurationService`.

    :param check: see ``Check``; None lets every value pass.
    :param localized: ``description_fr="..."`` and the like.
    """

    def __init__(self, description: str, check: Check | None, localized: Mapping[str, str]) -> None:
        for name in localized:
            if not name.startswith("description_"):
                raise TypeError(f"unexpected keyword argument {name!r}")
        self.description = description
        self.localized = dict(localized)
        self._check = check

    def checked(self, value: Any) -> Any:
        """
        Return the value to keep.

        :raises InvalidParameterError: if it's refused.
        """
        if value is None or self._check is None:
            return value
        try:
            return self._check(value)
        except ValueError as error:
            raise InvalidParameterError(str(error)) from error

    @abstractmethod
    def get(self) -> Any: ...

    @abstractmethod
    def set(self, value: Any) -> None: ...


class AttrConfigurationServiceParameter(_Parameter):
    """
    A parameter kept as an attribute of some object; None when unset.
    """

    def __init__(
        self, obj: object, name: str, description: str, check_fun: Check | None = None, **localized: str
    ) -> None:
        super().__init__(description, check_fun, localized)
        self._object, self._name = obj, name

    def get(self) -> Any:
        return getattr(self._object, self._name, None)

    def set(self, value: Any) -> None:
        setattr(self._object, self._name, self.checked(value))


class DictConfigurationServiceParameter(_Parameter):
    """
    A parameter kept under a key of some mapping; the key is absent when it's unset.
    """

    def __init__(
        self,
        dict_: MutableMapping[str, Any],
        key: str,
        description: str,
        check_fun: Check | None = None,
        **localized: str,
    ) -> None:
        super().__init__(description, check_fun, localized)
        self._mapping, self._key = dict_, key

    def get(self) -> Any:
        return self._mapping.get(self._key)

    def set(self, value: Any) -> None:
        value = self.checked(value)
        if value is None:
            self._mapping.pop(self._key, None)
        else:
            self._mapping[self._key] = value


class BaseConfigurationService(AbstractConfigurationService):
    """
    A configure service made of parameters.

    :param params: name -> parameter, in the order in which they are shown.
    """

    def __init__(self, params: Mapping[str, _Parameter]) -> None:
        self._params = dict(params)
        self.description = [(name, param.description) for name, param in self._params.items()]
        for attribute in {key for param in self._params.values() for key in param.localized}:
            texts = [
                (name, param.localized.get(attribute, param.description))
                for name, param in self._params.items()
            ]
            setattr(self, attribute, texts)

    def get(self, name: str) -> Any:
        return self._params[name].get()

    def set(self, name: str, value: Any) -> None:
        self._params[name].set(value)


class JsonConfigPersister:
    """
    Keeps parameters in a JSON file, which holds secrets: 0600.

    :param filename: its path; a file that is missing or isn't a JSON object counts as empty.
    """

    _log = Logger()

    def __init__(self, filename: str | os.PathLike[str]) -> None:
        self._path = Path(filename)
        self._values = self._read()

    def _read(self) -> dict[str, Any]:
        try:
            values = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            self._log.warn("{path} holds no parameters that can be read", path=str(self._path))
            return {}
        return values

    def params(self) -> dict[str, Any]:
        """
        Return a copy of the saved values by name.
        """
        return dict(self._values)

    def update(self, name: str, value: Any) -> None:
        """
        Save a value, durably.

        :param value: JSON-able; None is kept, as it may override a default.
        :raises OSError: if it can't be saved; what was saved before then stays.
        """
        values = {**self._values, name: value}
        write_durably(self._path, json.dumps(values, indent=2).encode(), 0o600)
        self._values = values


@implementer(IConfigureService)
class PersistentConfigureServiceDecorator:
    """
    Makes a configure service remember its values.

    :param service: set to what was saved, except for values that it no longer takes.
    :param persister: has ``params()`` and ``update(name, value)``, as :class:`JsonConfigPersister`.
    """

    _log = Logger()

    description: list[tuple[str, str]]

    def __init__(self, service: Any, persister: Any) -> None:
        self._service, self._persister = service, persister
        for name, value in persister.params().items():
            try:
                service.set(name, value)
            except Exception as error:
                # The text of the error may quote the value, which may be a password.
                self._log.warn(
                    "saved parameter {name} skipped: {error}", name=name, error=type(error).__name__
                )

    def get(self, name: str) -> Any:
        return self._service.get(name)

    def set(self, name: str, value: Any) -> None:
        self._service.set(name, value)
        self._persister.update(name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_service"], name)


PersistentConfigurationServiceDecorator = PersistentConfigureServiceDecorator
