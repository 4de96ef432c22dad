"""
A memory of bounded size for answers that stay the same.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """
    Answers by question, in two generations: when the younger one is full, the older one, which nobody asked
    for since it was the younger, is forgotten.

    :param size: answers in each generation.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())

    def get(self, question: K) -> V | None:
        """
        Return the answer, or None if there is none.
        """
        answer = self._young.get(question)
        if answer is None and (answer := self._old.get(question)) is not None:
            self.put(question, answer)
        return answer

    def put(self, question: K, answer: V) -> None:
        """
        Remember an answer.
        """
        if len(self._young) >= self._size and question not in self._young:
            self._old, self._young = self._young, {}
        self._young[question] = answer
