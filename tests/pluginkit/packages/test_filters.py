"""
The commands of an installation.
"""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from provd.pluginkit.packages.graph import InstallError, InstallGraph

from .archives import make_tar, make_tar_of, make_zip
from .installing import file, run


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


@pytest.mark.parametrize("destination", [".", "./", "x/../", "y/.."])
def test_a_destination_may_be_the_result_itself(source: Path, work: Path, destination: str) -> None:
    assert run(work, [file(source / "a")], a_b=f"cp $FILE1 {destination}") == {"a": b"x"}


def test_a_file_name_is_no_pattern_if_it_matches_nothing(source: Path, work: Path) -> None:
    assert run(work, [file(source / "fw[1].rom")], a_b="cp $FILE1 x/", a_c="include $FILE1") == {
        "x/fw[1].rom": b"x",
        "fw[1].rom": b"x",
    }


def test_a_file_of_the_cache_may_be_a_link(source: Path, work: Path) -> None:
    file(source / "real")
    (source / "fw.rom").symlink_to("real")
    assert run(work, [source / "fw.rom"], a_b="cp $FILE1 x/") == {"x/fw.rom": b"x"}


def test_a_package_may_name_a_file_twice(source: Path, work: Path) -> None:
    assert run(work, [file(source / "a")] * 2, a_b="cp $FILE2 x") == {"x": b"x"}


def test_the_files_of_the_cache_stay_as_they_are(source: Path, work: Path) -> None:
    one, two = file(source / "a", b"1"), file(source / "b", b"2")
    assert run(work, [one, two], a_b="cp a x", a_c="cp b x") == {"x": b"2"}
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")


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


def test_exclude_looks_at_whole_paths(source: Path, work: Path) -> None:
    names = {"a/doc/x": b"1", "doc/y": b"2", "a/.hidden": b"3", "b/empty/": b""}
    archive = make_zip(source / "z.zip", **names)
    assert run(work, [archive], a_b="unzip z.zip", b_c="exclude a/d*") == {
        "doc/y": b"2",
        "a/.hidden": b"3",
        "b/empty/": b"",
    }


@pytest.mark.parametrize("before", [0, 8, 511])
def test_a_signature_is_cut_off(source: Path, work: Path, before: int) -> None:
    signed = file(source / "x.sgn", b"S" * before + b"\x1f\x8brest")
    assert run(work, [signed], a_b="unsign $FILE1 x.gz") == {"x.gz": b"\x1f\x8brest"}


def test_what_cisco_did_not_sign_is_an_error(source: Path, work: Path) -> None:
    signed = file(source / "x.sgn", b"S" * 512 + b"\x1f\x8b")
    with pytest.raises(InstallError, match="isn't a file that Cisco signed"):
        run(work, [signed], a_b="unsign $FILE1 x.gz")


def test_null_makes_nothing(source: Path, work: Path) -> None:
    assert run(work, [file(source / "a")], a_b="null") == {}


def test_results_of_all_branches_are_one(source: Path, work: Path) -> None:
    archive = make_zip(source / "z.zip", a=b"1", b=b"2")
    found = run(work, [archive], a_b="unzip $FILE1", b_d="cp a one/", b_e="cp b two/", a_f="cp $FILE1 ./")
    assert found == {"one/a": b"1", "two/b": b"2", "z.zip": archive.read_bytes()}


def make_links(path: Path, *members: tuple[str, str | None]) -> Path:
    """
    Write a tar archive of links to targets, and of files where there is no target.
    """
    return make_tar_of(
        path,
        *((tarfile.SYMTYPE if target else tarfile.REGTYPE, name, target or "") for name, target in members),
    )


def test_a_link_that_leads_out_once_it_is_copied_is_refused(source: Path, work: Path) -> None:
    archive = make_links(source / "t.tar", ("f", None), ("p/d/l", "../../f"))
    with pytest.raises(InstallError, match="a link that leads out"):
        run(work, [archive], a_b="untar t.tar", b_c="cp p/d x")


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
        ("cp . x/", "is the whole folder"),
        ("include nothing", "nothing matches"),
        ("include /1", "absolute"),
        ("exclude ../1", "leads out"),
        ("unsign 1 ../x", "leads out"),
        ("unzip nothing", "nothing matches"),
        ("unsign * x", "2 files match"),
    ],
)
def test_what_fails_says_why(source: Path, work: Path, command: str, problem: str) -> None:
    with pytest.raises(InstallError, match=f"^a-b: .*{problem}"):
        run(work, [file(source / "1"), file(source / "2")], a_b=command)


def test_a_file_does_not_replace_a_folder_nor_a_folder_a_file(source: Path, work: Path) -> None:
    one, two = file(source / "1"), file(source / "2")
    with pytest.raises(InstallError, match="both a folder and not"):
        run(work, [one, two], a_b="cp 1 x/", a_c="cp 2 x")


def test_nothing_is_copied_through_a_link(source: Path, work: Path) -> None:
    # The link stays inside where it was unpacked, and leads out where it is copied to.
    outside = file(work.parent / "outside", b"precious")
    one = make_links(source / "1.tar", ("p/q/r/d/l", "../../../../outside"))
    two = make_tar(source / "2.tar", **{"s/d/l": b"written"})
    with pytest.raises(InstallError, match="a link that leads out"):
        run(work, [one, two], a_b="untar 1.tar", a_c="untar 2.tar", b_d="cp p/q/r/d x/", c_e="cp s/d/* x/d/")
    assert outside.read_bytes() == b"precious"


def test_a_link_that_is_copied_by_name_becomes_what_it_leads_to(source: Path, work: Path) -> None:
    archive = make_links(source / "t.tar", ("a/f", None), ("d", "a"), ("l", "a/f"), ("gone", "nothing"))
    graph = InstallGraph.parse({"a-b": "untar t.tar", "b-c": "cp d l gone ./"})
    result = graph.run([archive], [], work)
    assert {path.name: (path.is_symlink(), path.is_dir()) for path in result.iterdir()} == {
        "d": (False, True),
        "l": (False, False),
        "gone": (True, False),
    }


def test_executable_files_stay_so(source: Path, work: Path) -> None:
    archive = source / "t.tar"
    with tarfile.open(archive, "w") as tar:
        member = tarfile.TarInfo("run")
        member.mode = 0o755
        tar.addfile(member)
    run(work, [archive], a_b="untar t.tar", b_c="cp run bin/")
    assert os.access(work / "result" / "bin" / "run", os.X_OK)
