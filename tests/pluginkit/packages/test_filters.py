"""
The commands of an installation.
"""

from __future__ import annotations

import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from provd.pluginkit.packages import members
from provd.pluginkit.packages.graph import InstallError, InstallGraph
from tests.support import need_program

from .archives import make_rar, make_tar, make_zip

Result = dict[str, bytes]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def run(work: Path, files: list[Path], *arguments: str, **edges: str) -> Result:
    graph = InstallGraph.parse({edge.replace("_", "-"): command for edge, command in edges.items()})
    result = graph.run(files, arguments, work)
    found = {}
    for parent, folders, names in os.walk(result):
        for name in names:
            path = Path(parent, name)
            found[str(path.relative_to(result))] = path.read_bytes()
        for name in folders:
            if not os.listdir(Path(parent, name)):
                found[str(Path(parent, name).relative_to(result)) + "/"] = b""
    return found


def file(path: Path, content: bytes = b"x") -> Path:
    path.write_bytes(content)
    return path


def test_a_file_is_copied_into_a_folder_or_under_a_name(source: Path, work: Path) -> None:
    one, two = file(source / "a.rom", b"1"), file(source / "b.rom", b"2")
    assert run(work, [one, two], a_b="cp $FILE1 ${FILE2} firmware/1.0/", a_c="cp $FILE1 x/y.rom") == {
        "firmware/1.0/a.rom": b"1",
        "firmware/1.0/b.rom": b"2",
        "x/y.rom": b"1",
    }


def test_arguments_may_hold_patterns(source: Path, work: Path) -> None:
    archive = make_zip(source / "fw.zip", **{"v1/a.bin": b"1", "v1/sub/b.bin": b"2", "v1/.hidden": b"3"})
    found = run(work, [archive], "v1/*", a_b="unzip $FILE1", b_c="cp $ARG1 ./")
    assert found == {"a.bin": b"1", "sub/b.bin": b"2"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_of_all_kinds_are_unpacked(source: Path, work: Path, mode: str) -> None:
    archive = make_tar(source / "fw.tar", mode, **{"./usr/local/cm/tftp/SIP.loads": b"1"})
    found = run(work, [archive], a_b="untar *.tar", b_c="cp usr/local/cm/tftp/* ./")
    assert found == {"SIP.loads": b"1"}


def test_several_archives_are_unpacked_into_one_folder(source: Path, work: Path) -> None:
    files = [make_zip(source / f"{n}.zip", **{f"d/{n}": b"n", "d/same": n.encode()}) for n in "ab"]
    assert run(work, files, a_b="unzip *.zip") == {"d/a": b"n", "d/b": b"n", "d/same": b"b"}


def test_include_takes_what_fits_with_all_below_and_enters_nothing_else(source: Path, work: Path) -> None:
    archive = make_zip(source / "z.zip", **{"in/deep/f": b"1", "out/f.ld": b"2", "top.ld": b"3"})
    assert run(work, [archive], a_b="unzip z.zip", b_c="include in *.ld") == {
        "in/deep/f": b"1",
        "top.ld": b"3",
    }


def test_exclude_takes_everything_else(source: Path, work: Path) -> None:
    archive = make_zip(source / "z.zip", **{"a/b.txt": b"1", "a/c.bin": b"2", "doc/x.bin": b"3"})
    assert run(work, [archive], a_b="unzip z.zip", b_c="exclude *.txt doc") == {"a/c.bin": b"2"}


@pytest.mark.parametrize("before", [0, 8, 511])
def test_a_signature_is_cut_off(source: Path, work: Path, before: int) -> None:
    signed = file(source / "x.sgn", b"S" * before + b"\x1f\x8brest")
    assert run(work, [signed], a_b="unsign $FILE1 x.gz") == {"x.gz": b"\x1f\x8brest"}


def test_what_cisco_did_not_sign_is_an_error(source: Path, work: Path) -> None:
    signed = file(source / "x.sgn", b"S" * 512 + b"\x1f\x8b")
    with pytest.raises(InstallError, match="isn't a file that Cisco signed"):
        run(work, [signed], a_b="unsign $FILE1 x.gz")


def test_rar_archives_are_unpacked_without_their_folders(source: Path, work: Path) -> None:
    need_program("bsdtar")
    archive = make_rar(source / "fw.rar", **{"a.rom": b"one", "x/y/b.rom": b"two"})
    assert run(work, [archive], a_b="unrar $FILE1") == {"a.rom": b"one", "b.rom": b"two"}


def test_7z_archives_are_unpacked_without_their_folders(source: Path, work: Path) -> None:
    import subprocess

    (source / "in").mkdir()
    file(source / "in" / "-b.rom", b"two")
    subprocess.run(
        [need_program("bsdtar"), "-c", "--format=7zip", "-f", "fw.7z", "in"], cwd=source, check=True
    )
    assert run(work, [source / "fw.7z"], a_b="7z $FILE1") == {"-b.rom": b"two"}


@pytest.mark.parametrize(("name", "command", "package"), [("a.rar", "unrar", "unar"), ("a.7z", "7z", "7zip")])
def test_without_a_program_it_says_which_package_brings_one(
    source: Path, work: Path, monkeypatch: pytest.MonkeyPatch, name: str, command: str, package: str
) -> None:
    monkeypatch.setenv("PATH", str(work))
    with pytest.raises(InstallError, match=f"nothing here unpacks .* install {package}"):
        run(work, [file(source / name)], a_b=f"{command} $FILE1")


def test_a_file_that_no_program_can_unpack_is_an_error(source: Path, work: Path) -> None:
    need_program("bsdtar")
    with pytest.raises(InstallError, match="it is no RAR archive"):
        run(work, [file(source / "a.rar")], a_b="unrar $FILE1")


def test_null_makes_nothing(source: Path, work: Path) -> None:
    assert run(work, [file(source / "a")], a_b="null") == {}


def test_results_of_all_branches_are_one(source: Path, work: Path) -> None:
    archive = make_zip(source / "z.zip", a=b"1", b=b"2")
    found = run(work, [archive], a_b="unzip $FILE1", b_d="cp a one/", b_e="cp b two/", a_f="cp $FILE1 ./")
    assert found == {"one/a": b"1", "two/b": b"2", "z.zip": archive.read_bytes()}


def link(path: Path, name: str, target: str) -> Path:
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = tarfile.SYMTYPE, target
        archive.addfile(member)
    return path


def device(path: Path) -> Path:
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("d")
        member.type = tarfile.CHRTYPE
        archive.addfile(member)
    return path


def zip_link(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        member = zipfile.ZipInfo("l")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "../../../etc/passwd")
    return path


@pytest.mark.parametrize(
    ("make", "command"),
    [
        (lambda path: make_zip(path, **{"../x": b""}), "unzip"),
        (lambda path: make_zip(path, **{"/x": b""}), "unzip"),
        (lambda path: make_zip(path, **{"a\\..\\..\\x": b""}), "unzip"),
        (zip_link, "unzip"),
        (lambda path: make_tar(path, **{"../x": b""}), "untar"),
        (lambda path: make_tar(path, **{"/x": b""}), "untar"),
        (lambda path: link(path, "l", "/etc/passwd"), "untar"),
        (lambda path: link(path, "l", "../x"), "untar"),
        (device, "untar"),
        (lambda path: file(path, b"PK\x03\x04"), "unzip"),
        (lambda path: file(path, b"\x1f\x8b\x08"), "untar"),
        (lambda path: file(path, b""), "untar"),
    ],
)
def test_an_archive_that_leads_out_or_is_damaged_is_refused(
    source: Path, work: Path, make: Callable[[Path], Path], command: str
) -> None:
    with pytest.raises(InstallError, match="archive"):
        run(work, [make(source / "archive")], a_b=f"{command} $FILE1")
    assert not (work / "x").exists()
    assert not (work.parent / "x").exists()


def test_a_link_that_leads_out_once_it_is_copied_is_refused(source: Path, work: Path) -> None:
    archive = source / "t.tar"
    with tarfile.open(archive, "w") as tar:
        for name, target in (("f", None), ("p/d/l", "../../f")):
            member = tarfile.TarInfo(name)
            if target:
                member.type, member.linkname = tarfile.SYMTYPE, target
            tar.addfile(member)
    with pytest.raises(InstallError, match="a link that leads out"):
        run(work, [archive], a_b="untar t.tar", b_c="cp p/d x")


def test_an_archive_may_not_unpack_to_any_size(
    source: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MAX_BYTES", 1000)
    with pytest.raises(InstallError, match="more than 1000 bytes"):
        run(work, [make_zip(source / "z.zip", a=b"0" * 2000)], a_b="unzip z.zip")


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("cp nothing* x/", "nothing matches 'nothing\\*'"),
        ("cp ../cache x/", "leads out"),
        ("cp /etc/passwd x/", "absolute"),
        ("cp $FILE1 ../x", "leads out"),
        ("cp $FILE1 /x", "absolute"),
        ("cp $FILE1 $FILE2 x", "2 files can't all be named 'x'"),
        ("cp $FILE3 x", "FILE3 isn't defined"),
        ("include nothing", "nothing matches"),
        ("unsign * x", "2 files match"),
    ],
)
def test_what_fails_says_why(source: Path, work: Path, command: str, problem: str) -> None:
    with pytest.raises(InstallError, match=f"^a-b: .*{problem}"):
        run(work, [file(source / "1"), file(source / "2")], a_b=command)


def test_a_locked_archive_is_an_error(source: Path, work: Path) -> None:
    import subprocess

    file(source / "a")
    subprocess.run([need_program("zip"), "-q", "-P", "secret", "z.zip", "a"], cwd=source, check=True)
    with pytest.raises(InstallError, match="needs a password"):
        run(work, [source / "z.zip"], a_b="unzip z.zip")


def test_executable_files_stay_so(source: Path, work: Path) -> None:
    archive = source / "t.tar"
    with tarfile.open(archive, "w") as tar:
        member = tarfile.TarInfo("run")
        member.mode = 0o755
        tar.addfile(member)
    run(work, [archive], a_b="untar t.tar", b_c="cp run bin/")
    assert os.access(work / "result" / "bin" / "run", os.X_OK)
