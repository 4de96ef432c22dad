"""
An operation in progress, and its text as clients poll it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = [
    "OIP_FAIL",
    "OIP_PROGRESS",
    "OIP_SUCCESS",
    "OIP_WAITING",
    "STATES",
    "OperationInProgress",
    "format_oip",
    "parse_oip",
]

OIP_WAITING = "waiting"
OIP_PROGRESS = "progress"
OIP_SUCCESS = "success"
OIP_FAIL = "fail"

_FINISHED = (OIP_SUCCESS, OIP_FAIL)
STATES = (OIP_WAITING, OIP_PROGRESS, *_FINISHED)
_LABEL = re.compile(r"\w+", re.ASCII)


class OperationInProgress:
    """
    One node of a tree of operations.

    :param label: ASCII letters, digits and underscores, or None.
    :param state: one of the ``OIP_*``; it only moves forward.
    :param current: how far it is, such as bytes received; None while unknown.
    :param end: what ``current`` will reach; None or 0 if unknown.
    :param sub_oips: the operations that this one is made of; more may be appended.
    """

    def __init__(
        self,
        label: str | None = None,
        state: str = OIP_WAITING,
        current: int | None = None,
        end: int | None = None,
        sub_oips: Iterable[OperationInProgress] = (),
    ) -> None:
        if label is not None and not _LABEL.fullmatch(label):
            raise ValueError(f"not a label: {label!r}")
        if state not in STATES:
            raise ValueError(f"not a state: {state!r}")
        self.label = label
        self._state = state
        self.current = current
        self.end = end
        self.sub_oips = list(sub_oips)

    @property
    def state(self) -> str:
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        """
        Move on; what is below and still unfinished finishes with its parent.

        :raises ValueError: if that would be a step back.
        """
        if state not in STATES:
            raise ValueError(f"not a state: {state!r}")
        if state == self._state:
            return
        if self.finished or STATES.index(state) < STATES.index(self._state):
            raise ValueError(f"an operation can't go from {self._state} to {state}")
        self._state = state
        if state in _FINISHED:
            for child in self.sub_oips:
                if not child.finished:
                    child.state = state

    @property
    def finished(self) -> bool:
        return self._state in _FINISHED

    def __str__(self) -> str:
        return format_oip(self)


def format_oip(operation: OperationInProgress) -> str:
    """
    Return the text of an operation: ``install|progress(download|progress;4096/81920)``.
    """
    parts = [f"{operation.label}|" if operation.label else "", operation.state]
    if operation.current is not None:
        parts.append(f";{operation.current}")
        if operation.end:
            parts.append(f"/{operation.end}")
    parts += (f"({format_oip(child)})" for child in operation.sub_oips)
    return "".join(parts)


_NODE = re.compile(
    rf"(?:(?P<label>\w+)\|)?(?P<state>{'|'.join(STATES)})"
    r"(?:;(?P<current>[0-9]{1,18})(?:/(?P<end>[0-9]{1,18}))?)?",
    re.ASCII,
)


def parse_oip(text: str) -> OperationInProgress:
    """
    Return the operation that a text tells of.

    :param text: as :func:`format_oip` writes it.
    :raises ValueError: if it isn't such a text.
    """
    root = OperationInProgress()
    above = [root]  # the operations whose parenthesis is open, outermost first
    position, is_node_next = 0, True
    while position < len(text) or is_node_next:
        if is_node_next:
            match = _NODE.match(text, position)
            if match is None:
                raise ValueError("not the text of an operation")
            position, is_node_next = match.end(), False
            above[-1].sub_oips.append(_node(match))
        elif text[position] == "(":
            above.append(above[-1].sub_oips[-1])
            position, is_node_next = position + 1, True
        elif text[position] == ")" and len(above) > 1:
            # The next one in parentheses is a sibling of the one that ends here.
            above.pop()
            position += 1
        else:
            raise ValueError("not the text of an operation")
    if len(above) > 1:
        raise ValueError("not the text of an operation")
    return root.sub_oips[0]


def _node(match: re.Match[str]) -> OperationInProgress:
    current, end = match["current"], match["end"]
    return OperationInProgress(
        match["label"],
        match["state"],
        None if current is None else int(current),
        None if end is None else int(end),
    )
