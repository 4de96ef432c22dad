"""
``GET /metrics`` of a running daemon, and what is made of it: the dashboard and the alerts that are shipped.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.rest import Rest
from tests.daemon.running import AGENT, OWN, Daemon
from tests.support import need_program

SHIPPED = Path(__file__).parents[2] / "etc" / "prometheus"
MAC = "00:15:65:aa:bb:01"


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path_factory.mktemp("daemon"))
    try:
        daemon.start()
        assert get(daemon.http, "/nothing", {})[0] == 404
        for _ in range(2):
            assert get(daemon.http, f"/{OWN}", {"User-Agent": AGENT})[0] == 200
        curl = [need_program("curl"), "-s", "-o", "/dev/null", f"tftp://127.0.0.1:{daemon.tftp}/{OWN}"]
        subprocess.run(curl, check=True)
        yield daemon
    finally:
        daemon.kill()


def get(port: int, path: str, headers: dict[str, str], method: str = "GET") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def headers(daemon: Daemon) -> dict[str, str]:
    return {"Authorization": "Bearer " + (daemon.data / "admin-token").read_text().strip()}


def scraped(daemon: Daemon) -> dict[str, dict[tuple[str, ...], float]]:
    """
    Return values by the name of their sample and their labels, in the order of the labels' names.
    """
    status, body = get(daemon.rest, "/metrics", headers(daemon))
    assert status == 200
    samples: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(body.decode()):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            samples.setdefault(sample.name, {})[labels] = sample.value
    return samples


def test_requests_of_phones_are_counted(daemon: Daemon) -> None:
    found = scraped(daemon)
    requests = found["accent_provd_requests_total"]
    assert requests["yealink", "http", "200"] == 2
    assert requests["", "http", "404"] == 1
    assert requests["yealink", "tftp", "ok"] == 1
    outcomes = found["accent_provd_identifications_total"]
    assert (outcomes["new", "http"], outcomes["known", "http"], outcomes["known", "tftp"]) == (1, 1, 1)
    assert outcomes["unidentified", "http"] == 1
    assert found["accent_provd_request_seconds_count"]["http",] == 3
    assert found["accent_provd_tftp_transfers_total"]["completed",] == 1


def test_what_there_is_is_told(daemon: Daemon) -> None:
    found = scraped(daemon)
    assert found["accent_provd_devices"] == {("configured",): 1, ("not_configured",): 0, ("no_plugin",): 0}
    assert found["accent_provd_configs"][()] >= 5
    assert found["accent_provd_store_queue"][()] >= 0
    assert found["accent_provd_part_ok"]["store",] == 1
    assert found["accent_provd_event_loop_lag_seconds_count"][()] >= 0
    assert found["process_resident_memory_bytes"][()] > 1e7


def test_nothing_of_a_phone_is_a_label(daemon: Daemon) -> None:
    get(daemon.http, "/s3cret.cfg", {"User-Agent": "Acme/1 s3cret"})
    text = get(daemon.rest, "/metrics", headers(daemon))[1].decode()
    assert not re.search(r"s3cret|001565|00:15:65|127\.0\.0\.1", text)


def test_token_is_wanted_in_either_header(daemon: Daemon) -> None:
    token = (daemon.data / "admin-token").read_text().strip()
    assert get(daemon.rest, "/metrics", {})[0] == 401
    assert get(daemon.rest, "/metrics", {"X-Auth-Token": "wrong"})[0] == 401
    assert get(daemon.rest, "/metrics", {"Authorization": "Bearer wrong"})[0] == 401
    assert get(daemon.rest, "/metrics", {"X-Auth-Token": token})[0] == 200
    assert get(daemon.rest, "/metrics", {"Authorization": f"Bearer {token}"})[0] == 200


def test_token_needs_no_more_than_one_access(daemon: Daemon) -> None:
    made = {"token": {"name": "prometheus", "acl": ["provd.metrics.read"]}}
    token = Rest(daemon).call("POST", "/auth/tokens", made)["token"]
    assert get(daemon.rest, "/metrics", {"X-Auth-Token": token})[0] == 200
    assert get(daemon.rest, "/0.2/status", {"X-Auth-Token": token})[0] == 401


def test_only_get_is_allowed(daemon: Daemon) -> None:
    own = headers(daemon)
    assert get(daemon.rest, "/metrics", own, "POST")[0] == 405
    assert get(daemon.rest, "/metrics", own, "HEAD") == (200, b"")


def names_in(expressions: list[str]) -> set[str]:
    return {name for text in expressions for name in re.findall(r"\b(?:accent_provd|process)_\w+", text)}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((SHIPPED / "accent-provd.rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[str]:
    panels = json.loads((SHIPPED / "grafana-accent-provd.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def test_dashboard_alerts_and_list_know_the_metrics_that_there_are(daemon: Daemon) -> None:
    known = set(scraped(daemon))
    used = names_in([rule["expr"] for rule in rules()] + queries())
    assert used
    assert used <= known
    bare = {re.sub(r"_(total|bucket|sum|count|created)$", "", name) for name in known}
    listed = set(re.findall(r"^``(accent_provd_\w+)``", (SHIPPED / "README.rst").read_text(), re.MULTILINE))
    assert {re.sub(r"_total$", "", name) for name in listed} == {
        name for name in bare if name.startswith("accent_provd")
    }


def test_prometheus_takes_the_alerts() -> None:
    promtool = need_program("promtool", "prometheus")
    checked = [promtool, "check", "rules", str(SHIPPED / "accent-provd.rules.yml")]
    assert subprocess.run(checked, check=False).returncode == 0


def test_alert_comes_when_a_part_fails(tmp_path: Path) -> None:
    promtool = need_program("promtool", "prometheus")
    alert = next(rule for rule in rules() if rule["alert"] == "ProvdPartFails")
    expected = {
        "exp_labels": {"severity": "warning", "part": "store", "instance": "pbx"},
        "exp_annotations": {**alert["annotations"], "summary": "store of accent-provd isn't ok on pbx"},
    }
    series = {"series": 'accent_provd_part_ok{part="store",instance="pbx"}', "values": "1x5 0x20"}
    checks = [
        {"eval_time": at, "alertname": alert["alert"], "exp_alerts": alerts}
        for at, alerts in (("4m", []), ("20m", [expected]))
    ]
    case = {"interval": "1m", "input_series": [series], "alert_rule_test": checks}
    files = {"rule_files": [str(SHIPPED / "accent-provd.rules.yml")], "evaluation_interval": "1m"}
    (tmp_path / "test.yml").write_text(yaml.safe_dump({**files, "tests": [case]}))
    command = [promtool, "test", "rules", str(tmp_path / "test.yml")]
    assert subprocess.run(command, check=False).returncode == 0
