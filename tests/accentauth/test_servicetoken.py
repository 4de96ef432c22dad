"""
The daemon's own token: renewed in time, asked for again and again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from provd.accentauth.client import NewToken, ServerFailed, TokenRefused
from provd.accentauth.servicetoken import ServiceToken
from provd.logs import Secret
from provd.settings.model import Auth
from tests.support import result_of


class Server:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int]] = []
        self.failure: Exception | None = ServerFailed("away")
        self.closed = 0

    async def new_token(self, account: str, key: Secret, seconds: int) -> NewToken:
        self.asked.append((account, key.reveal(), seconds))
        if self.failure is not None:
            raise self.failure
        return NewToken(Secret(f"token {len(self.asked)}"), "master")

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def service(server: Any, clock: Clock, renewed: list[Any], **settings: Any) -> ServiceToken:
    account = {"username": "me", "password": Secret("pw"), **settings}
    return ServiceToken(server, Auth(type="accent_auth", **account), clock, renewed.append)


def test_failures_are_tried_again_ever_more_slowly(server: Server, clock: Clock) -> None:
    renewed: list[Any] = []
    token = service(server, clock, renewed)
    token.startService()
    for count, pause in enumerate((1, 2, 4, 8, 16, 32, 32, 32), 1):
        assert len(server.asked) == count
        server.failure = TokenRefused() if count % 2 else ServerFailed("away")
        clock.advance(pause - 0.5)
        assert len(server.asked) == count
        clock.advance(0.5)
    server.failure = None
    clock.advance(32)
    assert [new.text.reveal() for new in renewed] == ["token 10"]
    assert token.token == Secret("token 10")


def test_it_is_renewed_when_most_of_its_life_is_over(server: Server, clock: Clock) -> None:
    server.failure = None
    renewed: list[Any] = []
    token = service(server, clock, renewed)
    token.startService()
    assert server.asked == [("me", "pw", 21600)]
    clock.advance(17279)
    assert len(renewed) == 1
    clock.advance(1)
    assert len(renewed) == 2
    result_of(token.stopService())
    assert (server.closed, clock.getDelayedCalls()) == (1, [])


def test_the_account_may_come_after_the_daemon(
    server: Server, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provd.accentauth.servicetoken.deferToThread", _at_once)
    server.failure = None
    renewed: list[Any] = []
    path = tmp_path / "key.yml"
    token = service(server, clock, renewed, username=None, password=None, key_file=path)
    token.startService()
    for content in ("{", "[]", "service_id: me\n"):
        path.write_text(content)
        clock.advance(32)
    assert server.asked == []
    path.write_text("service_id: me\nservice_key: pw\n")
    clock.advance(32)
    assert server.asked == [("me", "pw", 21600)]
    result_of(token.stopService())


def test_a_refused_token_is_replaced_at_most_once_a_minute(server: Server, clock: Clock) -> None:
    server.failure = None
    renewed: list[Any] = []
    token = service(server, clock, renewed)
    token.startService()
    first = token.token
    assert first is not None
    second = result_of(token.renewed(first))
    assert (second, token.token, len(renewed)) == (Secret("token 2"), Secret("token 2"), 2)
    assert result_of(token.renewed(first)) == second  # who was refused before gets the new one
    assert result_of(token.renewed(Secret("token 2"))) is None  # the account itself isn't enough
    clock.advance(60)
    server.failure = ServerFailed("away")
    assert result_of(token.renewed(Secret("token 2"))) is None
    clock.advance(60)
    server.failure = None
    assert result_of(token.renewed(Secret("token 2"))) == Secret("token 4")
    result_of(token.stopService())


def _at_once(function: Any, *arguments: Any) -> Deferred[Any]:
    from twisted.internet.defer import maybeDeferred

    return maybeDeferred(function, *arguments)


def test_a_stop_waits_for_what_a_new_token_has_begun(server: Server, clock: Clock) -> None:
    server.failure = None
    kept: Deferred[None] = Deferred()
    account = Auth(type="accent_auth", username="me", password=Secret("pw"))
    token = ServiceToken(server, account, clock, lambda new: kept)
    token.startService()
    stopped = token.stopService()
    assert not stopped.called
    kept.callback(None)
    result_of(stopped)
    assert server.closed == 1
