"""
The groups of commands, and where each command is.
"""

from __future__ import annotations

from .lazy import LazyGroup

__all__ = [
    "asterisk",
    "configs",
    "devices",
    "dhcp",
    "packages",
    "params",
    "plugin",
    "plugin_params",
    "plugins",
    "tenants",
    "token",
]

devices = LazyGroup(
    "devices",
    help="""
    Phones on record.

    A DEVICE is named by its id, or by its MAC address in any spelling.
    """,
    lazy={
        "list": "devicelist:list_devices",
        "show": "devicelist:show_device",
        "create": "devicechanges:create_device",
        "update": "devicechanges:update_device",
        "delete": "devicechanges:delete_devices",
        "synchronize": "devicebulk:synchronize",
        "reconfigure": "devicebulk:reconfigure",
        "provision": "deviceprovision:provision",
    },
)
asterisk = LazyGroup(
    "asterisk",
    help="What Asterisk needs to know of this provd.",
    lazy={"config": "asteriskconfig:config"},
)
dhcp = LazyGroup(
    "dhcp",
    help="What a DHCP server needs to know of this provd.",
    lazy={"config": "dhcpconfig:config"},
)
configs = LazyGroup(
    "configs",
    help="""
    What phones are configured with.

    Passwords are hidden, but with --json or --show-secrets.
    """,
    lazy={
        "list": "configlist:list_configs",
        "show": "configlist:show_config",
        "raw": "configlist:show_raw_config",
        "create": "configchanges:create_config",
        "update": "configchanges:update_config",
        "delete": "configchanges:delete_configs",
        "autocreate": "configchanges:autocreate",
    },
)
plugins = LazyGroup(
    "plugins",
    help="""
    Families of phones, and their firmware.

    To write plugins, see "provd-cli plugin".
    """,
    lazy={
        "list": "pluginlist:list_plugins",
        "installed": "pluginlist:list_installed",
        "installable": "pluginlist:list_installable",
        "info": "pluginlist:show_info",
        "update": "pluginactions:update",
        "install": "pluginactions:install",
        "upgrade": "pluginactions:upgrade",
        "uninstall": "pluginactions:uninstall",
        "reload": "pluginactions:reload",
        "packages": "groups:packages",
        "params": "groups:plugin_params",
    },
)
packages = LazyGroup(
    "packages",
    help="Firmware and languages that a plugin can fetch.",
    lazy={
        "list": "pluginpackages:list_packages",
        "install": "pluginpackages:install",
        "upgrade": "pluginpackages:upgrade",
        "uninstall": "pluginpackages:uninstall",
    },
)
plugin_params = LazyGroup(
    "params",
    help="Parameters of a plugin.",
    lazy={
        "list": "pluginparams:list_params",
        "get": "pluginparams:get_param",
        "set": "pluginparams:set_param",
        "unset": "pluginparams:unset_param",
    },
)
params = LazyGroup(
    "params",
    help="""
    Parameters of the daemon.

    They are the plugin server, proxies, the locale, NAT, and the tenant's provisioning key.
    """,
    lazy={
        "list": "params:list_params",
        "get": "params:get_param",
        "set": "params:set_param",
        "unset": "params:unset_param",
    },
)
tenants = LazyGroup(
    "tenants",
    help="Customers, to whom devices belong.",
    lazy={
        "list": "tenants:list_tenants",
        "create": "tenants:create_tenant",
        "delete": "tenants:delete_tenant",
    },
)
token = LazyGroup(
    "token",
    help="Tokens, by which callers of the API are known.",
    lazy={
        "create": "tokens:create_token",
        "list": "tokens:list_tokens",
        "revoke": "tokens:revoke_tokens",
    },
)
plugin = LazyGroup(
    "plugin",
    help="""
    For authors of plugins.

    Check plugins, build packages of them, sign a repository.
    """,
    lazy={
        "build": "pluginbuild:build",
        "check": "plugincheck:check",
        "key": "pluginbuild:key",
    },
)
