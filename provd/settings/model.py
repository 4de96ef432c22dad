"""
The daemon's settings: one frozen model per section of ``config.yml``, with its defaults and units.  What each
key means to an administrator stands in ``etc/accent-provd/config.yml``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from provd.addresses import norm_uuid
from provd.logs import Secret

from . import fields, stages
from .section import OpenSection, Section

Port = Annotated[int, BeforeValidator(fields.port)]
Seconds = Annotated[float, BeforeValidator(fields.seconds)]
Text = Annotated[str, BeforeValidator(fields.text)]
OptionalText = Annotated[str | None, BeforeValidator(fields.optional(fields.text))]
Host = Annotated[str, BeforeValidator(fields.host)]
OptionalHost = Annotated[str | None, BeforeValidator(fields.optional(fields.host))]
Names = Annotated[tuple[str, ...], BeforeValidator(fields.names)]
Interface = Annotated[str, BeforeValidator(fields.interface)]
AbsolutePath = Annotated[Path, BeforeValidator(fields.path)]
OptionalPath = Annotated[Path | None, BeforeValidator(fields.optional(fields.path))]
SecretText = Annotated[Secret, BeforeValidator(fields.secret)]
OptionalSecret = Annotated[Secret | None, BeforeValidator(fields.optional(fields.secret))]
ProvisioningKey = Annotated[Secret | None, BeforeValidator(fields.optional(fields.provisioning_key))]
CertificateCheck = Annotated[bool | str, BeforeValidator(fields.certificate_check)]
ProxyURL = Annotated[str | None, BeforeValidator(fields.optional(fields.proxy_url)), Field(repr=False)]
ProxyAddress = Annotated[
    str | None, BeforeValidator(fields.optional(fields.proxy_address)), Field(repr=False)
]


Extractors = Annotated[tuple[str, ...], BeforeValidator(stages.check("info_extractor"))]
Retrievers = Annotated[tuple[str, ...], BeforeValidator(stages.check("retriever"))]
Updaters = Annotated[tuple[str, ...], BeforeValidator(stages.check("updater"))]


class TenantCleanUp(Section):
    """
    When to delete what belongs to tenants that accent-auth no longer lists, in seconds.
    """

    start_sec: Seconds = 60.0
    interval_sec: Seconds = 86400.0


class General(Section):
    """
    Files, listeners and behavior of the daemon.
    """

    advertised_http_url: Annotated[str | None, BeforeValidator(fields.optional(fields.base_url))] = None
    base_raw_config_file: AbsolutePath = Path("/etc/accent-provd/base_raw_config.json")
    request_config_dir: AbsolutePath = Path("/etc/accent-provd")
    info_extractor: Extractors = stages.VARIANTS["info_extractor"]["default"]
    retriever: Retrievers = stages.VARIANTS["retriever"]["default"]
    updater: Updaters = stages.VARIANTS["updater"]["default"]
    base_storage_dir: AbsolutePath = Path("/var/lib/accent-provd")
    cache_dir: AbsolutePath = Path("/var/cache/accent-provd")
    cache_plugin: bool = True
    check_compat_min: bool = True
    check_compat_max: bool = True
    plugin_server: Annotated[
        str | None, BeforeValidator(fields.optional(fields.server_url)), Field(repr=False)
    ] = "https://provd.accent.community/plugins/2/stable/"
    plugin_server_keys: Annotated[dict[str, bytes], BeforeValidator(fields.server_keys)] = Field(
        default={}, repr=False
    )
    local_plugins: OptionalPath = Path("/usr/share/accent-provd/plugins")
    tftp_port: Port = 69
    tftp_listen_interface: Interface = "0.0.0.0"
    tftp_transfers_per_address: Annotated[int, BeforeValidator(fields.whole(1, 100_000))] = 250
    tftp_sensitive_files: bool = False
    http_proxied_listen_interface: Interface = "0.0.0.0"
    http_proxied_listen_port: Port = 8667
    http_proxied_trusted_proxies_count: Annotated[int, BeforeValidator(fields.whole(0, 20))] = 0
    http_auth_strategy: Literal["url_key"] | None = None
    x_accel_redirect: Annotated[str | None, BeforeValidator(fields.optional(fields.url_prefix))] = None
    sync_service_type: Literal["none", "asterisk_ami", "ami", "sip"] = "none"
    syncdb: TenantCleanUp = TenantCleanUp()
    tzinform_iso_weekday_plugins: Names = ()
    log_file: OptionalPath = Path("/var/log/accent-provd.log")
    security_log_file: OptionalPath = Path("/var/log/accent-provd-fail2ban.log")
    verbose: bool = False


class FirstStart(Section):
    """
    What the daemon writes and installs when it finds no data at all.
    """

    plugins: Literal["all"] | tuple[str, ...] = "all"
    ntp_server: OptionalText = None
    sip_server: OptionalText = None

    @field_validator("plugins", mode="before")
    @classmethod
    def _all_or_a_list(cls, value: Any) -> Any:
        return value if value == "all" else fields.names(value)


class RestAPI(Section):
    """
    Where administrators' programs reach the daemon.
    """

    ip: Interface = "127.0.0.1"
    port: Port = 8666
    ssl: bool = False
    ssl_certfile: OptionalPath = Field(default=None, validate_default=True)
    ssl_keyfile: OptionalPath = Field(default=None, validate_default=True)

    @field_validator("ssl_certfile", "ssl_keyfile")
    @classmethod
    def _needed_by_ssl(cls, value: Path | None, info: Any) -> Path | None:
        if value is None and info.data.get("ssl"):
            raise ValueError("is missing, and rest_api.ssl is true")
        return value


class Neighbor(OpenSection):
    """
    How to reach another daemon of the PBX over HTTP.
    """

    host: Text = "localhost"
    prefix: OptionalText = None
    https: bool = False
    verify_certificate: CertificateCheck = True
    timeout: Seconds = 10.0


class Auth(Neighbor):
    """
    Who checks tokens; all but ``type`` is about accent-auth, whose ``username`` and ``password`` come from
    the key file.
    """

    type: Literal["local", "accent_auth"] = "local"
    port: Port = 9497
    version: Text = "0.1"
    key_file: OptionalPath = Path("/var/lib/accent-auth-keys/accent-provd-key.yml")
    username: OptionalText = None
    password: OptionalSecret = None


class Amid(Neighbor):
    """
    How to reach amid, for ``sync_service_type: asterisk_ami``.
    """

    port: Port = 9491
    version: Text = "1.0"


class Ami(Section):
    """
    How to reach Asterisk's manager port, for ``sync_service_type: ami``.
    """

    host: Host = "localhost"
    port: Port = 5038
    tls: bool = False
    verify_certificate: CertificateCheck = True
    username: OptionalText = None
    password: OptionalSecret = None
    outbound_endpoint: Text = "default_outbound_endpoint"


class Sip(Section):
    """
    From where the daemon sends a NOTIFY itself, for ``sync_service_type: sip``.
    """

    listen_interface: Interface = "0.0.0.0"
    port: Annotated[int | None, BeforeValidator(fields.optional(fields.port))] = None
    advertised_host: OptionalHost = None


class Agi(Section):
    """
    Where Asterisk's dialplan reaches the daemon (FastAGI); no port, no listener.
    """

    listen_interface: Interface = "127.0.0.1"
    port: Annotated[int | None, BeforeValidator(fields.optional(fields.port))] = None
    allow: Annotated[tuple[str, ...], BeforeValidator(fields.networks)] = ("127.0.0.0/8", "::1/128")


class Dhcp(Section):
    """
    Where the hook of DHCP servers tells of leases; no socket, nobody listens.
    """

    socket: Annotated[Path | None, BeforeValidator(fields.optional(fields.socket_path))] = Path(
        "/run/accent-provd/dhcp.sock"
    )
    group: OptionalText = None


class Pnp(Section):
    """
    Phones that ask the network for the URL of their files, by SIP multicast.
    """

    enabled: bool = False
    interfaces: Annotated[tuple[str, ...], BeforeValidator(fields.interface_names)] = ()


class Bus(Section):
    """
    The message bus that tells of deleted tenants, and may be told of devices.
    """

    enabled: bool | None = None
    publish: bool = False
    username: Text = "guest"
    password: SecretText = Secret("guest")
    host: Text = "localhost"
    port: Port = 5672
    exchange_name: Text = "accent-headers"
    exchange_type: Text = "headers"


class Database(Section):
    """
    Where devices and configs are kept.
    """

    type: Literal["sqlite", "json"] = "sqlite"
    generator: Literal["default", "uuid", "numeric", "urandom"] = "default"
    ensure_common_indexes: bool = True
    json_db_dir: Text = "jsondb"


class Proxy(Section):
    """
    Proxies for the daemon's own downloads, until they are set over REST.
    """

    http: ProxyURL = None
    https: ProxyAddress = None
    ftp: ProxyURL = None


class Tenant(Section):
    """
    What a tenant has before its parameters are first set over REST.
    """

    provisioning_key: ProvisioningKey = None


class Settings(Section):
    """
    All settings.
    """

    extra_config_files: OptionalPath = None
    general: General = General()
    first_start: FirstStart = FirstStart()
    rest_api: RestAPI = RestAPI()
    auth: Auth = Auth()
    amid: Amid = Amid()
    ami: Ami = Field(default=Ami(), validate_default=True)
    sip: Sip = Sip()
    agi: Agi = Agi()
    dhcp: Dhcp = Dhcp()
    pnp: Pnp = Pnp()
    bus: Bus = Bus()
    database: Database = Database()
    proxy: Proxy = Proxy()
    plugin_config: dict[str, dict[str, Any]] = Field(default={}, repr=False)
    tenants: dict[str, Tenant] = {}

    @property
    def bus_enabled(self) -> bool:
        """
        Whether to listen to the bus: as set, else where accent-auth is used, as tenants are then deleted
        elsewhere.
        """
        return self.auth.type == "accent_auth" if self.bus.enabled is None else self.bus.enabled

    @property
    def json_folder(self) -> Path:
        """
        The folder of ``database.type: json``, which is also what a first start with ``sqlite`` imports.
        """
        return self.general.base_storage_dir / self.database.json_db_dir

    @field_validator("ami")
    @classmethod
    def _account_of_the_manager_port(cls, value: Ami, info: Any) -> Ami:
        general = info.data.get("general")
        if general and general.sync_service_type == "ami" and not (value.username and value.password):
            raise ValueError("username and password are missing, and general.sync_service_type is ami")
        return value

    @field_validator("plugin_config", mode="before")
    @classmethod
    def _keys_by_plugin(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return {} if value is None else value
        return {str(plugin): {} if keys is None else keys for plugin, keys in value.items()}

    @field_validator("tenants", mode="before")
    @classmethod
    def _tenants_by_uuid(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return {} if value is None else value
        return {norm_uuid(str(uuid)): tenant for uuid, tenant in value.items()}

    @field_validator("tenants")
    @classmethod
    def _each_key_opens_one_tenant(cls, value: dict[str, Tenant]) -> dict[str, Tenant]:
        keys = [tenant.provisioning_key for tenant in value.values() if tenant.provisioning_key]
        if len(keys) != len(set(keys)):
            raise ValueError("two of them have the same provisioning_key")
        return value
