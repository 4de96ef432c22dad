"""
nginx with the shipped files: phones, administrators, firmware, and what strangers try.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from provd.pluginkit.packages.placing import place
from tests.cli.running import COMMAND
from tests.daemon.running import AGENT, OWN
from tests.nginx.front import Front
from tests.support import need_program

PHONE = "127.0.0.2"
FIRMWARE = bytes(range(256)) * 8192  # 2 MiB


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    front = Front()
    try:
        front.start()
        yield front
    finally:
        front.stop()


def fetch(url: str, *options: str) -> tuple[int, bytes, dict[str, str]]:
    """
    Return status, body and headers (names in lower case) of what a phone is answered.
    """
    marker = b"\n--status--"
    curl = [need_program("curl"), "-sk", "-m", "20", "--path-as-is", "--interface", PHONE, "-A", AGENT, "-i"]
    done = subprocess.run(
        [*curl, "-w", marker.decode() + "%{http_code}", *options, url], capture_output=True, check=False
    )
    answer, _, status = done.stdout.rpartition(marker)
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = [line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:]]
    return int(status or 0), body, {name.lower(): value.strip() for name, _, value in lines}


def called(front: Front, path: str) -> Any:
    token = (front.daemon.data / "admin-token").read_text().strip()
    url = f"https://localhost:{front.https}/api/provd/{path}"
    status, body, _ = fetch(url, "-H", f"X-Auth-Token: {token}")
    assert status == 200, body
    return json.loads(body)


def served(front: Front) -> Path:
    return front.daemon.data / "plugins" / "yealink" / "var" / "tftpboot"


@pytest.fixture
def firmware(front: Front) -> str:
    """
    The path of a large file, put there as the daemon does that of a package.
    """
    fetch(f"http://127.0.0.1:{front.http}/{OWN}")
    package, work = front.folder / "package", front.folder / "work"
    shutil.rmtree(package, ignore_errors=True)
    before = os.umask(0o026)  # the daemon's
    try:
        (package / "firmware" / "66.86.0.15").mkdir(parents=True)
        (package / "firmware" / "66.86.0.15" / "T46S (1)+.rom").write_bytes(FIRMWARE)
        work.mkdir(exist_ok=True)
        place(package, served(front), work, lambda placed: None)
    finally:
        os.umask(before)
    return "firmware/66.86.0.15/T46S%20(1)+.rom"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_phone_gets_its_file_and_is_known_by_its_own_address(scheme: str, front: Front) -> None:
    path = f"http://127.0.0.1:{front.http}/"
    if scheme == "https":
        path = f"https://127.0.0.1:{front.https}/device/provisioning/"
    status, body, _ = fetch(path + OWN, "-H", "X-Forwarded-For: 203.0.113.9")
    assert status == 200
    assert b"account.1" in body
    (device,) = called(front, "0.2/dev_mgr/devices")["devices"]
    assert device["ip"] == PHONE


def test_administrators_come_by_the_prefix(front: Front) -> None:
    certificate, _ = front.certificate
    url = f"https://localhost:{front.https}/api/provd"
    token = str(front.daemon.data / "admin-token")
    own = ["--url", url, "--token-file", token, "--cacert", str(certificate)]
    done = subprocess.run([COMMAND, *own, "plugins", "list"], capture_output=True, text=True, check=True)
    assert "yealink" in done.stdout
    assert fetch(f"{url}/0.2/status")[0] == 401
    assert fetch(f"{url}/metrics")[0] == 401


def test_links_lead_on_behind_the_prefix(front: Front) -> None:
    url = f"https://localhost:{front.https}/api/provd"
    token = ("-H", f"X-Auth-Token: {(front.daemon.data / 'admin-token').read_text().strip()}")
    begun = ("-d", "{}", "-H", "Content-Type: application/json")
    status, _, headers = fetch(f"{url}/0.2/pg_mgr/install/update", *token, *begun)
    assert status == 201
    assert "update" in called(front, headers["location"].removeprefix("/"))["status"]
    for link in called(front, "0.2/")["links"]:
        assert fetch(url + link["href"], *token)[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "yealink/" + OWN,
        "yealink/../../../../admin-token",
        "yealink/../../../../../../../../etc/passwd",
        "yealink/%2e%2e/%2e%2e/%2e%2e/%2e%2e/documents.db",
        "../provd-files/yealink/" + OWN,
        "yealink/./" + OWN,
        "../../../etc/passwd",
        "./yealink/..//" + OWN,
        "yealink/" + OWN + "%00.rom",
    ],
)
def test_no_mistake_in_a_header_opens_a_phone_s_file(path: str, front: Front, firmware: str) -> None:
    url = f"http://127.0.0.1:{front.mistaken}/?send="
    assert fetch(url + quote("/provd-files/yealink/firmware/66.86.0.15/T46S (1)+.rom"))[:2] == (200, FIRMWARE)
    status, body, _ = fetch(url + quote(f"/provd-files/{path}", safe=""))
    assert status in (400, 403, 404)
    assert len(body) < 1000


def test_firmware_is_sent_by_nginx(front: Front, firmware: str) -> None:
    url = f"http://127.0.0.1:{front.http}/{firmware}"
    status, body, headers = fetch(url)
    assert (status, body) == (200, FIRMWARE)
    assert "x-accel-redirect" not in headers
    (trace, *_) = called(front, "0.2/requests?limit=1")["requests"]
    assert (trace["request"], trace["bytes"]) == (f"/{firmware}", 0)
    assert fetch(url, "-r", "1000000-1000099")[:2] == (206, FIRMWARE[1000000:1000100])
    status, _, headers = fetch(url, "-I")
    assert (status, headers["content-length"]) == (200, str(len(FIRMWARE)))
    assert fetch(url, "-H", f"If-None-Match: {headers['etag']}")[:2] == (304, b"")


def test_what_not_everybody_may_read_is_sent_by_the_daemon(front: Front, firmware: str) -> None:
    (served(front) / "large.cfg").write_bytes(FIRMWARE)
    (served(front) / "large.cfg").chmod(0o640)
    assert fetch(f"http://127.0.0.1:{front.http}/large.cfg")[:2] == (200, FIRMWARE)


def test_nginx_can_read_no_file_of_a_phone(front: Front, firmware: str) -> None:
    def reads(name: str) -> bool:
        command = [
            need_program("setpriv", "util-linux"),
            "--reuid=www-data",
            "--regid=www-data",
            "--clear-groups",
        ]
        done = subprocess.run([*command, "cat", str(served(front) / name)], capture_output=True, check=False)
        return done.returncode == 0

    assert reads("firmware/66.86.0.15/T46S (1)+.rom")
    assert not reads(OWN)
    assert not reads("../../../../documents.db")
    assert not reads("../../../../admin-token")


@pytest.mark.parametrize(
    "path",
    [
        f"provd-files/yealink/{OWN}",
        "provd-files/yealink/firmware/66.86.0.15/T46S%20(1)+.rom",
        "provd-files/yealink/../../../admin-token",
        "provd-files/yealink/%2e%2e/%2e%2e/entry.py",
        "provd-files/../../etc/passwd",
        "%70rovd-files/yealink/firmware/66.86.0.15/T46S%20(1)+.rom",
        "../../../../etc/passwd",
        "device/provisioning/../../../etc/passwd",
        "firmware/..%2f..%2f..%2f..%2fadmin-token",
    ],
)
def test_internal_location_is_nobody_s(path: str, front: Front, firmware: str) -> None:
    for base in (f"http://127.0.0.1:{front.http}", f"https://127.0.0.1:{front.https}"):
        status, body, _ = fetch(f"{base}/{path}", "-H", "X-Accel-Redirect: /provd-files/yealink/x")
        assert status in (400, 401, 404), path
        assert len(body) < 1000


def test_old_phones_have_a_port_of_their_own(front: Front) -> None:
    old = ["--tlsv1.0", "--tls-max", "1.0", "--ciphers", "DEFAULT@SECLEVEL=0"]
    assert fetch(f"https://127.0.0.1:{front.old}/{OWN}", *old)[0] == 200
    assert fetch(f"https://127.0.0.1:{front.https}/device/provisioning/{OWN}", *old)[0] == 0


def test_no_log_of_nginx_has_a_url_of_a_phone(front: Front) -> None:
    fetch(f"http://127.0.0.1:{front.http}/s3cretKey/{OWN}")
    fetch(f"https://127.0.0.1:{front.https}/device/provisioning/s3cretKey/{OWN}")
    assert fetch(f"http://127.0.0.1:{front.mistaken}/s3cretKey/{OWN}")[0] == 502
    logs = (front.folder / "nginx").glob("*.log")
    assert not [log for log in logs if "s3cretKey" in log.read_text()]
