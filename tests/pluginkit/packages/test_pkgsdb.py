"""
Reading a ``pkgs.db``.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.pluginkit.packages.pkgsdb import PackagesError, RemoteFile, parse_packages, read_packages

SHA1 = "0123456789abcdef0123456789abcdef01234567"
FILE = f"[file_f]\nurl: http://h/x%20y.zip\nsize: 5\nsha1sum: {SHA1.upper()}\n"
PACKAGE = "[pkg_p]\nversion: 1\ndescription: P\nfiles: f\n"
ZEROS = "0" * 40

REALISTIC = f"""\
# Firmware of an invented brand.
[pkg_acme-fw]
version: 1.2 100%
description: Firmware
 of two lines
description_fr: Micrologiciel
files: fw lang
install: acme-fw 1.2
depends:
X_note: kept

[file_fw]
url: https://example.org/fw/fw-1.2.zip
size: 1234
sha1sum: {SHA1}
downloader: auth

[file_lang]
url =
filename = lang.tar.gz
size = 77
sha1sum = {SHA1}

[install_acme-fw]
a-b: unzip $FILE1
B-C: cp */*.rom
 firmware/$ARG1/
a-d: untar ${{FILE2}}
d-e: exclude *.txt
"""


def test_a_realistic_database() -> None:
    database = parse_packages({"pkgs.db": REALISTIC})
    package = database.packages["acme-fw"]
    assert (package.version, package.description) == ("1.2 100%", "Firmware\nof two lines")
    assert (package.files, package.install, package.arguments) == (("fw", "lang"), "acme-fw", ("1.2",))
    assert package.info["description_fr"] == "Micrologiciel"
    assert package.info["x_note"] == "kept"
    assert database.files_of("acme-fw") == [
        RemoteFile("fw", "https://example.org/fw/fw-1.2.zip", "fw-1.2.zip", 1234, SHA1, "auth"),
        RemoteFile("lang", "", "lang.tar.gz", 77, SHA1, "default"),
    ]
    assert list(database.installs) == ["acme-fw"]


def test_all_files_of_the_folder_count_but_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text(PACKAGE)
    (tmp_path / "b.db").write_bytes(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    (tmp_path / ".hidden").write_text("[")
    (tmp_path / "folder").mkdir()
    assert read_packages(tmp_path).files_of("p")[0].filename == "x%20y.zip"


def test_a_folder_that_is_not_there_has_no_packages(tmp_path: Path) -> None:
    assert not read_packages(tmp_path / "pkgs").packages


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://h/a/fw%20(1).zip", "fw%20(1).zip"),
        ("https://h/fw.zip?x=/y.rar#z", "fw.zip"),
        ("ftp://h/.fw", ".fw"),
        ("fw.zip", "fw.zip"),
    ],
)
def test_the_last_part_of_the_path_names_a_file(url: str, name: str) -> None:
    text = f"[file_f]\nurl: {url}\nsize: 5\nsha1sum: {SHA1}\n"
    assert parse_packages({"pkgs.db": text}).files["f"].filename == name


def test_ids_may_have_odd_characters_and_texts_any(tmp_path: Path) -> None:
    odd = "7.3 (a)=é:%s;#"
    text = f"; a comment\n[pkg_{odd}]\nversion = %(x)s\ndescription: 東 = 1 ; # no comment\n  # one\n  more\n"
    (tmp_path / "pkgs.db").write_text(text, encoding="utf-8")
    package = read_packages(tmp_path).packages[odd]
    assert (package.version, package.description) == ("%(x)s", "東 = 1 ; # no comment\nmore")


def test_zeros_stand_for_what_the_vendor_does_not_publish() -> None:
    text = f"[file_f]\nurl:\nfilename: f\nsize: 0\nsha1sum: {ZEROS}\n"
    file = parse_packages({"pkgs.db": text}).files["f"]
    assert (file.size, file.sha1) == (None, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[other]\n", "begins with none of"),
        ("[DEFAULT]\n", "begins with none of"),
        ("nonsense", "no section header"),
        ("[pkg_p]\nnonsense\n", "pars"),
        (f"{PACKAGE}{PACKAGE}{FILE}", "already exists"),
        ("[pkg_p]\ndescription: P\n", r"\[pkg_p\] has no version"),
        ("[pkg_p]\nversion: 1\n", "has no description"),
        ("[pkg_p]\nversion: 1\ndescription: P\nid: p\n", "has an id key"),
        ("[pkg_a/b]\nversion: 1\ndescription: P\n", "can't be a file name"),
        ("[pkg_a\0b]\nversion: 1\ndescription: P\n", "can't be a file name"),
        ("[pkg_]\nversion: 1\ndescription: P\n", "can't be a file name"),
        ("[PKG_a]\nversion: 1\ndescription: P\n", "begins with none of"),
        (PACKAGE, "unknown file 'f'"),
        (f"{PACKAGE}install: i\n{FILE}", "unknown installation 'i'"),
        (f"{PACKAGE}depends: q\n{FILE}", "unknown package 'q'"),
        (FILE.replace("url", "link"), "has no url"),
        (FILE.replace("size: 5", "size: five"), "isn't a number of bytes"),
        (FILE.replace("size: 5", "size: -5"), "isn't a number of bytes"),
        (FILE.replace("sha1sum: 0", "sha1sum: x"), "40 hexadecimal"),
        (FILE.replace("x%20y.zip", ""), "no usable filename"),
        (FILE + "filename: ../x\n", "no usable filename"),
        (FILE.replace("http://h/", "http://[h/"), r"\[file_f\]"),
        (FILE + "downloader: other\n", "unknown downloader 'other'"),
        (FILE + FILE.replace("file_f", "file_g"), r"has the file name of \[file_f\]"),
        ("[install_i]\n", "has no filter"),
        ("[install_i]\nab: null\n", "source-destination"),
        ("[install_i]\na-b-c: null\n", "source-destination"),
        ("[install_i]\nb-a: null\n", "a stands for"),
        ("[install_i]\na-b: null\nc-b: null\n", "b is made twice"),
        ("[install_i]\na-b: null\nc-d: null\n", "of nothing"),
        ("[install_i]\nb-c: null\nc-b: null\n", "of nothing"),
        ("[install_i]\na-b: tar x\n", "no filter 'tar'"),
        ("[install_i]\na-b:\n", "no filter ''"),
        ("[install_i]\na-b: cp x\n", "cp can't have 1 arguments"),
        ("[install_i]\na-b: unzip $ x\n", "can't have 2|dollar"),
        ("[install_i]\na-b: unzip x$\n", "a dollar without a name"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(PackagesError, match=problem) as told:
        parse_packages({"pkgs.db": text})
    assert "pkgs.db" in str(told.value)


def test_what_is_not_utf_8_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "pkgs.db").write_bytes(b"\xff")
    with pytest.raises(PackagesError, match="isn't UTF-8"):
        read_packages(tmp_path)


@given(st.text())
def test_any_text_is_a_database_or_a_mistake(text: str) -> None:
    for content in (text, f"[pkg_p]\n{text}", f"{FILE}\n[install_{text}]\na-b: {text}"):
        try:
            parse_packages({"pkgs.db": content})
        except PackagesError:
            continue
