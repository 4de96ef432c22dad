import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.errors import InvalidSettings
from provd.logs import Secret
from provd.settings.check import settings_from
from provd.settings.model import Settings


def mistakes_in(**sections: object) -> dict[str, str]:
    with pytest.raises(InvalidSettings) as caught:
        settings_from(sections)
    return caught.value.mistakes


def test_nothing_at_all_gives_the_defaults() -> None:
    settings = settings_from({})
    assert settings == Settings()
    assert (settings.general.http_proxied_listen_port, settings.general.tftp_port) == (8667, 69)
    assert (settings.rest_api.ip, settings.rest_api.port) == ("127.0.0.1", 8666)
    assert (settings.auth.type, settings.database.type, settings.bus_enabled) == ("local", "sqlite", False)


def test_all_mistakes_are_told_at_once_by_dotted_key() -> None:
    found = mistakes_in(
        general={"tftp_port": 70000, "verbose": "maybe", "syncdb": {"interval_sec": 0}},
        rest_api={"ssl": True, "ssl_certfile": "/c.pem"},
        database={"type": "postgres"},
    )
    assert found == {
        "general.tftp_port": "70000 isn't a port",
        "general.verbose": "'maybe' isn't true or false",
        "general.syncdb.interval_sec": "0 isn't a positive number of seconds",
        "rest_api.ssl_keyfile": "is missing, and rest_api.ssl is true",
        "database.type": "'postgres' isn't one of 'sqlite' or 'json'",
    }


def test_the_error_reads_as_one_line_a_mistake() -> None:
    with pytest.raises(InvalidSettings, match=r"^general\.tftp_port: 70000 isn't a port$"):
        settings_from({"general": {"tftp_port": 70000}})


@pytest.mark.parametrize("value", [0, -1, 65536, 1.5, True, None, "", "x", "1e3", "٣", [], {}])
def test_a_port_is_a_whole_number(value: object) -> None:
    assert list(mistakes_in(general={"tftp_port": value})) == ["general.tftp_port"]


def test_digits_in_quotes_are_a_port() -> None:
    assert settings_from({"rest_api": {"port": "8666"}}).rest_api.port == 8666


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://192.0.2.1:8667", "http://192.0.2.1:8667"),
        ("https://pbx.example/device/provisioning/", "https://pbx.example/device/provisioning"),
        ("http://[2001:db8::1]:8667/", "http://[2001:db8::1]:8667"),
        ("", None),
        (None, None),
    ],
)
def test_the_advertised_url_ends_without_a_slash(given: str | None, kept: str | None) -> None:
    assert settings_from({"general": {"advertised_http_url": given}}).general.advertised_http_url == kept


@pytest.mark.parametrize(
    "url",
    [
        "pbx.example",
        "ftp://x",
        "http://",
        "http://x:0",
        "http://x:99999",
        "http://x/?a=b",
        "http://x/#f",
        5,
        "http://a b",
        "http://x/\n",
        "http://u:p@x",
        "http://[::1",
        "http://[zz]",
        "http://-x",
    ],
)
def test_what_phones_cannot_use_is_no_advertised_url(url: object) -> None:
    (text,) = mistakes_in(general={"advertised_http_url": url}).values()
    assert text.endswith("isn't a URL of the form http://host[:port][/path]")
    assert "u:p" not in text


@pytest.mark.parametrize(
    ("stage", "given", "kept"),
    [
        ("info_extractor", "default", ("all_plugins", "standard")),
        ("retriever", "default", ("mac", "sn", "uuid", "ip", "add")),
        ("retriever", "secure", ("mac", "sn", "ip")),
        ("updater", "secure", ()),
        ("updater", ["add_info", "site.phones.Mine"], ("add_info", "site.phones.Mine")),
    ],
)
def test_a_stage_is_a_variant_or_a_list_of_steps(stage: str, given: object, kept: tuple[str, ...]) -> None:
    assert getattr(settings_from({"general": {stage: given}}).general, stage) == kept


@pytest.mark.parametrize(
    ("stage", "given"),
    [
        ("info_extractor", "secure"),
        ("retriever", "mysite"),
        ("retriever", ["mac", "voting"]),
        ("updater", ["a..b"]),
        ("updater", 3),
        ("updater", [["add_info"]]),
    ],
)
def test_an_unknown_step_is_a_mistake(stage: str, given: object) -> None:
    assert list(mistakes_in(general={stage: given})) == [f"general.{stage}"]


def test_lists_of_names_are_taken() -> None:
    assert settings_from({"first_start": {"plugins": ["yealink"]}}).first_start.plugins == ("yealink",)
    assert settings_from({"first_start": {"plugins": "all"}}).first_start.plugins == "all"
    assert "first_start.plugins" in mistakes_in(first_start={"plugins": "yealink"})


@pytest.mark.parametrize(("given", "kept"), [("*", "0.0.0.0"), ("localhost", "127.0.0.1"), ("::", "::")])
def test_an_interface_is_an_address(given: str, kept: str) -> None:
    assert settings_from({"rest_api": {"ip": given}}).rest_api.ip == kept


def test_a_name_is_no_interface() -> None:
    assert mistakes_in(rest_api={"ip": "eth0"}) == {"rest_api.ip": "'eth0' isn't an address"}


def test_paths_are_absolute_but_the_json_folder() -> None:
    assert mistakes_in(general={"cache_dir": "cache"}) == {
        "general.cache_dir": "'cache' isn't an absolute path"
    }
    general = {"base_storage_dir": "/srv/provd"}
    assert settings_from({"general": general}).json_folder == Path("/srv/provd/jsondb")
    assert settings_from({"database": {"json_db_dir": "/x"}}).json_folder == Path("/x")


def test_empty_sections_say_nothing() -> None:
    empty = dict.fromkeys(Settings.model_fields)
    assert settings_from(empty) == Settings()
    assert settings_from({"general": {"syncdb": None}, "plugin_config": {"x": None}}).plugin_config == {
        "x": {}
    }


def test_a_section_that_is_no_map_is_a_mistake() -> None:
    assert mistakes_in(general=3, tenants=[], plugin_config={"yealink": "x"}) == {
        "general": "isn't a map of keys to values",
        "tenants": "isn't a map of keys to values",
        "plugin_config.yealink": "isn't a map of keys to values",
    }


TENANT = "0F9FC9EB-5A04-4C59-A1B6-3F3A2E0E6B5F"


def test_tenants_are_by_uuid_in_lower_case() -> None:
    settings = settings_from({"tenants": {TENANT: {"provisioning_key": "s3cr3t-key"}}})
    assert settings.tenants[TENANT.lower()].provisioning_key == Secret("s3cr3t-key")


def test_two_tenants_cannot_share_a_key() -> None:
    other = TENANT.replace("0", "1")
    tenant = {"provisioning_key": "s3cr3t-key"}
    assert mistakes_in(tenants={TENANT: tenant, other: tenant}) == {
        "tenants": "two of them have the same provisioning_key"
    }


SECRET = "hunter2 hunter2"


@pytest.mark.parametrize(
    "sections",
    [
        {"auth": {"password": {"x": SECRET}}},
        {"bus": {"password": [SECRET]}},
        {"ami": {"password": {SECRET: 1}}},
        {"proxy": {"http": f"http://user:{SECRET}@proxy/path"}},
        {"proxy": {"https": f"http://user:{SECRET}@proxy"}},
        {"general": {"plugin_server": f"http://user:{SECRET}@server"}},
        {"tenants": {TENANT: {"provisioning_key": SECRET}}},
    ],
)
def test_a_mistake_never_repeats_a_secret(sections: dict[str, object]) -> None:
    with pytest.raises(InvalidSettings) as caught:
        settings_from(sections)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is None


def test_showing_the_settings_shows_no_secret() -> None:
    settings = settings_from(
        {
            "auth": {"password": "hunter2", "token": "hunter2"},
            "bus": {"password": "hunter2"},
            "ami": {"password": "hunter2"},
            "proxy": {"http": "http://user:hunter2@proxy:3128", "https": "user:hunter2@proxy:3128"},
            "plugin_config": {"yealink": {"password": "hunter2"}},
            "tenants": {TENANT: {"provisioning_key": "hunter2-hunter2"}},
        }
    )
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)
    assert settings.auth.others == {"token": "hunter2"}
    assert settings.bus.password.reveal() == "hunter2"


def test_the_manager_port_needs_an_account() -> None:
    general = {"sync_service_type": "ami"}
    assert list(mistakes_in(general=general)) == ["ami"]
    settings_from({"general": general, "ami": {"username": "provd", "password": "x"}})


def test_the_daemon_may_be_known_by_a_name_or_an_address() -> None:
    for host in ("pbx.example", "192.0.2.1", "2001:db8::1"):
        assert settings_from({"sip": {"advertised_host": host}}).sip.advertised_host == host
    for host in ("a b", "x\r\nVia: y", "a:b", 5, "[::1]", "a..b", f"{'a' * 64}.example", "a-.b"):
        assert list(mistakes_in(sip={"advertised_host": host})) == ["sip.advertised_host"]
    assert settings_from({"sip": {"port": None, "advertised_host": ""}}) == Settings()


def test_the_bus_follows_accent_auth_unless_told() -> None:
    assert settings_from({"auth": {"type": "accent_auth"}}).bus_enabled
    assert not settings_from({"auth": {"type": "accent_auth"}, "bus": {"enabled": False}}).bus_enabled


def test_keys_of_plugin_servers_are_32_bytes() -> None:
    keys = {"https://one.example/stable": "ab" * 32, "https://two.example/": "q6ur" * 10 + "q6s="}
    assert settings_from({"general": {"plugin_server_keys": keys}}).general.plugin_server_keys == {
        "https://one.example/stable/": b"\xab" * 32,
        "https://two.example/": b"\xab" * 32,
    }
    for wrong in ("ab", "zz" * 32, 5, None, {}):
        found = mistakes_in(general={"plugin_server_keys": {"https://x": wrong}})
        assert list(found) == ["general.plugin_server_keys"]


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().general.verbose = True  # type: ignore[misc]


@pytest.mark.parametrize("prefix", ["files", "/", "/a b", "/a?b", "/../x\n"])
def test_an_internal_location_is_a_plain_path(prefix: str) -> None:
    assert list(mistakes_in(general={"x_accel_redirect": prefix})) == ["general.x_accel_redirect"]
    assert settings_from({"general": {"x_accel_redirect": "/files/"}}).general.x_accel_redirect == "/files"


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner),
    max_leaves=5,
)
KEYS = [
    (section, key)
    for section, field in Settings.model_fields.items()
    for key in (getattr(field.annotation, "model_fields", None) or [TENANT])
]


@given(st.lists(st.tuples(st.sampled_from(KEYS), VALUES), max_size=8))
def test_any_values_give_settings_or_mistakes(given_values: list[tuple[tuple[str, str], object]]) -> None:
    sections: dict[str, dict[str, object]] = {}
    for (section, key), value in given_values:
        sections.setdefault(section, {})[key] = value
    with contextlib.suppress(InvalidSettings):
        settings_from(sections)


@given(st.sampled_from(list(Settings.model_fields)), VALUES)
def test_any_section_gives_settings_or_mistakes(section: str, value: object) -> None:
    with contextlib.suppress(InvalidSettings):
        settings_from({section: value})


@pytest.mark.parametrize("path", ["dhcp.sock", "/" + "a" * 107, "/" + "é" * 54, 5])
def test_where_no_socket_can_be_is_a_mistake(path: object) -> None:
    with pytest.raises(InvalidSettings) as caught:
        settings_from({"dhcp": {"socket": path}})
    assert list(caught.value.mistakes) == ["dhcp.socket"]


def test_no_socket_for_dhcp_servers() -> None:
    for nothing in ("", None):
        assert settings_from({"dhcp": {"socket": nothing}}).dhcp.socket is None
    assert settings_from({"dhcp": {"socket": "/" + "a" * 106}}).dhcp.socket == Path("/" + "a" * 106)
