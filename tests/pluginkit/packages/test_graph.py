"""
Whole installations, as those of vendors' real packages are.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from provd.pluginkit.packages.graph import InstallError, InstallGraph
from provd.pluginkit.packages.pkgsdb import parse_packages

from .archives import make_tar, make_zip
from .installing import file, files_in, run

SHA1 = "0123456789abcdef0123456789abcdef01234567"
DATABASE = f"""\
[pkg_locale]
version: 9.0.2
description: Locale
files: locale
install: cisco-locale french_france

[file_locale]
url: https://example.org/po-locale.cop.sgn
size: 1
sha1sum: {SHA1}

[install_cisco-locale]
a-b: unsign $FILE1 locale.tar.gz
b-c: untar locale.tar.gz
c-d: cp usr/local/cm/tftp/$ARG1/* i18n/${{ARG1}}/
c-e: include usr
e-f: exclude *.jar usr/local/cm/tftp/french_france
f-g: cp usr/local/cm/tftp/*
  common/

[pkg_split]
version: 1.0
description: Firmware in two files
files: split_fw split_lang
install: split

[file_split_fw]
url: https://example.org/split-1.0.zip
size: 1
sha1sum: {SHA1}

[file_split_lang]
url:
filename: split-lang.zip
size: 1
sha1sum: {SHA1}

[install_split]
a-b: unzip $FILE1
b-c: unzip */*.zip
c-d: cp *.ld *.bin firmware/
b-e: cp */readme.txt \\$readme
a-f: unzip $FILE2
f-g: cp * languages/
"""


def locale(folder: Path) -> list[Path]:
    names = ("french_france/g4.xml", "french_france/tones.xml", "g4.xml", "phone.jar")
    members = {f"./usr/local/cm/tftp/{name}": name.encode() for name in names}
    archive = make_tar(folder / "locale.tar", **members)
    return [file(folder / "po-locale.cop.sgn", b"signature" + gzip.compress(archive.read_bytes()))]


def split(folder: Path) -> list[Path]:
    inner = make_zip(folder / "inner.zip", **{"2345.bin": b"b", "2345.ld": b"l", "notes.pdf": b"n"})
    outer = {"split/2345.zip": inner.read_bytes(), "split/readme.txt": b"r"}
    return [
        make_zip(folder / "split-1.0.zip", **outer),
        make_zip(folder / "split-lang.zip", fr=b"f", de=b"d"),
    ]


@pytest.mark.parametrize(
    ("package_id", "make", "result"),
    [
        (
            "locale",
            locale,
            {
                "i18n/french_france/g4.xml": b"french_france/g4.xml",
                "i18n/french_france/tones.xml": b"french_france/tones.xml",
                "common/g4.xml": b"g4.xml",
            },
        ),
        (
            "split",
            split,
            {
                "firmware/2345.bin": b"b",
                "firmware/2345.ld": b"l",
                "$readme": b"r",
                "languages/fr": b"f",
                "languages/de": b"d",
            },
        ),
    ],
)
def test_a_package_is_unpacked_as_its_database_says(
    source: Path, work: Path, package_id: str, make: object, result: dict[str, bytes]
) -> None:
    assert callable(make)
    database = parse_packages({"pkgs.db": DATABASE})
    package = database.packages[package_id]
    assert package.install is not None
    folder = database.installs[package.install].run(make(source), package.arguments, work)
    assert files_in(folder) == result


def test_steps_may_stand_in_any_order(source: Path, work: Path) -> None:
    archive = make_zip(source / "z.zip", a=b"1")
    assert run(work, [archive], c_d="cp x y/", b_c="cp a x", a_b="unzip z.zip") == {"y/x": b"1"}


def test_what_comes_later_replaces_what_was_there(source: Path, work: Path) -> None:
    one, two = file(source / "1", b"1"), file(source / "2", b"2")
    assert run(work, [one, two], a_c="cp 1 x", a_b="cp 2 x") == {"x": b"2"}


def test_an_installation_may_be_run_again(source: Path, tmp_path: Path) -> None:
    graph = InstallGraph.parse({"a-b": "cp $FILE1 $ARG1/"})
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        assert files_in(graph.run([file(source / name)], [name], folder)) == {f"{name}/{name}": b"x"}


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("cp $FILE2 x", "FILE2 isn't defined"),
        ("cp $ARG1 x", "ARG1 isn't defined"),
        ("cp ${HOME} x", "HOME isn't defined"),
        ("cp \\$FILE1 x", r"nothing matches '\$FILE1'"),
    ],
)
def test_a_variable_that_is_not_defined_is_an_error(
    source: Path, work: Path, command: str, problem: str
) -> None:
    with pytest.raises(InstallError, match=f"^a-b: cp: .*{problem}"):
        run(work, [file(source / "1")], a_b=command)
