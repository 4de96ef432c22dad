"""
How a DHCP server tells a family's phones, and by which option they learn where their files are.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

__all__ = ["PhoneClass", "PhoneOption"]

_PREFIX = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){2,4}", re.ASCII)
# What stands in a quoted text of any server's configuration as it is.
_PLAIN = re.compile(r"[!#-\[\]-~]*", re.ASCII)
_WORDS = re.compile(r"[ !#-\[\]-~]+", re.ASCII)

# Those that phones find their server by: the others mean something else, and servers check what is in them.
_CODES = frozenset([43, 66, 114, *range(128, 136), 150, 159, 160, 161, 176, *range(224, 255)])


def _code(code: int) -> int:
    if code not in _CODES:
        raise ValueError("isn't one of 43, 66, 114, 128 to 135, 150, 159 to 161, 176, 224 to 254")
    return code


def _prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text.lower()):
        raise ValueError("isn't three to five bytes of a MAC address, 00:11:22")
    return text.lower()


def _path(text: str) -> str:
    if not _PLAIN.fullmatch(text) or text.startswith("/"):
        raise ValueError(
            "isn't a path without a leading slash, printable ASCII without quotes and backslashes"
        )
    return text


def _words(text: str) -> str:
    if not _WORDS.fullmatch(text):
        raise ValueError("isn't printable ASCII without quotes and backslashes")
    return text


_Words = Annotated[str, Field(min_length=2, max_length=60), AfterValidator(_words)]
_Prefix = Annotated[str, AfterValidator(_prefix)]


class PhoneOption(BaseModel):
    """
    One option that the phones read.

    :ivar code: of the option: 43, 66, 114, 128 to 135, 150, 159 to 161, 176 or 224 to 254.
    :ivar suboption: of option 43, whose value it is then (RFC 2132, 8.4); None for the whole option.
    :ivar value: ``url`` is the base URL of this server, a slash and ``path``; ``host`` its name or address
        alone, for phones that then ask by TFTP; ``addresses`` that address as four bytes (RFC 5859).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[int, Field(strict=True), AfterValidator(_code)]
    suboption: Annotated[int, Field(strict=True, ge=1, le=254)] | None = None
    value: Literal["url", "host", "addresses"]
    path: Annotated[str, Field(max_length=100), AfterValidator(_path)] = ""

    @model_validator(mode="after")
    def _fits(self) -> PhoneOption:
        if self.suboption is not None and self.code != 43:
            raise ValueError("only option 43 has suboptions")
        if self.code == 150 and self.value != "addresses":
            raise ValueError("option 150 is addresses (RFC 5859)")
        if self.value == "addresses" and self.code < 128:
            raise ValueError(f"option {self.code} is no addresses")
        if self.path and self.value != "url":
            raise ValueError("only a URL has a path")
        return self


class PhoneClass(BaseModel):
    """
    Phones that read the same options.

    :ivar name: lower-case letters, digits and dashes; servers call the class by it.
    :ivar option_60: texts that the vendor class identifier (RFC 2132, 9.13) of these phones begins with.
    :ivar option_60_ends: texts that it ends with, a NUL behind them or not.
    :ivar mac_prefixes: of those whose identifier tells nothing; three to five bytes, joined by colons.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    option_60: tuple[_Words, ...] = ()
    option_60_ends: tuple[_Words, ...] = ()
    mac_prefixes: tuple[_Prefix, ...] = ()
    options: Annotated[tuple[PhoneOption, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> PhoneClass:
        if not (self.option_60 or self.option_60_ends or self.mac_prefixes):
            raise ValueError("has nothing to tell its phones by")
        whole = [option.code for option in self.options if option.suboption is None]
        parts = {option.code for option in self.options if option.suboption is not None}
        if len(set(whole)) < len(whole) or parts & set(whole):
            raise ValueError("has an option twice")
        return self
