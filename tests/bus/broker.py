"""
A RabbitMQ of a test's own: no service of the machine's, nothing of it outlives the test.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pika

from tests.support import free_port, need_program

_SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # the one in the PATH changes the user and the folder
EXCHANGE = "accent-headers"


class Broker:
    """
    A broker on a loopback port that it keeps when it is stopped and started again; ``guest`` may do all.
    """

    def __init__(self, folder: Path) -> None:
        need_program(_SERVER, "rabbitmq-server")
        self.port = free_port()
        self._names = need_program("epmd", "erlang-base")
        self._names_port = free_port()
        self._folder = folder
        self._running: list[subprocess.Popen[str]] = []
        (folder / "plugins").write_text("[].\n")
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"provd{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._names_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def start(self) -> None:
        """
        Return when it answers.
        """
        # Started here, as the one that the server starts by itself would outlive it.
        names = subprocess.Popen(
            [self._names, "-port", str(self._names_port), "-address", "127.0.0.1"], text=True
        )
        self._running.append(names)
        server = subprocess.Popen(
            [_SERVER],
            env=self._environment,
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._running.append(server)
        assert server.stdout is not None
        said = ""
        for line in server.stdout:
            said += line
            if "completed with" in line:
                return
        raise AssertionError(f"no broker:\n{said}")

    def stop(self) -> None:
        """
        End it; connections are cut.
        """
        while self._running:
            process = self._running.pop()
            process.terminate()
            try:
                process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()

    def freeze(self, how: int = signal.SIGSTOP) -> None:
        """
        Have it say nothing any more, its connections as they are; SIGCONT wakes it.
        """
        os.kill(int((self._folder / "pid").read_text()), how)

    def connect(self) -> pika.BlockingConnection:
        """
        Return a connection of another service.
        """
        return pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", self.port))

    def tell(self, *bodies: bytes | dict[str, Any], name: str = "auth_tenant_deleted") -> None:
        """
        Send messages as other services do, each JSON or what it is.
        """
        with self.connect() as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            channel.exchange_declare(EXCHANGE, "headers", durable=True)
            for body in bodies:
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                channel.basic_publish(EXCHANGE, "", content, pika.BasicProperties(headers={"name": name}))

    def listener(self) -> Listener:
        """
        Return another service that hears all events of devices.
        """
        return Listener(self.connect())


class Listener:
    """
    Hears what the daemon tells; its methods block.
    """

    def __init__(self, connection: pika.BlockingConnection) -> None:
        self._connection = connection
        self._channel = connection.channel()
        self._channel.exchange_declare(EXCHANGE, "headers", durable=True)
        self._queue = self._channel.queue_declare("", exclusive=True).method.queue
        for kind in ("created", "updated", "deleted", "configured", "synchronized"):
            arguments = {"x-match": "all", "name": f"provd_device_{kind}"}
            self._channel.queue_bind(self._queue, EXCHANGE, arguments=arguments)

    def next(self, count: int) -> list[tuple[dict[str, Any], bytes]]:
        """
        Return the headers and bodies of so many messages.
        """
        found: list[tuple[dict[str, Any], bytes]] = []
        for _method, properties, body in self._channel.consume(
            self._queue, auto_ack=True, inactivity_timeout=20
        ):
            assert body is not None, f"heard only {found}"
            found.append((properties.headers, body))
            if len(found) == count:
                break
        return found

    def close(self) -> None:
        self._connection.close()
