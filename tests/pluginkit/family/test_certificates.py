from __future__ import annotations

from provd.pluginkit.family.certificates import bundled, certificate_files
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


def test_bundle_is_one_file_in_the_order_of_the_chain() -> None:
    other = PEM.replace("MIIB", "AAAA")
    bundles = [
        bundled(certificate_files({"certs": chain}, "certs", Report())) for chain in ([PEM, other], [PEM])
    ]
    assert [list(files.values()) for files in bundles] == [
        [f"{PEM}\n{other}\n".encode()],
        [f"{PEM}\n".encode()],
    ]
    assert bundles[0].keys() != bundles[1].keys()
    assert bundled({}) == {}
