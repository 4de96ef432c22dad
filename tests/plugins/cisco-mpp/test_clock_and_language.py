from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import load_family

reading = import_module("tests.plugins.cisco-mpp.reading")


@pytest.mark.parametrize(
    ("locale", "model", "told"),
    [
        ("fr_FR", "8851", ("French", "fr-FR", "fr-FR_88xx-12.0.1.xml")),
        ("fr_BE", "8851", ("French", "fr-FR", "fr-FR_88xx-12.0.1.xml")),
        ("fr_CA", "8851", ("French", "fr-CA", "fr-CA_88xx-11.3.1.xml")),
        ("fr_CA", "6871", ("French", "fr-FR", "fr-FR_78xx_68xx-11.3.1.xml")),
        ("fr_FR", "7832", ("French", "fr-FR", "fr-FR_7832-11.3.1.xml")),
        ("en_GB", "8851", ("English", "en-GB", None)),
        ("de_DE", "8851", None),
        ("eo_XX", "8851", None),
    ],
)
def test_language_is_that_of_the_newest_dictionary_for_the_phone(
    tmp_path: Path, locale: str, model: str, told: tuple[str, str, str | None] | None
) -> None:
    plugin = load_family("cisco-mpp", tmp_path)
    for name in (
        *("fr-FR_88xx-11.3.1.xml", "fr-FR_88xx-12.0.1.xml", "fr-CA_88xx-11.3.1.xml"),
        *("fr-FR_78xx_68xx-11.3.1.xml", "fr-FR_7832-11.3.1.xml", "notes.txt"),
    ):
        plugin.write(f"lang/{name}", b"")
    got = reading.settings(plugin, model, locale=locale)
    if told is None:
        assert not {"Locale", "Language_Selection", "Dictionary_Server_Script"} & got.keys()
        return
    language, tag, file = told
    assert (got["Language_Selection"], got["Locale"]) == (language, tag)
    script = f"serv=http://192.0.2.5:8667/lang/;d1={language};x1={file}" if file else ""
    assert got["Dictionary_Server_Script"] == script


@pytest.mark.parametrize(
    ("zone", "listed", "further", "rule"),
    [
        ("Etc/UTC", "GMT", "", ""),
        ("Asia/Kathmandu", "GMT+05:45", "", ""),
        ("America/St_Johns", "GMT-03:30", "", "start=3/8/7/2:0:0;end=11/1/7/2:0:0;save=1:0:0"),
        ("Australia/Lord_Howe", "GMT+10:00", "00/30", "start=10/1/7/2:0:0;end=4/1/7/2:0:0;save=0:30:0"),
        ("Pacific/Marquesas", "GMT-10:00", "00/30", ""),
        ("Pacific/Kiritimati", "GMT+13:00", "01/00", ""),
        ("America/Santiago", "GMT-04:00", "", "start=9/2/7/0:0:0;end=4/2/7/0:0:0;save=1:0:0"),
        ("Africa/Cairo", "GMT+02:00", "", "start=4/-1/5/0:0:0;end=10/-1/4/23:59:59;save=1:0:0"),
    ],
)
def test_zones_and_their_summer_time(
    plugin: FamilyPlugin, zone: str, listed: str, further: str, rule: str
) -> None:
    got = reading.settings(plugin, "7841", timezone=zone)
    assert (got["Time_Zone"], got["Time_Offset__HH_mm_"]) == (listed, further)
    assert (got["Daylight_Saving_Time_Enable"], got["Daylight_Saving_Time_Rule"]) == (
        "Yes" if rule else "No",
        rule,
    )
