"""
Options of lists: which documents, which keys of them, in which order.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .editing import all_of
from .parametertypes import ADDRESS, MAC, OBJECT, UUID
from .tables import Column

if TYPE_CHECKING:
    from .session import Session

__all__ = ["Shape", "device_filters", "list_options", "query_of", "query_option", "selector", "show_list"]

query_option = click.option(
    "-q",
    "--query",
    type=OBJECT,
    help='A selector as the API takes it: \'{"model": {"$in": ["T46S", "T48S"]}}\'.',
)

device_filters = all_of(
    click.option("--mac", "f_mac", type=MAC, multiple=True, help="However it is spelled."),
    click.option("--ip", "f_ip", type=ADDRESS, multiple=True),
    click.option("--sn", "f_sn", multiple=True, metavar="NUMBER", help="The serial number."),
    click.option("--uuid", "f_uuid", type=UUID, multiple=True),
    click.option("--vendor", "f_vendor", multiple=True, metavar="NAME", help="As it is on record: Yealink."),
    click.option("--model", "f_model", multiple=True, metavar="NAME"),
    click.option("--version", "f_version", multiple=True, metavar="VERSION", help="The phone's firmware."),
    click.option("--plugin", "f_plugin", multiple=True, metavar="ID"),
    click.option("--config", "f_config", multiple=True, metavar="ID"),
    click.option(
        "--configured/--unconfigured", "f_configured", default=None, help="Whether it has its files."
    ),
    query_option,
    click.option("--recurse", is_flag=True, help="Those of the tenants below, too."),
)
"""
Options that choose devices, as parameters that begin with ``f_``.  Each may be given several times: one of
its values must fit.
"""


class Shape(NamedTuple):
    """
    What a list is like: which keys, in which order, from where on.
    """

    fields: str | None
    sort: str | None
    desc: bool
    limit: int | None
    skip: int | None

    @property
    def names(self) -> list[str]:
        """
        The keys that are wanted, none for what is usual.
        """
        named = [name.strip() for name in (self.fields or "").split(",")]
        return list(dict.fromkeys(name for name in named if name))

    def query(self, chosen: Mapping[str, Any]) -> dict[str, str]:
        """
        Return the query of a URL.

        :param chosen: a selector.
        """
        query = query_of(chosen, self.names)
        if self.sort:
            query |= {"sort": self.sort, "sort_ord": "DESC" if self.desc else "ASC"}
        if self.limit is not None:
            query["limit"] = str(self.limit)
        if self.skip:
            query["skip"] = str(self.skip)
        return query


_shape_options = all_of(
    click.option("--fields", metavar="KEY,...", help="These keys alone, such as id,mac,options.switchboard."),
    click.option("--sort", metavar="KEY"),
    click.option("--desc", is_flag=True, help="The last first."),
    click.option("--limit", type=click.IntRange(0), help="So many at most."),
    click.option("--skip", type=click.IntRange(0), help="Leave out so many at the front."),
)


def list_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """
    Give a command the options that shape a list; it gets them as ``shape``.
    """

    @functools.wraps(function)
    def shaped(*arguments: Any, **keywords: Any) -> Any:
        shape = Shape(**{name: keywords.pop(name) for name in Shape._fields})
        return function(*arguments, shape=shape, **keywords)

    return _shape_options(shaped)


def selector(filters: Mapping[str, Any], query: Mapping[str, Any] | None) -> dict[str, Any]:
    """
    Return the selector that filters and a query make up; all of them must fit.

    :param filters: key to the values of which one must fit; empty for any.
    :raises click.UsageError: if both speak of the same key.
    """
    result = dict(query or {})
    for name, values in filters.items():
        if values is None or values == ():
            continue
        key = name.removeprefix("f_")
        if key in result:
            raise click.UsageError(f"--{key} and --query speak of the same key.")
        if isinstance(values, tuple):
            result[key] = values[0] if len(values) == 1 else {"$in": list(values)}
        else:
            result[key] = values
    return result


def query_of(chosen: Mapping[str, Any], fields: Sequence[str] = ()) -> dict[str, str]:
    """
    Return the query of a URL.

    :param chosen: a selector.
    :param fields: the keys that are wanted, all by default.
    """
    query = {"q": json.dumps(chosen)} if chosen else {}
    if fields:
        query["fields"] = ",".join(fields)
    return query


async def show_list(
    session: Session,
    path: str,
    what: str,
    columns: Sequence[Column],
    shape: Shape,
    query: dict[str, str],
    needed: Sequence[str] = (),
) -> None:
    """
    Show what a list of the API answers.

    :param what: the key of the list.
    :param columns: what is shown if no fields were asked for.
    :param query: of the URL.
    :param needed: the fields that those columns need, beside those that they are named after.
    """
    if shape.names:
        columns = [Column(name, is_long=True) for name in shape.names]
    elif not session.output.as_json:
        query = {**query, "fields": ",".join([*needed, *(column.title for column in columns)])}
    if shape.limit == 0:  # to the API, that is no limit
        answer = {**await session.api.get(path, {**query, "limit": "1"}), what: []}
    else:
        answer = await session.api.get(path, query)
    documents = answer[what]
    session.output.table(columns, documents, what)
    left = answer.get("total", 0) - len(documents)
    if left and session.output.is_terminal and not session.output.as_json:
        session.output.note(f"{len(documents)} of {answer['total']} {what}")
