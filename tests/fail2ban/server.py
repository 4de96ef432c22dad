"""
A real fail2ban with the shipped filter and jail over the security log of a daemon, without a firewall.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO

from tests.support import missing, need_program

SHIPPED = Path(__file__).parents[2] / "etc" / "fail2ban"
_DEBIAN = Path("/etc/fail2ban")

_DUMMY = """
[Definition]
actionban = :
actionunban = :
"""
_LOCAL = """
[DEFAULT]
banaction_allports = dummy-of-provd
ignoreself = false
"""


def matched(log: Path, name: str = "accent-provd") -> list[str]:
    """
    Return the address that fail2ban reads in each line that a shipped filter takes.
    """
    filter_file = SHIPPED / "filter.d" / f"{name}.conf"
    command = [need_program("fail2ban-regex", "fail2ban"), "--out", "ip", str(log), str(filter_file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.split()


class Fail2Ban:
    """
    The server in the foreground, with Debian's settings but for the action.

    :param log: the security log.
    """

    def __init__(self, folder: Path, log: Path) -> None:
        program = need_program("fail2ban-server", "fail2ban")
        if not (_DEBIAN / "jail.conf").exists():
            missing("the settings of Debian's fail2ban")
        conf = folder / "fail2ban"
        shutil.copytree(SHIPPED, conf)
        (conf / "action.d").mkdir()
        for name in ("fail2ban.conf", "jail.conf", "paths-common.conf", "paths-debian.conf"):
            shutil.copy(_DEBIAN / name, conf)
        (conf / "action.d" / "dummy-of-provd.conf").write_text(_DUMMY)
        (conf / "jail.local").write_text(_LOCAL)
        jail = conf / "jail.d" / "accent-provd.conf"
        assert "/var/log/accent-provd-fail2ban.log" in jail.read_text()
        jail.write_text(jail.read_text().replace("/var/log/accent-provd-fail2ban.log", str(log)))
        options = [
            "-c",
            str(conf),
            "-s",
            f"{folder}/f2b.sock",
            "-p",
            f"{folder}/f2b.pid",
            "--logtarget",
            "STDOUT",
        ]
        (conf / "fail2ban.local").write_text("[Definition]\ndbfile = None\nsyslogsocket = none\n")
        self.said: list[str] = []
        self.banned: set[str] = set()
        self._heard: Queue[str] = Queue()
        self._process = subprocess.Popen(
            [program, *options, "-x", "-f", "start"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()

    def _listen(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self._heard.put(line)

    def wait_for(self, *addresses: str) -> None:
        """
        Return when all of these are banned.
        """
        while not self.banned.issuperset(addresses):
            line = self._next_line()
            found = re.search(r"\[accent-provd\] Ban (\S+)", line)
            if found:
                self.banned.add(found[1])

    def wait_until_ready(self) -> None:
        """
        Return when it reads the log.
        """
        while "Jail 'accent-provd' started" not in self._next_line():
            pass

    def _next_line(self) -> str:
        try:
            line = self._heard.get(timeout=30)
        except Empty:
            raise AssertionError("".join(self.said)) from None
        self.said.append(line)
        return line

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
