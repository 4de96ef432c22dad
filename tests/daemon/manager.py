"""
A stand-in for the service manager that starts the daemon: hears what it is told, hands over a socket.
"""

from __future__ import annotations

import socket
from pathlib import Path

_PATIENCE = 30.0
# LISTEN_PID and WATCHDOG_PID name the process itself, known only once there is one.
_RUN = '[[ $0 = 3 ]] || eval "exec 3<&$0 $0<&-"; LISTEN_PID=$$ WATCHDOG_PID=$$ exec "$@"'
_RUN_WITHOUT = 'WATCHDOG_PID=$$ exec "$@"'


class Manager:
    """
    Listens at a socket in a folder.

    :param watchdog: seconds within which signs of life are wanted.
    """

    def __init__(self, folder: Path, watchdog: float = 60.0) -> None:
        self.path = folder / "notify"
        self._watchdog = watchdog
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.settimeout(_PATIENCE)

    def close(self) -> None:
        self._socket.close()
        self.path.unlink()

    def environment(self, passed: socket.socket | None = None, path: str | None = None) -> dict[str, str]:
        """
        Return what a process is started with.

        :param path: the socket, where the process sees it elsewhere.
        """
        given = {
            "NOTIFY_SOCKET": path or str(self.path),
            "WATCHDOG_USEC": str(int(self._watchdog * 1_000_000)),
        }
        if passed is not None:
            given |= {"LISTEN_FDS": "1", "LISTEN_FDNAMES": "accent-provd.socket"}
        return given

    def command(self, command: list[str], passed: socket.socket | None = None) -> list[str]:
        """
        Return a command that becomes another, with that environment and a socket as descriptor 3.
        """
        variables = [f"{name}={value}" for name, value in self.environment(passed).items()]
        return ["env", *variables, *becoming(command, passed)]

    def heard(self) -> dict[str, str]:
        """
        Return the next message.
        """
        text = self._socket.recv(4096).decode()
        return dict(line.split("=", 1) for line in text.splitlines())

    def wait_for(self, name: str) -> dict[str, str]:
        """
        Return the next message that sets a variable.
        """
        while name not in (message := self.heard()):
            pass
        return message


def becoming(command: list[str], passed: socket.socket | None) -> list[str]:
    """
    Return a command that becomes another, with a socket as descriptor 3.
    """
    if passed is None:
        return ["bash", "-c", _RUN_WITHOUT, "-", *command]
    return ["bash", "-c", _RUN, str(passed.fileno()), *command]
