from __future__ import annotations

from pathlib import Path

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from provd.plugincheck.check import check_plugin
from tests.plugincheck.acme import GOOD, changed, write, wrong


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (".split()[1]", "", "sample 1 tells {'vendor': 'Acme', 'model': 'Acme A1'} instead of"
         " {'vendor': 'Acme', 'model': 'A1'}"),
        (".split()[1]", ".split()[7]", "sample 1: the extractor failed: IndexError: list index out of range"
         " at entry.py, line 10"),
        ('return {"vendor": "Acme", ', "return None and {", "sample 1 tells None instead of"
         " {'vendor': 'Acme', 'model': 'A1'}"),
        ('return {"vendor": "Acme", "model": agent.decode().split()[1]}', 'return ["Acme"]',
         "sample 1: the extractor failed: answers with list where a mapping is meant"),
    ],
)  # fmt: skip
def test_sample_that_tells_something_else(tmp_path: Path, old: str, new: str, mistake: str) -> None:
    assert wrong(tmp_path, changed("entry.py", old, new)) == [f"samples/requests.yml: {mistake}"]


def test_samples_of_tftp_and_dhcp(tmp_path: Path) -> None:
    files = {
        **GOOD,
        "entry.py": GOOD["entry.py"]
        + """
    class File:
        def extract(self, request, request_type):
            if request["packet"]["filename"] == b"acme.cfg":
                return {"vendor": "Acme"}

    class Lease:
        def extract(self, request, request_type):
            return {"model": request["options"][60]} if request["options"].get(60) == "A1" else {}

    tftp_dev_info_extractor = File()
    dhcp_dev_info_extractor = Lease()
""",
        "samples/requests.yml": """
- {file: acme.cfg, tells: {vendor: Acme}}
- {file: other.cfg, tells: {vendor: Acme}}
- {mac: "00:aa:bb:cc:dd:01", option_60: A1, tells: {model: A1}}
- {mac: "00:aa:bb:cc:dd:01", tells: {}}
""",
    }
    assert wrong(tmp_path, files) == [
        "samples/requests.yml: sample 2 tells None instead of {'vendor': 'Acme'}"
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (
            "- {user: x}\n",
            "samples/requests.yml: sample 1 has no agent or path (HTTP), file (TFTP) or mac (DHCP)",
        ),
        ("- 5\n", "samples/requests.yml: sample 1 isn't a mapping"),
        ("5\n", "samples: samples/requests.yml isn't a list of requests"),
        ("- {{\n", "samples: samples/requests.yml can't be read: "),
    ],
)
def test_sample_that_is_no_request(tmp_path: Path, text: str, mistake: str) -> None:
    (found,) = wrong(tmp_path, {**GOOD, "samples/requests.yml": text})
    assert found.startswith(mistake)


def test_extractor_that_claims_what_is_not_of_its_phones(tmp_path: Path) -> None:
    (mistake,) = wrong(
        tmp_path, changed("entry.py", 'startswith(b"Acme ")', 'startswith((b"Acme ", b"Mozilla/"))')
    )
    assert mistake.startswith("extractors: a browser's request tells {'vendor': 'Acme', ")


def test_extractor_that_fails_for_others_requests(tmp_path: Path) -> None:
    assert wrong(tmp_path, changed("entry.py", ' or b""', "")) == [
        "extractors: a request without User-Agent: the extractor failed: AttributeError:"
        " 'NoneType' object has no attribute 'startswith' at entry.py, line 9"
    ]


def test_extractor_that_never_answers_is_told_of_once(tmp_path: Path) -> None:
    files = changed("entry.py", "        if agent", "        from twisted.internet.defer import Deferred\n"
                    "        return Deferred()\n        if agent")  # fmt: skip
    clock = Clock()
    checking = Deferred.fromCoroutine(check_plugin(write(tmp_path / "acme", files), clock))
    clock.advance(5)
    assert checking.result.mistakes == [
        ("extractors", "a browser's request: the extractor failed: gives no answer in 5 s")
    ]


@pytest.mark.parametrize(
    ("old", "new", "mistakes"),
    [
        ("return 500 if", "return 200 if",
         ["Acme, A1, *: the associator gives 200, less than 'probably supported' (300)"]),
        ("return 500 if", "return 1 // 0 if",
         ["Acme, A1, *: the associator failed: ZeroDivisionError: integer division or modulo by zero"
          " at entry.py, line 14"]),
        ("else 0", 'else "no"', ["a phone of nobody's: the associator failed:"
                                 " returned str where a number is meant"]),
        ("else 0", "else 500", ["a phone of nobody's: the associator gives 500,"
                                " 'probably supported' (300) or more"]),
        ("def _do_associate(self, vendor, model, version):",
         "def associate(self, info):\n        vendor = info['vendor']",
         ["a phone that tells nothing: the associator failed: KeyError: 'vendor' at entry.py, line 14"]),
        ("return 500 if", "from twisted.internet.defer import succeed\n        return succeed(500) if",
         ["Acme, A1, *: the associator failed: returned Deferred where a plain value is meant"]),
    ],
)  # fmt: skip
def test_wrong_score(tmp_path: Path, old: str, new: str, mistakes: list[str]) -> None:
    files = changed("entry.py", old, new)
    assert wrong(tmp_path, files) == [f"associator: {mistake}" for mistake in mistakes]


def test_plugin_for_phones_of_any_vendor_may_take_any(tmp_path: Path) -> None:
    files = changed("entry.py", "else 0", "else 300")
    files["plugin-info"] = files["plugin-info"].replace("Acme, A1, *", "*, *, *")
    assert wrong(tmp_path, files) == []
