"""
What the daemon asks of a plugin, and of the services that a plugin may offer.
"""

from __future__ import annotations

from typing import Any

from zope.interface import Attribute, Interface

from provd.model.device import Device

__all__ = ["IConfigureService", "IInstallService", "IPlugin"]


class IPlugin(Interface):
    """
    A plugin as the daemon sees it.  A plugin written before ``provd.pluginkit`` may lack the two name
    methods; whoever calls them falls back on None and False.
    """

    id = Attribute("The name of the plugin's folder; set by the daemon once the plugin is made.")
    info = Attribute("The content of ``plugin-info``, in the locale in use.  Raises ValueError.")
    services = Attribute(
        "A mapping: ``'install'`` -> ``IInstallService``, ``'configure'`` -> ``IConfigureService``."
    )
    http_service = Attribute("A ``twisted.web`` resource for the phones' requests, or None.")
    tftp_service = Attribute("A TFTP read service for the phones' requests, or None.")
    http_dev_info_extractor = Attribute("Has ``extract(request, request_type)``, or is None.")
    tftp_dev_info_extractor = Attribute("The same for TFTP.")
    dhcp_dev_info_extractor = Attribute("The same for DHCP.")
    pg_associator = Attribute("Has ``associate(dev_info)`` -> int, see ``DeviceSupport``; or is None.")

    def configure_common(raw_config: dict[str, Any]) -> None:
        """
        Write the files that don't depend on a device.  Called each time the plugin is loaded.

        :param raw_config: a private copy of the base raw config, unchecked, with ``ip``, ``http_port``,
            ``tftp_port`` and ``http_base_url`` at least.
        """

    def configure(device: Device, raw_config: dict[str, Any]) -> None:
        """
        Write the device's files.  Any exception means that the device isn't configured.

        :param raw_config: checked, defaults filled in, private to this call.
        """

    def deconfigure(device: Device) -> None:
        """
        Remove the device's files, whether they are there or not.
        """

    def synchronize(device: Device, raw_config: dict[str, Any]) -> Any:
        """
        Ask the phone to fetch its files again.

        :returns: a Deferred, a coroutine or a plain value; its value is ignored, a failure is one.
        """

    def get_remote_state_trigger_filename(device: Device) -> str | None:
        """
        Return the bare name of the file that shows, when the phone fetches it, which configuration it
        has.  Called on each request of a known phone, so it must be cheap.
        """

    def is_sensitive_filename(filename: str) -> bool:
        """
        Tell whether a file, by its bare name, carries secrets.  Called on each request of a phone.
        """

    def close() -> None:
        """
        Let go of whatever the plugin holds; the last call.
        """


class IConfigureService(Interface):
    """
    Parameters of the plugin itself, which an administrator sets.
    """

    description = Attribute(
        "List of (name, text): which parameters there are, in order.  ``description_<locale>`` lists"
        " of the same form may stand beside it."
    )

    def get(name: str) -> Any:
        """
        Return the value of a parameter, None if it's unset.

        :raises KeyError: if there is no such parameter.
        """

    def set(name: str, value: Any) -> None:
        """
        Change a parameter; None unsets it.

        :raises KeyError: if there is no such parameter.
        :raises InvalidParameterError: if it can't have that value.
        """


class IInstallService(Interface):
    """
    Packages that a plugin can fetch, such as firmware.  ``upgrade`` may be missing.
    """

    def install(pkg_id: str) -> Any:
        """
        Begin to install a package.

        :returns: a Deferred, and the operation in progress.
        :raises Exception: if there is no such package, or it's being installed already.
        """

    def uninstall(pkg_id: str) -> None:
        """
        Remove an installed package.

        :raises Exception: if it isn't installed.
        """

    def list_installable() -> dict[str, dict[str, Any]]:
        """
        Return ``{package id: {"version": ..., "description": ..., "dsize": bytes to fetch}}``.
        """

    def list_installed() -> dict[str, dict[str, Any]]:
        """
        Return ``{package id: {"version": ..., "description": ...}}``.
        """
