"""
What the rest of provd may rely on of a document store, whichever kind the settings name.

Reads are plain calls: every document is held in memory as JSON text beside its indexes, so that no
phone's request waits for a disk.  Only writes may wait.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zope.interface import Attribute, Interface

from provd.model.codes import CODE, TENANT

Document = dict[str, Any]

#: Keys of a device that are looked up without reading every document.
DEVICE_INDEXES = ("mac", "ip", "sn", "uuid", "config", "plugin", "tenant_uuid", "remote_state_sip_username")
LINE_TENANTS = "raw_config.sip_lines.*.X_tenant_uuid"
#: The same for configs; ``parent_ids`` is a list, indexed under each of its elements, and of ``LINE_TENANTS``
#: whatever stands in the place of ``*`` counts.
CONFIG_INDEXES = ("role", "parent_ids", LINE_TENANTS, CODE, TENANT)


@dataclass(frozen=True)
class Query:
    """
    What to list: match, sort, skip, limit, project, in this order.

    :param selector: as the module ``provd.model.selector`` takes it; ``{}`` matches everything.
    :param fields: dotted names to keep, ``id`` always among them; empty keeps whole documents.
    :param limit: 0 is no limit.
    :param sort: a dotted name, or None for the order of insertion.
    :param where: a further test that a document must pass, whatever the selector says; it must not change it.
    :param among: the ids of all documents that can pass that test, if they are known.
    """

    selector: Mapping[str, Any] = field(default_factory=dict)
    fields: Sequence[str] = ()
    skip: int = 0
    limit: int = 0
    sort: str | None = None
    descending: bool = False
    where: Callable[[Document], bool] | None = None
    among: Collection[str] | None = None


class ISelection(Interface):
    """
    The progress of one query, an iterator over lists of documents.  A list may be empty: it stands for a
    bounded amount of work, not for a number of matches.  Documents that change meanwhile are seen in one
    of their versions.
    """

    total = Attribute("How many documents match before skip and limit; complete at the end of iteration.")

    def __iter__() -> Iterator[list[Document]]:
        """
        Return the iterator itself.
        """

    def __next__() -> list[Document]:
        """
        Do the next piece of work.
        """


class IDocumentStore(Interface):
    """
    The documents of one kind: JSON objects, each with a unique text ``id``.

    A write with ``durable`` returns once the document would survive a power cut, and readers see it from
    then on; on failure it raises, and memory and disk both keep the former document.  A write without
    ``durable`` is seen by readers at once and is on disk within a second: for what a phone will say again.
    Writes reach the disk in the order of their calls.  While a durable write is on its way to the disk, a
    document that it removes can't be written, and an id that it adds is taken.
    """

    kind = Attribute("``'device'`` or ``'config'``, for messages.")

    def get(document_id: str) -> Document:
        """
        Return a copy of the document.

        :raises NotFound: if no document has that id.
        """

    def revision(document_id: str) -> object:
        """
        Return an object that is the very same as long as the document doesn't change, for those who remember
        what they made of it; None if no document has that id.
        """

    def __contains__(document_id: str) -> bool:
        """
        Tell whether a document has that id.
        """

    def __len__() -> int:
        """
        Return how many documents there are.
        """

    def ids() -> Iterator[str]:
        """
        Iterate over all ids, oldest first, over a snapshot: documents may change meanwhile.
        """

    def find(key: str, value: str) -> list[str]:
        """
        Return the ids of the documents whose indexed ``key`` is, or as a list contains, ``value``; oldest
        first.  The cost doesn't grow with the number of other documents.

        :raises KeyError: if ``key`` isn't indexed.
        """

    def shared(key: str) -> list[list[str]]:
        """
        Return the ids of the documents that have the same value under an indexed ``key``, for each value that
        several have; each list oldest first.

        :raises KeyError: if ``key`` isn't indexed.
        """

    def values(key: str) -> list[str]:
        """
        Return the texts that documents have under an indexed ``key``, alone or in a list, each once.  The
        cost grows with their number alone.

        :raises KeyError: if ``key`` isn't indexed.
        """

    def select(query: Query) -> list[Document]:
        """
        Return copies of the matching documents.  Uses an index where the selector allows it.

        :raises InvalidQuery: if the selector is malformed.
        """

    def iter_select(query: Query) -> ISelection:
        """
        Do the same in small pieces, between which the caller may let others have their turn.

        :raises InvalidQuery: if the selector is malformed.
        """

    async def insert(document: Document, durable: bool = True) -> None:
        """
        Add a document, which the store copies.

        :raises Conflict: if its id is taken.
        :raises InvalidDocument: if it isn't JSON-able or its id isn't a safe name (letters, digits,
            ``_``, ``.``, ``-``; 128 at most; ``.`` and ``-`` not first).
        :raises StoreError: if it can't be written.
        """

    async def update(document: Document, durable: bool = True) -> None:
        """
        Replace the document that has this one's id.

        :raises NotFound: if there is none.
        :raises InvalidDocument: if it isn't JSON-able.
        :raises StoreError: if it can't be written.
        """

    async def delete(document_id: str, durable: bool = True) -> None:
        """
        Remove a document.

        :raises NotFound: if no document has that id.
        :raises StoreError: if the removal can't be written.
        """


class IStore(Interface):
    """
    Both kinds of documents in one place on disk.
    """

    devices = Attribute("The ``IDocumentStore`` of devices, indexed by ``DEVICE_INDEXES``.")
    configs = Attribute("The ``IDocumentStore`` of configs, indexed by ``CONFIG_INDEXES``.")
    damaged = Attribute("A list of what lies set aside as unreadable: ``'device a1'``, ``'config base'``.")

    waiting = Attribute("How many writes aren't on disk yet.")
    problem = Attribute("Why changes that phones caused can't be written now, None if they can.")
    device_states = Attribute("How many devices are in each state: see ``provd.model.device.state_of``.")

    async def open() -> None:
        """
        Read everything into memory; must be called, and awaited, before any other method.

        :raises StoreError: if the store as a whole can't be read.
        """

    async def close() -> None:
        """
        Write what is still to be written, then let go of the files.  What can't be written is logged.
        """
