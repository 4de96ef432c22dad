from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provd.app.tokens import Token, Tokens
from provd.errors import InvalidSettings, NotFound, StoreError
from tests.app.office import MASTER

DIGEST = hashlib.sha256(b"text").hexdigest()
ENTRY: dict[str, Any] = {"name": "n", "acl": ["provd.#"], "tenant": MASTER, "created": 5.5, "expires": None}

DAMAGED: list[dict[str, Any]] = [
    *({name: value for name, value in ENTRY.items() if name != missing} for missing in list(ENTRY)[:-1]),
    *({**ENTRY, "acl": acl} for acl in ("#", [1], None)),
    *({**ENTRY, "created": created} for created in ("x", True)),
    *({**ENTRY, "expires": expires} for expires in ("never", [1])),
    {**ENTRY, "name": 1},
    {**ENTRY, "tenant": None},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


def test_a_new_token_is_found_and_survives_a_restart(path: Path) -> None:
    tokens = Tokens(path, lambda: 100.0)
    text = tokens.create("administrator", ["#"], MASTER).reveal()
    for table in (tokens, Tokens(path)):
        known = table.find(text)
        assert known is not None
        assert known._replace(last_used=None) == Token("administrator", ("#",), MASTER, 100.0)
        assert len(table) == 1
        assert table.find(text + "x") is None
        assert table.find("") is None
        assert table.find("\udc80") is None


def test_only_digests_are_kept_in_a_file_of_the_daemon_s_own(path: Path) -> None:
    secret = Tokens(path).create("administrator", ["#"], MASTER)
    assert len(secret.reveal()) >= 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_text()
    assert secret.reveal() not in content
    assert hashlib.sha256(secret.reveal().encode()).hexdigest() in content
    assert secret.reveal() not in repr(secret)


def test_a_token_s_digest_is_no_token(path: Path) -> None:
    tokens = Tokens(path)
    tokens.create("administrator", ["#"], MASTER)
    (digest,) = json.loads(path.read_text())
    assert tokens.find(digest) is None


def test_a_token_opens_nothing_from_the_moment_it_expires(path: Path) -> None:
    now = 100.0
    tokens = Tokens(path, lambda: now)
    text = tokens.create("short", ["#"], MASTER, expires=200.0).reveal()
    now = 199.9
    assert tokens.find(text) is not None
    now = 200.0
    assert tokens.find(text) is None


def test_a_token_allows_what_its_access_grants(path: Path) -> None:
    tokens = Tokens(path)
    token = tokens.find(tokens.create("agent", ["provd.dev_mgr.dhcpinfo.create"], MASTER).reveal())
    assert token is not None
    assert token.allows("provd.dev_mgr.dhcpinfo.create")
    assert token.allows(None)
    assert not token.allows("provd.dev_mgr.devices.read")


def test_a_token_that_cannot_be_written_does_not_exist(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens(path)
    first = tokens.create("first", ["#"], MASTER).reveal()

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("provd.app.tokens.write_durably", full)
    with pytest.raises(StoreError, match="No space left"):
        tokens.create("second", ["#"], MASTER)
    assert len(tokens) == 1
    assert tokens.find(first) is not None


def test_there_is_no_token_before_the_first(path: Path) -> None:
    assert len(Tokens(path)) == 0
    path.write_text("{}")
    assert len(Tokens(path)) == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        json.dumps({"text": ENTRY}),
        json.dumps({DIGEST.upper(): ENTRY}),
        json.dumps({DIGEST: None}),
        json.dumps({DIGEST: []}),
        *(json.dumps({DIGEST: entry}) for entry in DAMAGED),
    ],
)
def test_a_damaged_table_is_a_mistake_that_names_the_file(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(InvalidSettings) as raised:
        Tokens(path)
    assert list(raised.value.mistakes) == ["auth"]
    assert str(path) in str(raised.value)
    assert path.read_text() == content  # nothing was lost


def test_a_table_that_cannot_be_read_is_one_too(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings):
        Tokens(tmp_path)


def test_a_good_table_is_read_as_it_is(path: Path) -> None:
    path.write_text(json.dumps({DIGEST: {**ENTRY, "expires": 1e12, "of_a_later_version": 1}}))
    found = Tokens(path, lambda: 6.5).find("text")
    assert found == Token("n", ("provd.#",), MASTER, 5.5, 1e12, 6.5)


def test_when_a_token_was_used_last_is_kept_to_the_minute(path: Path) -> None:
    now = [100.0]
    tokens = Tokens(path, lambda: now[0])
    text = tokens.create("n", ["#"], MASTER).reveal()
    before = path.read_bytes()
    tokens.save_use()
    assert path.read_bytes() == before
    for now[0] in (130.0, 150.0, 190.0):
        tokens.find(text)
    tokens.save_use()
    (kept,) = Tokens(path).listed().values()
    assert kept.last_used == 190.0


def test_a_token_that_is_revoked_opens_nothing(path: Path) -> None:
    tokens = Tokens(path)
    texts = [
        tokens.create(name, ["#"], tenant).reveal()
        for name, tenant in (("a", "t"), ("b", MASTER), ("c", "t"))
    ]
    (token_id,) = [i for i, token in tokens.listed().items() if token.name == "b"]
    assert not any(token_id in text for text in texts)
    tokens.revoke(token_id)
    with pytest.raises(NotFound):
        tokens.revoke(token_id)
    tokens.revoke_of("t")
    assert not Tokens(path).listed()
    assert not any(map(tokens.find, texts))


def test_a_token_that_is_revoked_while_it_is_looked_up_opens_nothing_more(path: Path) -> None:
    meanwhile: list[Callable[[], None]] = []

    def now() -> float:
        while meanwhile:
            meanwhile.pop()()
        return 100.0

    tokens = Tokens(path, now)
    text = tokens.create("n", ["#"], MASTER).reveal()
    meanwhile.append(lambda: tokens.revoke_of(MASTER))
    tokens.find(text)
    assert tokens.find(text) is None
    assert len(tokens) == 0
