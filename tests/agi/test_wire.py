"""
The lines of AGI.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.agi.wire import Environment, NotAGI, Replies, Reply, command

# As Asterisk 22.10 sent it for AGI(agi://127.0.0.1:4573/provision,1234,192.0.2.7:5060,,Phone 1, (a)).
CALL = """\
agi_network: yes
agi_network_script: provision
agi_request: agi://127.0.0.1:4573/provision
agi_channel: PJSIP/phone1-00000001
agi_language: en
agi_type: PJSIP
agi_uniqueid: 1764115200.1
agi_version: 22.10.0
agi_callerid: unknown
agi_calleridname: unknown
agi_context: accent-provd-ask
agi_extension: s
agi_priority: 4
agi_enhanced: 0.0
agi_accountcode:
agi_threadid: 139926318884608
agi_arg_1: 1234
agi_arg_2: 192.0.2.7:5060
agi_arg_3:
agi_arg_4: Phone 1
agi_arg_5:  (a)
"""


def environment(text: str) -> Environment:
    found = Environment()
    lines = [*text.splitlines(), ""]
    assert [found.line(line) for line in lines] == [False] * (len(lines) - 1) + [True]
    return found


def test_what_asterisk_tells_of_a_call() -> None:
    call = environment(CALL)
    assert call.script == "provision"
    assert call.arguments == ["1234", "192.0.2.7:5060", "", "Phone 1", "(a)"]
    assert call.values["channel"] == "PJSIP/phone1-00000001"
    assert "1234" not in repr(call)


@pytest.mark.parametrize(
    ("line", "script"),
    [
        ("agi_network_script: provision?lang=fr", "provision"),
        ("agi_network_script: /provision/", "provision"),
        ("agi_network_script:", ""),
        ("agi_request: agi://[::1]:4573/provision", "provision"),
        ("agi_request: agi://localhost", ""),
        ("agi_request: provision", ""),
    ],
)
def test_the_script_is_what_stands_behind_the_host(line: str, script: str) -> None:
    found = Environment()
    found.line("agi_request: agi://h/x") if "network" in line else None
    found.line(line)
    assert found.script == script


def test_what_is_not_agi_is_refused() -> None:
    for line in (
        "GET / HTTP/1.1",
        "agi_",
        "agi_x",
        "AGI_x: 1",
        "agi_é: 1",
        " agi_x: 1",
        f"agi_{'x' * 61}: 1",
    ):
        with pytest.raises(NotAGI):
            Environment().line(line)
    with pytest.raises(NotAGI):
        Environment().line("")
    full = Environment()
    for number in range(Environment.MOST):
        full.line(f"agi_arg_{number}: x")
    with pytest.raises(NotAGI):
        full.line("agi_request: agi://h/x")


def replies(*lines: str) -> list[Reply]:
    reader = Replies()
    return [reply for reply in map(reader.line, lines) if reply is not None]


def test_replies_are_read() -> None:
    assert replies("200 result=1") == [Reply(200, 1)]
    assert replies("200 result=-1 (timeout)", "200 result=0 endpos=12") == [Reply(200, -1), Reply(200, 0)]
    assert replies("100 Trying...", "200 result=1") == [Reply(200, 1)]
    assert replies("510 Invalid or unknown command", "511 Command Not Permitted on a dead channel") == [
        Reply(510),
        Reply(511),
    ]
    usage = ("520-Invalid command syntax.  Proper usage follows:", "HANGUP", "200 result=1", "520-", "")
    assert replies(*usage, "520 End of proper usage.", "200 result=1") == [Reply(520), Reply(200, 1)]
    assert [reply.is_good for reply in replies("200 result=1", "200 result=-1", "200 result=x", "511 x")] == [
        True,
        False,
        False,
        False,
    ]


def test_a_hangup_comes_at_any_time() -> None:
    reader = Replies()
    assert reader.line("HANGUP") is None
    assert reader.has_hung_up
    assert reader.line("200 result=1") == Reply(200, 1)


@given(st.lists(st.text() | st.sampled_from(CALL.splitlines()), max_size=30))
def test_any_lines_are_variables_or_the_one_error(lines: list[str]) -> None:
    found = Environment()
    try:
        for line in lines:
            if found.line(line):
                break
    except NotAGI:
        return
    assert len(found.values) <= len(lines)
    assert isinstance(found.arguments, list)
    if "request" in found.values:
        assert "/" not in found.script[:1]


@given(st.lists(st.text() | st.from_regex(r"[0-9]{3}[ -].*", fullmatch=True), max_size=20))
def test_any_lines_are_replies_or_the_one_error(lines: list[str]) -> None:
    reader = Replies()
    try:
        for line in lines:
            reply = reader.line(line)
            assert reply is None or 200 <= reply.code <= 999
    except NotAGI:
        pass


def _unquoted(line: str) -> list[str]:
    """
    Read a command as Asterisk does (parse_args of res_agi.c): words split by blanks, quotes, backslashes.
    """
    words: list[str] = []
    word, is_quoted, is_escaped, is_open = "", False, False, False
    for character in line:
        if is_escaped:
            word, is_escaped, is_open = word + character, False, True
        elif character == "\\":
            is_escaped = True
        elif character == '"':
            is_quoted, is_open = not is_quoted, True
        elif character in " \t" and not is_quoted:
            if is_open:
                words.append(word)
            word, is_open = "", False
        else:
            word, is_open = word + character, True
    return [*words, word] if is_open else words


@given(st.lists(st.text(st.characters(blacklist_characters="\r\n\0", codec="utf-8")), max_size=4))
def test_asterisk_reads_the_words_of_a_command_as_they_were(words: list[str]) -> None:
    assert _unquoted(command("SET VARIABLE", *words)) == ["SET", "VARIABLE", *words]


@pytest.mark.parametrize("word", ["a\nb", "a\rb", "a\0b"])
def test_no_word_ends_a_command(word: str) -> None:
    with pytest.raises(ValueError):
        command("SET VARIABLE", "X", word)
