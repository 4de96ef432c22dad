"""
The package on a machine: installed, serving phones, upgraded, removed, purged.  Each test builds on the last.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.package.conftest import Built
from tests.package.machine import OWN, Machine
from tests.pluginkit.packages.archives import make_rar
from tests.support import need_program

ROOT = Path(__file__).parents[2]
DATA = "/var/lib/accent-provd"
MANUALS = ("-not", "-path", "/var/cache/man/*")
PYTHON = "/usr/lib/accent-provd/bin/python3"
LOG, SECURITY_LOG = "/var/log/accent-provd.log", "/var/log/accent-provd-fail2ban.log"
PLUGINS = {path.parent.name for path in ROOT.glob("plugins/*/plugin-info")}


def content(package: Path) -> str:
    """
    Return what ``dpkg`` lists of a package.
    """
    return subprocess.run(["dpkg", "-c", package], check=True, capture_output=True, text=True).stdout


def test_it_is_small(built: Built) -> None:
    assert built.package.stat().st_size < 10_000_000


def test_lintian_finds_no_error(built: Built) -> None:
    lintian = [need_program("lintian"), "--allow-root", "--fail-on", "error", built.package]
    checked = subprocess.run(lintian, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_every_library_in_it_is_named_in_its_copyright(built: Built) -> None:
    named = (ROOT / "debian/copyright").read_text()
    files = re.findall(r"^Files: (.*(?:\n .*)*)", named, re.MULTILINE)
    prefix = "usr/lib/accent-provd/*/"
    globs = [word[len(prefix) :] for text in files for word in text.split() if word.startswith(prefix)]
    names = set(re.findall(r"/site-packages/([^/\s]+)/?(?:\S*)", content(built.package)))
    libraries = {name for name in names if not name.endswith(".dist-info") and name != "provd"}
    assert len(libraries) > 20
    globs = [glob.removesuffix("/*") for glob in globs]
    assert not [name for name in libraries if not any(fnmatch(name, glob) for glob in globs)]


def test_it_has_no_tests_and_no_tools_of_its_libraries(built: Built) -> None:
    listed = content(built.package)
    assert not re.findall(r"/site-packages/(?:\S*/)?(?:tests?|pip|setuptools|pygments|pycparser)/", listed)
    assert "/provd/daemon/systemd.py" in listed


def test_its_units_are_sound_and_confined(machine: Machine) -> None:
    units = ["accent-provd.service", "accent-provd.socket"]
    said = machine.run("systemd-analyze", "verify", *units)
    assert not [line for line in said.splitlines() if "accent-provd" in line]
    told = machine.run("systemd-analyze", "security", "--offline=true", "accent-provd.service")
    exposure = re.search(r"Overall exposure level for accent-provd.service: ([0-9.]+)", told)
    assert exposure is not None, told
    assert float(exposure[1]) <= 2.0


def test_installed_it_runs_without_any_right_of_root(machine: Machine) -> None:
    unit = machine.unit()
    assert (unit["ActiveState"], unit["UnitFileState"]) == ("active", "enabled")
    assert machine.unit("accent-provd.socket")["ActiveState"] == "active"
    status = machine.run("cat", f"/proc/{unit['MainPID']}/status")
    uid = machine.run("id", "-u", "accent-provd").strip()
    assert re.search(rf"^Uid:\t{uid}\t{uid}\t{uid}\t{uid}$", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)
    assert re.search(r"^Seccomp:\t2$", status, re.MULTILINE)


def test_a_phone_is_provisioned_over_http_and_tftp(machine: Machine) -> None:
    over_http = machine.http()
    assert over_http.startswith("#!version:")
    assert machine.tftp() == over_http
    machine.run("tftp", "127.0.0.1", "-m", "octet", "-c", "get", OWN, "/root/fetched")
    assert machine.path("/root/fetched").read_text() == over_http
    (device,) = machine.cli("devices", "list")
    assert (device["mac"], device["plugin"], device["configured"]) == ("00:15:65:aa:bb:01", "yealink", True)


def test_all_plugins_are_there_without_internet(machine: Machine) -> None:
    assert set(machine.cli("status")["plugins"]["loaded"]) == PLUGINS


def test_secrets_are_readable_for_the_daemon_and_root_alone(machine: Machine) -> None:
    for path, mode in (
        ("/etc/accent-provd", "750 root:accent-provd"),
        (DATA, "751 accent-provd:accent-provd"),
        (f"{DATA}/admin-token", "600 accent-provd:accent-provd"),
        (LOG, "640 accent-provd:adm"),
        (SECURITY_LOG, "640 accent-provd:adm"),
    ):
        assert machine.run("stat", "-c", "%a %U:%G", path).strip() == mode, path


def test_nginx_can_read_firmware_and_no_phone_s_file(machine: Machine) -> None:
    served = f"{DATA}/plugins/yealink/var/tftpboot"
    firmware = machine.path(f"{served}/firmware.rom")
    firmware.write_bytes(b"firmware")
    firmware.chmod(0o644)
    machine.run(
        "setpriv",
        "--reuid=www-data",
        "--clear-groups",
        "--regid=www-data",
        "cat",
        f"{served}/{firmware.name}",
    )
    assert "ermission denied" in machine.fails("setpriv", "--reuid=www-data", "cat", f"{served}/{OWN}")
    firmware.unlink()


def test_a_member_of_its_group_tells_of_leases(machine: Machine) -> None:
    machine.run("groupadd", "--system", "accent-provd-dhcp")
    machine.run("usermod", "-a", "-G", "accent-provd-dhcp", "accent-provd")
    machine.path("/etc/accent-provd/conf.d/60-dhcp.yml").write_text("dhcp: {group: accent-provd-dhcp}\n")
    machine.run("systemctl", "restart", "accent-provd")
    socket = machine.run("stat", "-c", "%A %U:%G", "/run/accent-provd/dhcp.sock").strip()
    assert socket == "srw-rw---- accent-provd:accent-provd-dhcp"
    lease = ["accent-provd-dhcp-hook", "--verbose", "isc", "commit", "127.0.0.5", "0:15:65:aa:bb:5"]
    lease.append("060." + b"yealink".hex("."))
    as_nobody = ["setpriv", "--reuid=nobody", "--clear-groups"]
    machine.fails(*as_nobody, "--regid=nogroup", *lease)
    machine.run(*as_nobody, "--regid=accent-provd-dhcp", *lease)
    assert machine.cli("status")["dhcp"]["received"] == 1
    found = [
        device["ip"] for device in machine.cli("devices", "list") if device["mac"] == "00:15:65:aa:bb:05"
    ]
    assert found == ["127.0.0.5"]
    machine.run("provd-cli", "devices", "delete", "--yes", "00:15:65:aa:bb:05")


def test_programs_that_unpack_firmware_and_tls_work_within_the_sandbox(machine: Machine) -> None:
    data = machine.path(f"{DATA}/probe")
    data.mkdir()
    make_rar(data / "firmware.rar", **{"firmware.rom": b"firmware"})
    (data / "firmware.rom").write_bytes(b"firmware")
    # Debian 12 and 13 name the program differently.
    pack = 'cd "$0" && $(command -v 7zz || command -v 7z) a -bd firmware.7z firmware.rom'
    machine.run("sh", "-c", pack, f"{DATA}/probe")
    machine.run("chown", "-R", "accent-provd:", f"{DATA}/probe")
    shutil.copy(ROOT / "tests/package/probe.py", machine.path("/usr/local/lib/probe.py"))
    unit = machine.path("/usr/lib/systemd/system/accent-provd.service").read_text()
    unit = unit.replace("Type=notify", "Type=oneshot").replace("Restart=on-failure", "Restart=no")
    unit = re.sub(r"ExecStart=.*", f"ExecStart={PYTHON} /usr/local/lib/probe.py", unit)
    unit = unit.replace("RuntimeDirectory=", "RuntimeDirectoryPreserve=yes\nRuntimeDirectory=")
    machine.path("/etc/systemd/system/probe.service").write_text(unit)
    machine.run("systemctl", "daemon-reload")
    machine.run("sh", "-c", "systemctl start probe || { journalctl -o cat -u probe; false; }")
    assert "the sandbox is as meant" in machine.run("journalctl", "-o", "cat", "-u", "probe")
    machine.run("rm", "-r", f"{DATA}/probe", "/etc/systemd/system/probe.service")
    machine.run("systemctl", "daemon-reload")


def test_a_reload_takes_up_settings(machine: Machine) -> None:
    before = machine.unit()["MainPID"]
    setting = machine.path("/etc/accent-provd/conf.d/50-site.yml")
    setting.write_text("general: {tftp_sensitive_files: true}\n")
    machine.run("systemctl", "reload", "accent-provd")
    assert "general.tftp_sensitive_files" in machine.logged("reloaded: ")
    unit = machine.unit()
    assert (unit["ActiveState"], unit["MainPID"]) == ("active", before)


def test_a_restart_waits_for_a_download_under_way(machine: Machine) -> None:
    size = 12 << 20
    firmware = machine.path(f"{DATA}/plugins/yealink/var/tftpboot/firmware.rom")
    firmware.write_bytes(bytes(size))
    firmware.chmod(0o644)
    before = machine.unit()["MainPID"]
    phone = machine.start("curl", "-sSf", "--limit-rate", "6M", f"http://127.0.0.1:8667/{firmware.name}")
    assert phone.stdout is not None
    received = len(phone.stdout.read1(65536))
    restarting = machine.start("systemctl", "restart", "accent-provd")
    while piece := phone.stdout.read1(1 << 20):
        received += len(piece)
    assert (phone.wait(), received) == (0, size)
    assert restarting.wait(60) == 0
    assert machine.unit()["MainPID"] not in ("0", before)
    firmware.unlink()


def test_a_tftp_request_waits_for_the_next_daemon(machine: Machine) -> None:
    machine.run("systemctl", "stop", "accent-provd.service")
    assert machine.unit()["ActiveState"] == "inactive"
    assert machine.tftp() == machine.http()
    assert machine.unit()["ActiveState"] == "active"


def test_a_daemon_that_dies_or_hangs_is_started_again(machine: Machine) -> None:
    machine.run("systemctl", "kill", "--signal=KILL", "accent-provd")
    assert machine.tftp() == machine.http()
    assert machine.unit()["NRestarts"] == "1"
    impatient = machine.path("/etc/systemd/system/accent-provd.service.d/impatient.conf")
    impatient.parent.mkdir(parents=True)
    impatient.write_text("[Service]\nWatchdogSec=1\n")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "accent-provd")
    machine.run("systemctl", "kill", "--signal=STOP", "--kill-whom=main", "accent-provd")
    assert machine.tftp() == machine.http()
    assert machine.unit()["NRestarts"] == "1"
    assert "Watchdog timeout" in machine.run("journalctl", "-o", "cat", "-u", "accent-provd")
    shutil.rmtree(impatient.parent)
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "accent-provd")


def test_where_the_pbx_is_disabled_it_does_not_start(machine: Machine) -> None:
    disabled = machine.path("/var/lib/accent/disabled")
    disabled.parent.mkdir()
    disabled.touch()
    machine.run("systemctl", "stop", "accent-provd.socket")
    machine.run("systemctl", "start", "accent-provd")
    assert machine.unit()["ActiveState"] == "inactive"
    assert machine.unit("accent-provd.socket")["ActiveState"] == "inactive"
    shutil.rmtree(disabled.parent)
    machine.run("systemctl", "start", "accent-provd")
    assert machine.unit()["ActiveState"] == "active"


def test_logs_are_rotated_and_written_on(machine: Machine) -> None:
    def strange_request(name: str) -> bool:
        stranger = ["curl", "-s", "-o", "/dev/null", "-H", "User-Agent:", "--interface", "127.0.0.9"]
        machine.run(*stranger, f"http://127.0.0.1:8667/{name}")
        return name in machine.path(SECURITY_LOG).read_text()

    assert strange_request("before.cfg")
    machine.run("logrotate", "--force", "/etc/logrotate.d/accent-provd")
    assert machine.path(f"{SECURITY_LOG}.1.gz").exists()
    assert machine.path(f"{LOG}.1.gz").exists()
    assert "before.cfg" not in machine.path(SECURITY_LOG).read_text()
    assert strange_request("after.cfg")


def test_shells_complete_its_command_and_its_manual_is_there(machine: Machine) -> None:
    script = "/usr/share/bash-completion/completions/provd-cli"
    complete = "COMP_WORDS=(provd-cli devices sy) COMP_CWORD=2; _provd_cli_completion provd-cli"
    shown = machine.run("bash", "-c", f"source {script}; {complete}; echo ${{COMPREPLY[*]}}")
    assert shown.strip() == "synchronize"
    listed = machine.run("dpkg", "-L", "accent-provd").split()
    for name in (
        "zsh/vendor-completions/_provd-cli",
        "fish/vendor_completions.d/provd-cli.fish",
        "man/man1/provd-cli.1.gz",
        "man/man8/accent-provd.8.gz",
    ):
        assert f"/usr/share/{name}" in listed


def test_what_neighbors_read_is_where_they_read_it(machine: Machine) -> None:
    listed = machine.run("dpkg", "-L", "accent-provd").split()
    configuration = {name for name in listed if name.startswith("/etc/") and machine.path(name).is_file()}
    assert configuration >= {
        "/etc/accent-provd/config.yml",
        "/etc/accent-provd/base_raw_config.json",
        "/etc/apparmor.d/dhcpd.d/accent-provd",
        "/etc/fail2ban/filter.d/accent-provd.conf",
        "/etc/fail2ban/jail.d/accent-provd.conf",
        "/etc/logrotate.d/accent-provd",
        "/etc/nginx/locations/https-available/accent-provd",
        "/etc/nginx/snippets/accent-provd-phones.conf",
        "/etc/rsyslog.d/99-accent-provd.conf",
    }
    marked = machine.run("dpkg-query", "-W", "-f", "${Conffiles}", "accent-provd").split()
    assert configuration == {word for word in marked if word.startswith("/")}
    examples = machine.run("ls", "/usr/share/doc/accent-provd/examples").split()
    assert set(examples) == {"asterisk", "dhcp", "prometheus"}


@pytest.fixture(scope="module")
def upgraded(machine: Machine, built: Built) -> Machine:
    """
    The machine, after a site has made it its own and upgraded.
    """
    settings = machine.path("/etc/accent-provd/config.yml")
    settings.write_text(settings.read_text().replace("  # verbose: false", "  verbose: true"))
    template = machine.path(f"{DATA}/plugins/yealink/var/templates/T46S.tpl")
    template.write_text("# the site's\n")
    machine.run("provd-cli", "plugins", "uninstall", "--yes", "gigaset")
    machine.run("provd-cli", "params", "set", "NAT", "1")
    machine.install(built.later)
    return machine


def test_an_upgrade_restarts_it_as_the_new_version(upgraded: Machine) -> None:
    assert upgraded.run("dpkg-query", "-W", "-f", "${Version}", "accent-provd") == "0.1.0+later"
    assert upgraded.unit()["ActiveState"] == "active"


def test_an_upgrade_keeps_data_and_settings(upgraded: Machine) -> None:
    (device,) = upgraded.cli("devices", "list")
    assert device["mac"] == "00:15:65:aa:bb:01"
    assert upgraded.cli("params", "get", "NAT") == 1
    assert "\n  verbose: true\n" in upgraded.path("/etc/accent-provd/config.yml").read_text()
    assert upgraded.path("/etc/accent-provd/conf.d/50-site.yml").exists()
    assert "(DEBUG)" in upgraded.path(LOG).read_text()
    assert upgraded.http().startswith("# the site's\n")


def test_an_upgrade_brings_new_versions_of_plugins_but_no_removed_one(upgraded: Machine) -> None:
    plugins = upgraded.path(f"{DATA}/plugins")
    assert (plugins / "yealink/common.py").read_text().endswith("LATER = True\n")
    assert (plugins / "yealink/var/templates/T46S.tpl").read_text().startswith("# the site's\n")
    assert set(upgraded.cli("status")["plugins"]["loaded"]) == PLUGINS - {"gigaset"}


@pytest.fixture(scope="module")
def removed(upgraded: Machine) -> Machine:
    upgraded.run("apt-get", "remove", "-y", "accent-provd")
    return upgraded


def test_removed_it_leaves_data_and_settings_and_no_program(removed: Machine) -> None:
    assert removed.unit()["LoadState"] == "not-found"
    for kept in (
        f"{DATA}/documents.db",
        f"{DATA}/plugins/yealink/entry.py",
        "/etc/accent-provd/config.yml",
        LOG,
    ):
        assert removed.path(kept).exists(), kept
    for gone in ("/usr/lib/accent-provd", "/usr/share/accent-provd", "/usr/bin/provd-cli"):
        assert not removed.path(gone).exists(), gone
    assert removed.fails("pgrep", "--euid", "accent-provd") == ""


def test_purged_it_leaves_nothing_but_its_user(removed: Machine) -> None:
    removed.run("apt-get", "purge", "-y", "accent-provd")
    left = removed.run("find", "/", "-xdev", "-name", "*accent-provd*", "-not", "-path", "/root/*", *MANUALS)
    assert left == ""
    assert removed.run("id", "-un", "accent-provd") == "accent-provd\n"
