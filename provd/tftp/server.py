"""
Which requests are looked at, when, and which are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure

from .counts import Counts
from .exchange import TOO_MANY, Exchange, Stage
from .limits import Limits, Rate, Source, Sources
from .listener import Listener
from .requests import ReadService
from .sockets import Caller
from .watch import Reactor, Ticker, Transfers
from .wire import ERR_ILL, ERR_UNDEF, OP_WRQ, Error, MalformedPacket, Request, decode, error_datagram

_MODES = (b"octet", b"netascii")
_HOUSEKEEPING_SECONDS = 1.0
_RELEASED_PER_TURN = 16


class Server:
    """
    All requests under way.

    Requests of an address that is sent nothing more before it acknowledges something are *held*: as phones
    behind one NAT address start at once, the first one's acknowledgement speaks for all.

    :param root: is asked for each request that is within the limits.
    """

    _log = Logger()

    def __init__(self, reactor: Reactor, root: ReadService, limits: Limits) -> None:
        self._reactor = reactor
        self._exchanges: dict[object, Exchange] = {}
        self._held: dict[str, dict[object, Exchange]] = {}
        self._sources = Sources()
        self._housekeeping = Ticker(reactor, _HOUSEKEEPING_SECONDS, self._clean_up)
        self._release_call: IDelayedCall | None = None
        self._failures = Rate(10, 60.0)
        self.root = root
        self.limits = limits
        self.transfers = Transfers(reactor)
        self.counts = Counts()
        #: Sockets and files of the transfers under way.
        self.descriptors = 0

    def __len__(self) -> int:
        return len(self._exchanges)

    def now(self) -> float:
        """
        Return the reactor's time.
        """
        return self._reactor.seconds()

    def call_from_thread(self, function: Callable[..., None], *arguments: Any) -> None:
        """
        Have a function called in the reactor's thread.
        """
        self._reactor.callFromThread(function, *arguments)

    def received(self, datagram: bytes, caller: Caller, listener: Listener) -> None:
        """
        Take a datagram that came in at a listening port.
        """
        try:
            self._received(datagram, caller, listener)
        except Exception:
            self.failed("taking a TFTP request", Failure())

    def _received(self, datagram: bytes, caller: Caller, listener: Listener) -> None:
        if caller.port == 0:
            return
        source = self._sources.at(caller.address)
        self._housekeeping.wake()
        request, code, text = self._judge(datagram, source, caller)
        if text:
            self.refuse(error_datagram(code, text), caller, listener, source)
        if request is None:
            return
        source = self._sources.begin(caller.address)
        exchange = Exchange(self, request, datagram, caller, listener, source)
        self._exchanges[caller.sockaddr] = exchange
        if source.may_start(self.now()) and caller.address not in self._held:
            exchange.ask()
        else:
            self._held.setdefault(caller.address, {})[caller.sockaddr] = exchange

    def _judge(self, datagram: bytes, source: Source, caller: Caller) -> tuple[Request | None, bytes, str]:
        """
        Return a request to carry out, or the error to answer; neither for what is passed over.
        """
        try:
            packet = decode(datagram)
        except MalformedPacket:
            return None, ERR_ILL, "illegal operation"
        if isinstance(packet, Error):
            return None, b"", ""
        if not isinstance(packet, Request):
            return None, ERR_ILL, "illegal operation"
        if packet.opcode == OP_WRQ:
            return None, ERR_UNDEF, "not supported"
        if packet.mode not in _MODES:
            return None, ERR_UNDEF, "mode not supported"
        former = self._exchanges.get(caller.sockaddr)
        if former is not None:
            if former.repeated_by(datagram):
                return None, b"", ""
            former.drop()
        if (
            source.requests >= self.limits.per_address
            or not self.has_descriptor(source)
            or len(self._exchanges) - len(self.transfers) >= self.limits.waiting
        ):
            return None, ERR_UNDEF, TOO_MANY
        return packet, b"", ""

    def refuse(
        self, datagram: bytes, caller: Caller, listener: Listener, source: Source, asked: int = 0
    ) -> None:
        """
        Send an error packet, unless its address has had too many.

        :param asked: see :meth:`Source.spend_refusal`.
        """
        if source.spend_refusal(len(datagram), self.now(), asked):
            listener.send(datagram, caller)

    def has_descriptor(self, source: Source) -> bool:
        """
        Tell whether a transfer to that address may take one more descriptor.
        """
        return self.descriptors < self.limits.descriptors_for(source.proven(self.now()))

    def proved(self, exchange: Exchange) -> None:
        """
        Take note that an acknowledgement came; what was held for want of one can start.
        """
        exchange.source.prove(self.now())
        if exchange.caller.address in self._held:
            self._release_soon()

    def over(self, exchange: Exchange) -> None:
        """
        Forget an exchange that has ended.
        """
        peer, address = exchange.caller.sockaddr, exchange.caller.address
        self._sources.end(address, self.now())
        if self._exchanges.get(peer) is exchange:
            del self._exchanges[peer]
        held = self._held.get(address)
        if held is not None:
            if held.get(peer) is exchange:
                del held[peer]
            if not held:
                del self._held[address]
            else:
                self._release_soon()

    def failed(self, what: str, failure: Failure) -> None:
        """
        Log a bug, but not as often as strangers like.
        """
        if self._failures.allows(self.now()):
            self._log.failure("{what}", failure, what=what)

    def drop_waiting(self) -> None:
        """
        Forget all requests for which nothing is being sent.
        """
        for exchange in list(self._exchanges.values()):
            if exchange.stage is not Stage.SENDING:
                exchange.drop()

    def close(self) -> None:
        """
        End everything, telling the phones.
        """
        self.drop_waiting()
        self.transfers.close()
        self._housekeeping.stop()
        if self._release_call is not None:
            self._release_call.cancel()
            self._release_call = None

    def _release_soon(self) -> None:
        if self._release_call is None:
            self._release_call = self._reactor.callLater(0, self._release)

    def _release(self) -> None:
        """
        Start what may start of the held requests, a few each turn of the reactor.
        """
        self._release_call = None
        now, left = self.now(), _RELEASED_PER_TURN
        for address, held in list(self._held.items()):
            while held and left and next(iter(held.values())).source.may_start(now):
                exchange = held.pop(next(iter(held)))
                left -= 1
                if now < exchange.deadline:
                    exchange.ask()
                else:
                    exchange.drop()
            if not held:
                self._held.pop(address, None)
            if not left:
                self._release_soon()
                return

    def _clean_up(self, now: float) -> bool:
        for exchange in list(self._exchanges.values()):
            if exchange.stage is not Stage.SENDING and now >= exchange.deadline:
                exchange.drop()
        if self._held:
            self._release_soon()
        self._sources.forget_idle(now)
        return bool(self._exchanges or len(self._sources))
