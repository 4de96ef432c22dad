from __future__ import annotations

import json
from pathlib import Path

import pytest

from provd.plugincheck import calls
from tests.plugincheck.acme import GOOD, INFO, changed, report, wrong

OWN = "001565aa0b1c.cfg"
CONFIGURE = "        template ="


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("        os.remove(", "        str(", f"deconfigure leaves {OWN}"),
        ("        os.remove(", "        1 // 0; (",
         "deconfigure failed: ZeroDivisionError: integer division or modulo by zero at entry.py, line 33"),
        ('return self._name(device) if "mac" in device', 'return "x" if "mac" in device',
         f"the trigger file x isn't one that was written ({OWN})"),
        ('endswith(".cfg")', 'endswith(".ini")', f"no file is called sensitive ({OWN})"),
        ('return filename.endswith(".cfg")', "return filename.no()",
         "the trigger or sensitive name failed: AttributeError: 'str' object has no attribute 'no'"
         " at entry.py, line 39"),
        (CONFIGURE, "        raise BaseException()\n" + CONFIGURE,
         "configure failed: raised BaseException at entry.py, line 26"),
        ("    def configure(", "    async def configure(",
         "configure failed: returned coroutine where a plain value is meant"),
    ],
)  # fmt: skip
def test_wrong_file(tmp_path: Path, old: str, new: str, mistake: str) -> None:
    assert f"devices: A1: {mistake}" in wrong(tmp_path, changed("entry.py", old, new))


def test_own_file_that_is_not_sensitive_though_another_is(tmp_path: Path) -> None:
    other = "        open(os.path.join(self._tftpboot_dir, 'x.ini'), 'w').close()\n"
    files = changed("entry.py", CONFIGURE, other + CONFIGURE)
    files["entry.py"] = files["entry.py"].replace('endswith(".cfg")', 'endswith(".ini")')
    assert wrong(tmp_path, files) == [f"devices: A1: {OWN} isn't called sensitive"]


def test_text_none_in_files(tmp_path: Path) -> None:
    files = changed("templates/base.tpl", "sip_lines|length", "none")
    files["entry.py"] += """
    def configure_common(self, raw_config):
        with open(os.path.join(self._tftpboot_dir, "all.ini"), "w") as file:
            print(raw_config.get("admin_password"), file=file)
"""
    assert wrong(tmp_path, files) == [
        "common files: all.ini has the text None",
        f"devices: A1: {OWN} has the text None",
    ]


def test_text_none_where_it_is_the_vendors_word(tmp_path: Path) -> None:
    files = changed("templates/base.tpl", "sip_lines|length", "none")
    files["entry.py"] += '\n    import re\n    WRITES_NONE = re.compile(rb".*None.*")\n'
    assert wrong(tmp_path, files) == []


def test_common_files_get_no_more_than_they_are_promised(tmp_path: Path) -> None:
    files = {**GOOD, "entry.py": GOOD["entry.py"] + """
    def configure_common(self, raw_config):
        raw_config["ip"], raw_config["http_port"], raw_config["tftp_port"], raw_config["http_base_url"]
        raw_config["sip_lines"]
"""}  # fmt: skip
    (mistake,) = wrong(tmp_path, files)
    assert mistake.startswith(
        "common files: configure_common failed: KeyError: 'sip_lines' at entry.py, line "
    )


def test_devices_have_what_they_are_promised_to_have(tmp_path: Path) -> None:
    promised = "        device['id'], device['tenant_uuid'], device['is_new'], device['configured']\n"
    assert wrong(tmp_path, changed("entry.py", CONFIGURE, promised + CONFIGURE)) == []


def test_name_of_a_device_that_is_unknown_yet(tmp_path: Path) -> None:
    assert wrong(tmp_path, changed("entry.py", ' if "mac" in device else None', "")) == [
        "common files: the trigger name of a device without mac failed: KeyError: 'mac' at entry.py, line 30"
    ]


def test_devices_are_made_up_of_the_capabilities(tmp_path: Path) -> None:
    files = {
        **GOOD,
        "plugin-info": json.dumps({**INFO, "capabilities": {"Acme, A1, *": {}, "Acme, A2, 1.0": {}}}),
        "templates/A1.tpl": "{{ sip_lines['1'].username }}",
        "templates/A2.tpl": "{{ sip_lines['1'].password }}",
    }
    del files["samples/devices.yml"]
    found = report(tmp_path, files)
    assert found.mistakes == []
    assert found.tried["devices made up of its capabilities"] == 6


def test_phones_that_speak_sccp_get_call_managers(tmp_path: Path) -> None:
    capabilities = {"Acme, A1, *": {"protocol": "sccp"}}
    files = {
        **GOOD,
        "plugin-info": json.dumps({**INFO, "capabilities": capabilities}),
        "templates/base.tpl": "{{ protocol }} {{ sccp_call_managers['1'].ip }}",
    }
    del files["samples/devices.yml"]
    assert wrong(tmp_path, files) == []


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("A1: {config: other}\n", "samples/devices.yml: A1 isn't a sample: 'other'"),
        ("A1: 5\n", "samples/devices.yml: A1 isn't a sample: "),
        ("- A1\n", "samples/devices.yml isn't a mapping of names to devices"),
    ],
)
def test_sample_that_is_no_device(tmp_path: Path, text: str, mistake: str) -> None:
    (found,) = wrong(tmp_path, {**GOOD, "samples/devices.yml": text})
    assert found.startswith(f"samples: {mistake}")


def test_parameters_and_installed_files_of_a_sample(tmp_path: Path) -> None:
    expected = (
        "        assert os.listdir(self._tftpboot_dir + '/firmware') == ['a.rom']\n"
        "        assert raw_config['X_firmware'] == '1'\n"
    )
    files = changed("entry.py", CONFIGURE, expected + CONFIGURE)
    files["samples/devices.yml"] = (
        "A1: {config: full, parameters: {X_firmware: '1'}, installed: [firmware/a.rom]}\n"
    )
    assert wrong(tmp_path, files) == []


def test_plugin_that_hangs_is_tried_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "LONGEST", 0.1)
    files = changed("entry.py", CONFIGURE, "        while True:\n            pass\n" + CONFIGURE)
    del files["samples/devices.yml"]
    assert wrong(tmp_path, files) == [
        "devices: Acme, A1, * with autoprov: configure failed: takes over 0.1 s at entry.py, line 26"
    ]
