"""
What all sections of the settings share.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.fields import FieldInfo


class Section(BaseModel):
    """
    A map of settings.  Unknown keys are left out here and warned of by :mod:`provd.settings.oldnames`.
    """

    model_config = ConfigDict(
        frozen=True, strict=True, extra="ignore", arbitrary_types_allowed=True, hide_input_in_errors=True
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_section(cls, value: Any) -> Any:
        """
        Take a section whose keys are all comments, which YAML reads as null.
        """
        return {} if value is None else value


class OpenSection(Section):
    """
    A section whose unknown keys are handed to a client library, and never shown, as they may be secret.
    """

    model_config = ConfigDict(extra="allow")

    @property
    def others(self) -> dict[str, Any]:
        """
        The keys that provd doesn't know, as given.
        """
        return dict(self.model_extra or {})

    def __repr_args__(self) -> Any:
        return [(key, value) for key, value in super().__repr_args__() if key in type(self).model_fields]


def section_of(field: FieldInfo) -> type[Section] | None:
    """
    Return the model of a field that is a section, else None.
    """
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None
