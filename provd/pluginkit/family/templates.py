"""
Templates of families: lines of statements leave no lines behind, and in XML every value is escaped.
"""

from __future__ import annotations

from provd.pluginkit.templates import TemplatePluginHelper

__all__ = ["FamilyTemplates", "XMLTemplates"]


class FamilyTemplates(TemplatePluginHelper):
    """
    Templates of a family whose files are text.
    """

    OPTIONS = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}


class XMLTemplates(FamilyTemplates):
    """
    Templates of a family whose files are XML: what a value has of ``<``, ``>``, ``&`` and quotes is escaped,
    in text and in attributes, but for a value marked ``|safe``.
    """

    OPTIONS = {**FamilyTemplates.OPTIONS, "autoescape": True}
