"""
How SPA files spell values.
"""

import re

from provd.pluginkit.family.plugin import CERTIFICATES

# Numbers, and a letter after the last of them: 7.5.2b, 6-1-5a, 6.1.5(a); none of 1.3.5(004p_XU001).
_PARTS = re.compile(
    r"\d{1,9}|(?:(?<=[.-]\d)|(?<=[.-]\d\d)|(?<=\())[a-z](?![a-z\d_])", re.ASCII | re.IGNORECASE
)


def release(version):
    """
    Return what versions compare by, a letter after the numbers counting as one: 6.1.5(a) -> (6, 1, 5, 1).
    """
    return tuple(int(part) if part.isdigit() else ord(part.lower()) - 96 for part in _PARTS.findall(version))


def encodable(value, encoding, report, where=""):
    """
    Return a copy of a raw config in which what the phone's characters can't spell is a question mark.
    """
    if isinstance(value, str):
        fitting = value.encode(encoding, "replace").decode(encoding)
        if fitting != value:
            report.add(where, "the phone lacks some of its characters")
        return fitting
    if isinstance(value, dict):
        dot = f"{where}." if where else ""
        return {key: encodable(member, encoding, report, f"{dot}{key}") for key, member in value.items()}
    if isinstance(value, list):
        return [encodable(member, encoding, report, f"{where}.{index}") for index, member in enumerate(value)]
    return value


def report_elsewhere(raw_config, facts, report):
    """
    Take note of what the device may have, but not by its file.
    """
    for name in facts["elsewhere"]:
        if raw_config.get(name):
            report.add(name, "can't be set by this device's file: it keeps its own")


def report_certificates(raw_config, facts, report):
    certificates = raw_config.get(CERTIFICATES) or []
    if not facts["custom_ca"]:
        report.lacking(raw_config, [CERTIFICATES])
        return
    for index in range(1, len(certificates)):
        report.add(f"{CERTIFICATES}.{index}", "the phone takes the root's alone")
