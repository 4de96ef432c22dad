from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.model.operation import (
    OIP_FAIL,
    OIP_PROGRESS,
    OIP_SUCCESS,
    OIP_WAITING,
    OperationInProgress,
    format_oip,
    parse_oip,
)


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (OperationInProgress(), "waiting"),
        (OperationInProgress(state=OIP_SUCCESS), "success"),
        (OperationInProgress("update", OIP_PROGRESS, 8192), "update|progress;8192"),
        (OperationInProgress("update", OIP_PROGRESS, 0), "update|progress;0"),
        (OperationInProgress("download", OIP_PROGRESS, 5, 0), "download|progress;5"),
        (OperationInProgress("download", OIP_PROGRESS, None, 20), "download|progress"),
    ],
)
def test_one_node_as_text(operation: OperationInProgress, text: str) -> None:
    assert format_oip(operation) == str(operation) == text


def test_a_tree_as_text() -> None:
    download = OperationInProgress("download", OIP_SUCCESS)
    download.sub_oips.append(OperationInProgress(None, OIP_SUCCESS, 20, 20))
    install = OperationInProgress("install", OIP_PROGRESS)
    tree = OperationInProgress("install_pkg", OIP_PROGRESS, sub_oips=[download, install])
    assert format_oip(tree) == "install_pkg|progress(download|success(success;20/20))(install|progress)"


def test_an_operation_moves_forward() -> None:
    operation = OperationInProgress()
    operation.state = OIP_PROGRESS
    operation.state = OIP_PROGRESS
    assert not operation.finished
    operation.state = OIP_FAIL
    assert operation.finished


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OIP_PROGRESS, OIP_WAITING),
        (OIP_SUCCESS, OIP_PROGRESS),
        (OIP_SUCCESS, OIP_FAIL),
        (OIP_FAIL, OIP_SUCCESS),
    ],
)
def test_an_operation_never_moves_back(before: str, after: str) -> None:
    operation = OperationInProgress(state=before)
    with pytest.raises(ValueError, match="can't go"):
        operation.state = after
    assert operation.state == before


@pytest.mark.parametrize("state", [OIP_SUCCESS, OIP_FAIL])
def test_children_finish_with_their_parent(state: str) -> None:
    done = OperationInProgress("done", OIP_SUCCESS)
    below = OperationInProgress("below", OIP_WAITING)
    open_ = OperationInProgress("open", OIP_PROGRESS, sub_oips=[below])
    parent = OperationInProgress(state=OIP_PROGRESS, sub_oips=[done, open_])
    parent.state = state
    assert (done.state, open_.state, below.state) == (OIP_SUCCESS, state, state)


@pytest.mark.parametrize("label", ["", "a-b", "a b", "é"])
def test_a_label_that_clients_cannot_read_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="not a label"):
        OperationInProgress(label)


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="not a state"):
        OperationInProgress(state="done")
    with pytest.raises(ValueError, match="not a state"):
        OperationInProgress().state = "done"


NUMBERS = st.none() | st.integers(0, 10**12)
NODES = st.builds(
    OperationInProgress,
    st.none() | st.from_regex("[A-Za-z0-9_]{1,8}", fullmatch=True),
    st.sampled_from([OIP_WAITING, OIP_PROGRESS, OIP_SUCCESS, OIP_FAIL]),
    NUMBERS,
    NUMBERS,
)


def with_children(children: st.SearchStrategy[OperationInProgress]) -> st.SearchStrategy[OperationInProgress]:
    def joined(node: OperationInProgress, below: list[OperationInProgress]) -> OperationInProgress:
        return OperationInProgress(node.label, node.state, node.current, node.end, below)

    return st.builds(joined, NODES, st.lists(children, max_size=3))


@given(st.recursive(NODES, with_children, max_leaves=12))
def test_what_was_written_is_read(operation: OperationInProgress) -> None:
    text = format_oip(operation)
    assert format_oip(parse_oip(text)) == text


@given(st.text("wating progresfuc|;/()019_x", max_size=30) | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = parse_oip(text)
    except ValueError:
        return
    assert read.state in text


@pytest.mark.parametrize(
    "text",
    ["", "done", "a-b|success", "success(", "success)", "success()", "(success)", "success success"]
    + [
        "success;",
        "success;1/",
        "success;x",
        "progress;1/2/3",
        "success(success",
        "success(success))",
        "é|fail",
    ],
)
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the text"):
        parse_oip(text)


def test_a_deep_tree_is_read() -> None:
    text = "success(" * 5000 + "fail" + ")" * 5000
    assert parse_oip(text).state == OIP_SUCCESS
