"""
Phones that speak SIP: sipp with the scenarios beside this file.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from twisted.internet.threads import deferToThread

from tests.support import need_program

_SCENARIOS = Path(__file__).parent


class SipPhone:
    """
    :param folder: an empty folder of its own.
    :param agent: its ``User-Agent``.
    :param netns: the network namespace that it is in.
    """

    def __init__(
        self, folder: Path, address: str, port: int, agent: str = "Acme", netns: str | None = None
    ) -> None:
        folder.mkdir()
        self._log = folder / "events.log"
        self._folder = folder
        self._command = [
            *(["ip", "netns", "exec", netns] if netns else []),
            need_program("sipp", "sip-tester"),
        ]
        self._options = ["-i", address, "-p", str(port), "-m", "1", "-nostdin", "-key", "agent", agent]
        self._listening: subprocess.Popen[bytes] | None = None

    def registers(self, registrar: str, user: str, password: str) -> None:
        """
        Register, at ``host:port``.
        """
        process = self._start("register", registrar, "-s", user, "-au", user, "-ap", password)
        assert process.wait(30) == 0, f"{user} isn't registered"

    async def register(self, registrar: str, user: str, password: str) -> None:
        """
        Register while the reactor runs.
        """
        await deferToThread(self.registers, registrar, user, password)

    def listen(self, scenario: str = "notified", user: str = "", password: str = "") -> None:
        """
        Wait for a NOTIFY.
        """
        self.hang_up()
        self._log.unlink(missing_ok=True)
        known = ["-key", "who", user, "-key", "secret", password]
        self._listening = self._start(scenario, *known, "-trace_logs", "-log_file", str(self._log))

    def hears(self) -> tuple[str, str]:
        """
        Return the event of the NOTIFY, once it has come and was answered, and the user that it was sent to.
        """
        assert self._listening is not None
        assert self._listening.wait(30) == 0, "no NOTIFY"
        event, _, uri = self._log.read_text().strip().partition(" to ")
        return event, uri.partition(":")[2].partition("@")[0]

    async def notified(self) -> str:
        """
        Return the event of the NOTIFY while the reactor runs.
        """
        event, _ = await deferToThread(self.hears)
        return event

    def was_left_alone(self) -> bool:
        """
        Tell whether it is still waiting, and nothing has come.
        """
        is_waiting = self._listening is not None and self._listening.poll() is None
        return is_waiting and not (self._log.exists() and self._log.read_text())

    def hang_up(self) -> None:
        """
        Wait no longer.
        """
        process, self._listening = self._listening, None
        if process is not None:
            process.kill()
            process.wait(10)

    def _start(self, scenario: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [*self._command, "-sf", str(_SCENARIOS / f"{scenario}.xml"), *self._options, *arguments]
        return subprocess.Popen(
            [*command, "-timeout", "25", "-timeout_error"],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
