"""
A real Asterisk, started from a folder that ``tests/asterisk/get`` has made, for tests of what neighbors see.

Each one has its own files and sees the folder in a mount namespace of its own, so several may run at once,
and whatever was mounted goes with it.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from threading import Thread, Timer

import pytest

from tests.support import missing, need_program

FOLDER = Path(os.environ.get("PROVD_TEST_ASTERISK") or "/var/cache/accent-provd-tests/asterisk")

# What PJSIP, its registrar and NOTIFY, AMI and FastAGI need; all there is takes ten times as long to load.
MODULES = (
    "res_timing_timerfd",
    "res_pjproject",
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_sorcery_astdb",
    "res_pjsip",
    "res_pjsip_authenticator_digest",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_outbound_authenticator_digest",
    "res_pjsip_nat",
    "res_pjsip_pubsub",
    "res_pjsip_session",
    "res_pjsip_registrar",
    "res_pjsip_notify",
    "res_pjsip_sdp_rtp",
    "res_rtp_asterisk",
    "res_speech",
    "res_agi",
    "codec_ulaw",
    "chan_pjsip",
    "bridge_simple",
    "pbx_config",
)

# Without these, what reads them doesn't load, or complains.
_EMPTY = (
    "acl",
    "cel",
    "features",
    "http",
    "indications",
    "pjproject",
    "pjsip_notify",
    "rtp",
    "stasis",
    "udptl",
)


def need_asterisk() -> Path:
    """
    Return the folder of Asterisk; skip the test where there is none.

    ``PROVD_TEST_ASTERISK`` names one where the suite could be fetched, so that one which doesn't work then
    fails the test under ``CI=true``.
    """
    need_program("unshare", "util-linux")
    if os.geteuid() != 0:
        missing("root, to start Asterisk in a folder")
    if not (FOLDER / "usr/sbin/asterisk").exists():
        reason = f"an Asterisk in {FOLDER} (made by tests/asterisk/get)"
        if os.environ.get("PROVD_TEST_ASTERISK"):
            missing(reason)
        pytest.skip(reason)
    return FOLDER


class Asterisk:
    """
    :param work: an empty folder for what it reads and writes.
    :param files: by their names in ``/etc/asterisk``, without ``.conf``.
    :param netns: the name of the network namespace in which it runs.
    """

    def __init__(self, work: Path, files: dict[str, str], netns: str | None = None) -> None:
        self._root = need_asterisk()
        self._work = work
        self._netns = netns
        self._process: subprocess.Popen[bytes] | None = None
        etc = work / "etc"
        for name in ("etc", "run", "log", "lib", "spool", "cache"):
            (work / name).mkdir()
        modules = "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in MODULES)
        written = {**dict.fromkeys(_EMPTY, ""), "modules": modules, "asterisk": _DIRECTORIES, **files}
        for name, content in written.items():
            (etc / f"{name}.conf").write_text(content)

    def start(self) -> None:
        """
        Return once it answers.
        """
        root, work = self._root, self._work
        script = (
            f"mount -t proc proc {root}/proc && mount --bind /dev {root}/dev "
            f"&& mount --bind {work} {root}/mnt "
            f"&& exec chroot {root} /usr/sbin/asterisk -f -C /mnt/etc/asterisk.conf"
        )
        inside = ["ip", "netns", "exec", self._netns] if self._netns else []
        self._process = subprocess.Popen(
            [*inside, "unshare", "--mount", "--propagation", "private", "sh", "-c", script],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said, out = b"", self._process.stdout
        assert out is not None
        patience = Timer(30, self._process.kill)
        patience.start()
        while b"Asterisk Ready" not in said and (some := out.read1()):  # type: ignore[attr-defined]
            said += some
        patience.cancel()
        if b"Asterisk Ready" not in said:
            self.stop()
            raise AssertionError(said.decode(errors="replace")[-2000:])
        # Read all the time: one whose output nobody reads is stopped by the full pipe.
        Thread(target=out.read, daemon=True).start()

    def stop(self) -> None:
        """
        End it at once, as a crash does.
        """
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(10)


_DIRECTORIES = """[directories]
astetcdir => /mnt/etc
astmoddir => /usr/lib/x86_64-linux-gnu/asterisk/modules
astvarlibdir => /var/lib/asterisk
astdbdir => /mnt/lib
astkeydir => /mnt/lib
astdatadir => /usr/share/asterisk
astagidir => /usr/share/asterisk/agi-bin
astspooldir => /mnt/spool
astrundir => /mnt/run
astlogdir => /mnt/log
astcachedir => /mnt/cache
"""


def manager(port: int, secret: str, interface: str = "127.0.0.1", more: str = "") -> str:
    """
    Return ``manager.conf`` with the account ``provd``, which may do what ``sync_service_type: ami`` needs.
    """
    return (
        f"[general]\nenabled=yes\nport={port}\nbindaddr={interface}\n{more}\n"
        f"[provd]\nsecret={secret}\nwrite=system\n"
    )


def pjsip(interface: str, port: int, users: dict[str, str], contacts: int = 10) -> str:
    """
    Return ``pjsip.conf`` with an endpoint for each user, by the password, and one to send to addresses.
    """
    parts = [
        f"[udp]\ntype=transport\nprotocol=udp\nbind={interface}:{port}\n",
        "[default_outbound_endpoint]\ntype=endpoint\ncontext=default\ndisallow=all\nallow=ulaw\n",
    ]
    for user, password in users.items():
        parts.append(
            f"[{user}]\ntype=endpoint\ncontext=default\ndisallow=all\nallow=ulaw\nauth={user}\naors={user}\n"
            f"rewrite_contact=yes\n"
            f"[{user}]\ntype=auth\nauth_type=userpass\nusername={user}\npassword={password}\n"
            f"[{user}]\ntype=aor\nmax_contacts={contacts}\n"
        )
    return "".join(parts)
