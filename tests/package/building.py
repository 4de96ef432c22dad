"""
The package, built for a release of Debian: here if this is one, else in a container.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import missing, need_program

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("PROVD_TEST_DEBIANS", "/var/cache/accent-provd-tests"))
TOOLS = ("build-essential", "debhelper", "help2man", "python3", "python3-venv")
# What a machine has on which the package is installed: its dependencies, and clients of the tests.
MACHINE = (
    "7zip",
    "ca-certificates",
    "curl",
    "dbus",
    "logrotate",
    "man-db",
    "procps",
    "python3",
    "systemd-sysv",
    "tftp-hpa",
    "unar",
)


def debian(suite: str, kind: str, packages: tuple[str, ...]) -> Path:
    """
    Return a folder with a Debian of that suite, made once.
    """
    need_program("debootstrap")
    folder = CACHE / f"{kind}-{suite}"
    made = subprocess.run([ROOT / "tests/chroots/get", suite, folder, *packages], check=False)
    if made.returncode:
        missing(f"Debian {suite}, which debootstrap can't get")
    return folder


def this_suite() -> str:
    """
    Return the suite of this machine, empty if it isn't a Debian.
    """
    release = platform.freedesktop_os_release()
    return release.get("VERSION_CODENAME", "") if release["ID"] == "debian" else ""


def copy_sources(target: Path) -> Path:
    """
    Return a copy of the sources in a folder.
    """
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    copy = target / "accent-provd"
    for name in filter(None, names.split("\0")):
        if not name.startswith("tests/") and (ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


def build(suite: str, sources: Path) -> Path:
    """
    Return the package of a copy of the sources, built beside it as the README says.
    """
    folder = sources.parent
    if suite == this_suite():
        command, environment = ["env", "--chdir", str(sources)], dict(os.environ)
    else:
        root = debian(suite, "build", TOOLS)
        (folder / "wheels").mkdir()
        _download(root, sources / "requirements.txt", folder / "wheels")
        command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--console=pipe"]
        command += [f"--directory={root}", "--read-only", "--tmpfs=/tmp:mode=1777", f"--bind={folder}:/mnt"]
        command += ["--setenv=PIP_NO_INDEX=1", "--setenv=PIP_FIND_LINKS=/mnt/wheels"]
        command += ["--setenv=HOME=/tmp", "--chdir=/mnt/accent-provd"]
        environment = {"PATH": os.environ["PATH"]}
    log = folder / "log"
    with log.open("w") as output:
        built = subprocess.run(
            [*command, "dpkg-buildpackage", "-us", "-uc", "-b"],
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    assert built.returncode == 0, "".join(log.read_text().splitlines(keepends=True)[-30:])
    (package,) = folder.glob("*.deb")
    return package


def _download(root: Path, requirements: Path, wheels: Path) -> None:
    """
    Fetch the wheels for the Python of another Debian by the pip of this machine, which knows its registry.
    """
    asked = [
        "chroot",
        str(root),
        "python3",
        "-c",
        "import sys; print('%d.%d' % sys.version_info[:2])",
    ]
    version = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    command = [sys.executable, "-m", "pip", "--quiet", "download", "--no-deps", "--require-hashes"]
    command += ["--only-binary=:all:", f"--python-version={version}", "--implementation=cp"]
    command += [f"--abi={abi}" for abi in (f"cp{version.replace('.', '')}", "abi3", "none")]
    command += [f"--platform=manylinux_2_{minor}_{platform.machine()}" for minor in range(5, 37)]
    command += [f"--platform=manylinux2014_{platform.machine()}"]
    subprocess.run([*command, "-r", requirements, "-d", wheels], check=True)
