"""
Whose certificates are taken when this end calls over HTTPS.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from OpenSSL import SSL
from OpenSSL.crypto import Error
from twisted.internet import ssl
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.client import BrowserLikePolicyForHTTPS
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

__all__ = ["https_policy"]

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def https_policy(verify: bool | str | Path) -> Any:
    """
    Return the policy of an ``Agent``.

    :param verify: True trusts the machine's authorities, False anybody, a path the authorities in that file
        of PEM certificates alone.
    :raises OSError: if the file can't be read.
    :raises ValueError: if there is no certificate in it, or one that is damaged.
    """
    if verify is True:
        return BrowserLikePolicyForHTTPS()
    if verify is False:
        return _Unverified()
    found = _PEM.findall(Path(verify).read_bytes())
    try:
        authorities = [ssl.Certificate.loadPEM(pem) for pem in found]
    except Error:
        raise ValueError("holds a certificate that can't be read") from None
    if not authorities:
        raise ValueError("holds no certificate")
    return BrowserLikePolicyForHTTPS(ssl.trustRootFromCertificates(authorities))


@implementer(IPolicyForHTTPS)
class _Unverified:
    """
    Takes any certificate.
    """

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Connections:
        return _Connections(hostname)


@implementer(IOpenSSLClientConnectionCreator)
class _Connections:
    """
    Makes connections that name the host, for a server of several, and check nothing.
    """

    def __init__(self, hostname: bytes) -> None:
        self._hostname = hostname

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:
        connection = SSL.Connection(ssl.CertificateOptions(verify=False).getContext(), None)
        host = self._hostname.decode("ascii")
        if not isIPAddress(host) and not isIPv6Address(host):
            connection.set_tlsext_host_name(self._hostname)
        return connection
