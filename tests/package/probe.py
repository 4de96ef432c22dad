"""
Run inside the sandbox of the unit: what the daemon must be able to do there, and what nobody may.
"""

from __future__ import annotations

import ctypes
import datetime
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from provd.pluginkit.packages.members import Members
from provd.pluginkit.packages.programs import RAR, SEVEN_ZIP, unpack_with_program


def verified_handshake() -> bool:
    """
    Tell whether a TLS client's callback, which needs memory for code of its own, saw the certificate.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pbx.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    seen = []
    server_context, client_context = SSL.Context(SSL.TLS_METHOD), SSL.Context(SSL.TLS_METHOD)
    server_context.use_certificate(certificate)
    server_context.use_privatekey(key)
    client_context.set_verify(SSL.VERIFY_PEER, lambda *_: seen.append(True) or True)
    client, server = SSL.Connection(client_context), SSL.Connection(server_context)
    client.set_connect_state()
    server.set_accept_state()
    for side, other in [(client, server), (server, client)] * 3:
        with suppress(SSL.WantReadError):
            side.do_handshake()
        with suppress(SSL.WantReadError):
            other.bio_write(side.bio_read(65536))
    return bool(seen)


def refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except OSError:
        return True
    return False


def main() -> None:
    data = Path("/var/lib/accent-provd/probe")
    for kind, archive in ((RAR, "firmware.rar"), (SEVEN_ZIP, "firmware.7z")):
        (data / kind.name).mkdir()
        unpack_with_program(kind, data / archive, Members(data / kind.name), data)
        assert (data / kind.name / "firmware.rom").read_bytes() == b"firmware", kind
    assert verified_handshake()
    assert socket.if_nameindex()
    Path("/var/cache/accent-provd/probe").touch()
    Path("/run/accent-provd/probe").touch()
    with open("/var/log/accent-provd.log", "a"):
        pass
    for act in (
        lambda: Path("/etc/accent-provd/probe").touch(),
        lambda: Path("/var/log/probe").touch(),
        lambda: Path("/usr/lib/accent-provd/probe").touch(),
        lambda: os.listdir("/root"),
        lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
        lambda: socket.create_server(("127.0.0.1", 70)),
        lambda: os.chmod("/var/lib/accent-provd/probe", 0o4755),
    ):
        assert refused(act), act
    libc = ctypes.CDLL(None)
    assert libc.unshare(0x10000000) != 0  # CLONE_NEWUSER
    sys.stdout.write("the sandbox is as meant\n")


main()
