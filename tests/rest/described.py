"""
What the API's description says of documents.
"""

from __future__ import annotations

from functools import cache

from jsonschema_rs import Draft202012Validator

from provd.rest.application import HANDLERS
from provd.rest.description.document import openapi


@cache
def described(name: str) -> Draft202012Validator:
    """
    Return what checks a value against one of the description's schemas.
    """
    components = openapi(HANDLERS)["components"]
    schema = {"$ref": f"#/components/schemas/{name}", "components": components}
    return Draft202012Validator(schema, validate_formats=True)
