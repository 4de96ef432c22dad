from __future__ import annotations

from provd.pluginkit.family.certificates import Form, certificate_files
from provd.pluginkit.family.reports import Report

PEM = "-----BEGIN CERTIFICATE-----\nMIIB/+Ab=\n-----END CERTIFICATE-----"


def test_same_certificate_is_the_same_file_however_it_was_pasted() -> None:
    pasted = [PEM, PEM + "\n", "subject=Root\r\n" + PEM.replace("\n", "\r\n")]
    files = certificate_files({"certs": pasted}, "certs", Report())
    assert list(files.values()) == [PEM.encode() + b"\n"]


def test_order_is_kept() -> None:
    other = PEM.replace("MIIB", "AAAA")
    files = certificate_files({"certs": [PEM, other]}, "certs", Report())
    assert list(files.values()) == [PEM.encode() + b"\n", other.encode() + b"\n"]


def test_what_is_no_certificate_is_reported_and_left_out() -> None:
    report = Report()
    key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
    assert certificate_files({"certs": [key, None, 3]}, "certs", report) == {}
    assert report.lines == [f"certs.{n}: isn't a certificate in PEM" for n in range(3)]
    assert certificate_files({}, "certs", report) == {}


def test_chain_is_one_file_in_its_order() -> None:
    other = PEM.replace("MIIB", "AAAA")
    chains = [
        certificate_files({"certs": chain}, "certs", Report(), Form.CHAIN)
        for chain in ([PEM, other], [PEM, PEM], [])
    ]
    assert [list(files.values()) for files in chains] == [
        [f"{PEM}\n{other}\n".encode()],
        [f"{PEM}\n".encode()],
        [],
    ]
    assert chains[0].keys() != chains[1].keys()


def test_phones_that_want_der_get_der() -> None:
    report = Report()
    certs = [PEM.replace("Ab=", "Ab"), PEM.replace("Ab=", "A"), "none"]
    files = certificate_files({"certs": certs}, "certs", report, Form.DER)
    assert list(files.values()) == [b"\x30\x82\x01\xff\xe0\x1b"]
    assert all(name.endswith(".der") for name in files)
    assert report.lines == [f"certs.{n}: isn't a certificate in PEM" for n in (1, 2)]
