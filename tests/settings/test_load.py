import textwrap
from pathlib import Path
from typing import Any

import pytest

from provd.errors import InvalidSettings
from provd.logs import Secret
from provd.settings import yamlfiles
from provd.settings.load import Loaded, load
from provd.settings.model import Settings

OLD_FILE = Path(__file__).with_name("old-config.yml")


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    (tmp_path / "conf.d").mkdir()
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.write_text(textwrap.dedent(text))
    return path


def loaded(etc: Path, environ: dict[str, str] | None = None, **overrides: Any) -> Loaded:
    """
    Load from ``etc``; an override ``general__verbose`` stands for the key ``general.verbose``.
    """
    dotted = {key.replace("__", "."): value for key, value in overrides.items()}
    dotted.setdefault("general.request_config_dir", etc)
    return load(overrides=dotted, environ=environ or {}, etc=etc)


def test_no_file_gives_the_defaults_silently(tmp_path: Path) -> None:
    assert load(environ={}, etc=tmp_path / "none") == (Settings(), [], ())


def test_the_strongest_source_wins(etc: Path) -> None:
    environ: dict[str, str] = {}

    def port() -> int:
        return loaded(etc, environ).settings.general.tftp_port

    assert port() == 69
    write(etc / "config.yml", "general: {tftp_port: 1001}")
    assert port() == 1001
    write(etc / "conf.d" / "20-b.yml", "general: {tftp_port: 1002}")
    assert port() == 1002
    write(etc / "conf.d" / "10-a.yml", "general: {tftp_port: 1003}")
    assert port() == 1003
    environ["PROVD_TFTP_PORT"] = "1004"
    assert port() == 1004
    assert loaded(etc, environ, general__tftp_port="1005").settings.general.tftp_port == 1005


def test_maps_are_merged_and_lists_taken_whole(etc: Path) -> None:
    write(
        etc / "config.yml",
        """
        general: {retriever: [mac, sn], verbose: true, syncdb: {start_sec: 5}}
        plugin_config: {yealink: {a: 1, b: 1}}
        """,
    )
    write(
        etc / "conf.d" / "a.yml",
        """
        general: {retriever: [ip], syncdb: {interval_sec: 7}}
        plugin_config: {yealink: {b: 2}, snom: {c: 3}}
        """,
    )
    settings = loaded(etc).settings
    assert settings.general.retriever == ("ip",)
    assert settings.general.verbose
    assert (settings.general.syncdb.start_sec, settings.general.syncdb.interval_sec) == (5, 7)
    assert settings.plugin_config == {"yealink": {"a": 1, "b": 2}, "snom": {"c": 3}}


def test_null_of_a_stronger_source_is_a_value_and_an_empty_section_is_none(etc: Path) -> None:
    write(etc / "config.yml", "general: {local_plugins: /srv, tftp_port: 1001}")
    write(etc / "conf.d" / "a.yml", "general: {local_plugins: null}\n")
    write(etc / "conf.d" / "b.yml", "general:\nauth:\ntenants:\n")
    settings, warnings, _ = loaded(etc)
    assert (settings.general.local_plugins, settings.general.tftp_port) == (None, 1001)
    assert (settings.auth.type, warnings) == ("local", [])


def test_only_visible_yml_files_are_read(etc: Path) -> None:
    for name in (".a.yml", "b.yaml", "c.yml~", "d.yml.dpkg-old"):
        write(etc / "conf.d" / name, "general: {verbose: true}")
    assert loaded(etc) == (Settings.model_validate({"general": {"request_config_dir": etc}}), [], ())


def test_an_unusable_extra_file_is_skipped_with_a_message(etc: Path) -> None:
    write(etc / "conf.d" / "a.yml", "general: {tftp_port: 1001")
    write(etc / "conf.d" / "b.yml", "- 1")
    (etc / "conf.d" / "c.yml").mkdir()
    (etc / "conf.d" / "d.yml").symlink_to("nowhere")
    (etc / "conf.d" / "e.yml").write_bytes(b"a: \xff\xfe")
    write(etc / "conf.d" / "f.yml", "general: {tftp_port: 1002}")
    write(etc / "conf.d" / "g.yml", "a: !!python/object/apply:os.system [true]")
    write(etc / "conf.d" / "h.yml", "a: 2026-99-99")
    settings, warnings, skipped = loaded(etc)
    assert settings.general.tftp_port == 1002
    assert [warning.removeprefix(f"{etc}/conf.d/").split(" ")[0] for warning in warnings] == [
        f"{letter}.yml" for letter in "hgedcba"
    ]
    assert skipped == tuple(f"{etc}/conf.d/{letter}.yml" for letter in "hgedcba")


def test_an_unusable_main_file_stops_the_start_without_quoting_it(etc: Path) -> None:
    path = write(etc / "config.yml", "auth:\n  password: 'hunter2\n  x: [hunter2")
    with pytest.raises(InvalidSettings) as caught:
        loaded(etc)
    assert list(caught.value.mistakes) == [str(path)]
    assert "line 3" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_main_file_that_was_named_brings_only_the_folder_that_it_names(etc: Path) -> None:
    named = write(etc / "other.yml", "general: {tftp_port: 1001}")
    write(etc / "conf.d" / "a.yml", "general: {tftp_port: 1002}")
    assert load(named, environ={}, etc=etc).settings.general.tftp_port == 1001
    more = {"PROVD_CONF_DIR": str(etc / "conf.d")}
    assert load(named, environ=more, etc=etc).settings.general.tftp_port == 1002
    write(named, f"extra_config_files: {etc}/conf.d")
    assert load(named, environ={}, etc=etc).settings.general.tftp_port == 1002


def test_a_named_file_or_folder_that_is_missing_is_told(etc: Path) -> None:
    _, warnings, skipped = load(etc / "no.yml", environ={"PROVD_CONF_DIR": str(etc / "no.d")}, etc=etc)
    assert warnings == [
        f"{etc}/no.yml doesn't exist: the defaults are used",
        f"{etc}/no.d is skipped: No such file or directory",
    ]
    assert skipped == (f"{etc}/no.yml", f"{etc}/no.d")


def test_mistakes_come_with_the_warnings(etc: Path) -> None:
    write(etc / "conf.d" / "a.yml", "general: {tftp_port: 1001")
    write(etc / "conf.d" / "b.yml", "general: {tftp_port: 70000, tftp_prot: 69}")
    with pytest.raises(InvalidSettings) as caught:
        loaded(etc)
    assert caught.value.mistakes == {"general.tftp_port": "70000 isn't a port"}
    skipped, unknown = caught.value.warnings
    assert skipped.startswith(f"{etc}/conf.d/a.yml is skipped: ")
    assert unknown == "general.tftp_prot isn't a setting: ignored"


def test_the_data_folder_moves_all_that_is_written(etc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(etc)
    environ = {"PROVD_DATA_DIR": "var", "PROVD_HTTP_PORT": "8080", "PROVD_REST_PORT": "8081"}
    settings = loaded(etc, environ).settings
    assert settings.general.base_storage_dir == etc / "var"
    assert settings.general.cache_dir == etc / "var" / "cache"
    assert settings.general.security_log_file == etc / "var" / "security.log"
    assert settings.general.log_file is None
    assert settings.dhcp.socket == etc / "var" / "dhcp.sock"
    assert (settings.general.http_proxied_listen_port, settings.rest_api.port) == (8080, 8081)


def test_a_data_folder_too_deep_for_a_socket_has_none(etc: Path) -> None:
    environ = {"PROVD_DATA_DIR": str(etc / ("a" * 100))}
    assert loaded(etc, environ).settings.dhcp.socket is None
    elsewhere = {**environ, "PROVD_DHCP_SOCKET": "/run/a.sock"}
    assert loaded(etc, elsewhere).settings.dhcp.socket == Path("/run/a.sock")


def test_a_wrong_port_in_the_environment_is_a_mistake_of_its_key(etc: Path) -> None:
    with pytest.raises(InvalidSettings, match="isn't a port") as caught:
        loaded(etc, {"PROVD_HTTP_PORT": "http"})
    assert list(caught.value.mistakes) == ["general.http_proxied_listen_port"]


def test_exec_stands_for_what_a_command_prints(etc: Path) -> None:
    script = write(etc / "script", "#!/bin/sh\necho \"advertised_http_url: 'http://192.0.2.$1:8667'\"\n")
    script.chmod(0o755)
    write(etc / "config.yml", f"general: !exec\n  command: {script} 5")
    assert loaded(etc).settings.general.advertised_http_url == "http://192.0.2.5:8667"
    write(etc / "conf.d" / "a.yml", "!exec\ncommand: 'echo general: {tftp_port: 1001}'")
    assert loaded(etc).settings.general.tftp_port == 1001


def test_exec_starts_no_shell(etc: Path) -> None:
    write(etc / "config.yml", "plugin_config: {x: {y: !exec {command: 'echo $HOME; echo  |'}}}")
    assert loaded(etc).settings.plugin_config == {"x": {"y": "$HOME; echo  |"}}


@pytest.mark.parametrize(
    "command",
    ["false", "/no/such/program", "echo [", "sleep 30", "''", "[a]", '"a\\0b"'],
)
def test_a_failing_command_spoils_its_own_file_only(
    etc: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yamlfiles, "COMMAND_TIMEOUT", 0.2)
    write(etc / "config.yml", "general: {tftp_port: 1001}")
    write(etc / "conf.d" / "a.yml", f"general: {{tftp_port: 1002}}\nproxy: !exec\n  command: {command}\n")
    settings, warnings, _ = loaded(etc)
    assert settings.general.tftp_port == 1001
    assert len(warnings) == 1
    assert warnings[0].startswith(f"{etc}/conf.d/a.yml is skipped: ")


def test_an_exec_without_a_map_is_refused(etc: Path) -> None:
    write(etc / "conf.d" / "a.yml", "general: !exec accent-confgen")
    assert "!exec needs a map" in loaded(etc).warnings[0]


def test_a_file_of_an_earlier_version_is_accepted(etc: Path) -> None:
    settings, warnings, _ = load(OLD_FILE, environ={"PROVD_CONF_DIR": str(etc / "conf.d")}, etc=etc)
    assert settings.auth.type == "accent_auth"
    assert settings.auth.others == {"master_tenant_uuid": "0f9fc9eb-5a04-4c59-a1b6-3f3a2e0e6b5f"}
    assert settings.amid.others == {"user_agent": "provd"}
    assert settings.database.type == "json"
    assert settings.rest_api.ip == "0.0.0.0"
    assert settings.general.http_proxied_listen_port == 18667
    assert settings.bus_enabled
    key_file = "/nonexistent/accent-provd-key.yml"
    assert warnings == [f"no account for accent-auth from its key file {key_file}: there is no such file"]


def test_the_key_file_gives_the_account(etc: Path) -> None:
    key = write(etc / "key.yml", "service_id: accent-provd\nservice_key: hunter2\n")
    write(etc / "config.yml", f"auth: {{key_file: {key}, username: other, password: other}}")
    settings, warnings, _ = loaded(etc)
    assert (settings.auth.type, settings.auth.username) == ("accent_auth", "accent-provd")
    assert settings.auth.password == Secret("hunter2")
    assert warnings == []


@pytest.mark.parametrize(
    "content", ["service_key: hunter2", "hunter2", "[hunter2", "{service_id: a, service_key: 5}"]
)
def test_a_useless_key_file_is_a_warning_that_says_nothing_of_it(etc: Path, content: str) -> None:
    key = write(etc / "key.yml", content)
    write(etc / "config.yml", f"auth: {{type: accent_auth, key_file: {key}}}")
    settings, (warning,), _ = loaded(etc)
    assert settings.auth.password is None
    assert warning.startswith(f"no account for accent-auth from its key file {key}: ")
    assert "hunter2" not in warning


def test_local_tokens_need_no_key_file(etc: Path) -> None:
    write(etc / "config.yml", f"auth: {{type: local, key_file: {etc}/none}}")
    assert loaded(etc).warnings == []


def test_unknown_keys_are_told_by_name(etc: Path) -> None:
    write(
        etc / "config.yml",
        """
        general: {tftp_prot: 69, syncdb: {start: 1}}
        database: {uri: x}
        debug: true
        7: x
        auth: {anything: 1}
        plugin_config: {x: {anything: 1}}
        """,
    )
    names = ["general.tftp_prot", "general.syncdb.start", "database.uri", "debug", "7"]
    found = [warning for warning in loaded(etc).warnings if "key file" not in warning]
    assert found == [f"{name} isn't a setting: ignored" for name in names]


def test_removed_names_are_told_with_what_replaces_them(etc: Path) -> None:
    old = ["ip", "external_ip", "http_port", "base_external_url", "num_http_proxies", "listen_interface"]
    write(etc / "config.yml", "general:\n" + "".join(f"  {name}: x\n" for name in old))
    settings, warnings, _ = loaded(etc)
    assert settings.general.advertised_http_url is None
    assert len(warnings) == len(old)
    assert all(f"general.{name} isn't a setting any more: use general." in "".join(warnings) for name in old)


@pytest.mark.parametrize(
    ("general", "url"),
    [
        ("advertised_host: 192.0.2.1, advertised_http_port: 80", "http://192.0.2.1:80"),
        ("advertised_host: 192.0.2.1", "http://192.0.2.1:8667"),
        ("advertised_host: '2001:db8::1'", "http://[2001:db8::1]:8667"),
        ("advertised_host: 192.0.2.1, advertised_http_url: http://a", "http://a"),
        ("advertised_host: '*'", None),
        ("advertised_http_port: 80", None),
    ],
)
def test_an_advertised_host_becomes_a_url(etc: Path, general: str, url: str | None) -> None:
    write(etc / "config.yml", f"general: {{{general}}}")
    settings, warnings, _ = loaded(etc)
    assert settings.general.advertised_http_url == url
    assert any("use general.advertised_http_url" in warning for warning in warnings)


def test_programs_of_earlier_versions_are_told_with_the_setting_to_use(etc: Path) -> None:
    for name in ("retriever.py.conf.secure", "mine.py.conf.default", "config.yml.old"):
        write(etc / name, "")
    assert loaded(etc).warnings == [
        f"{etc}/mine.py.conf.default isn't run: name the steps in one of "
        "general.info_extractor, retriever, updater",
        f"{etc}/retriever.py.conf.secure isn't run: name the steps in general.retriever",
    ]


def test_tls_of_the_daemon_itself_is_deprecated(etc: Path) -> None:
    write(etc / "config.yml", "rest_api: {ssl: true, ssl_certfile: /c, ssl_keyfile: /k}")
    assert "rest_api.ssl is deprecated" in loaded(etc).warnings[0]
