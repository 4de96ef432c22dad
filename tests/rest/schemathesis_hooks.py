"""
What schemathesis must be told of this API, beyond its description; loaded into its process.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

# What must stay, or little else could be tried: its own token, and the template of configs.
KEPT = {"token_id": os.environ["PROVD_TOKEN_ID"], "config_id": "autoprov"}
# Of a request's line, which the server refuses from 16 KiB on, escapes not yet counted.
LONGEST_QUERY = 2000

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SELECTORS = st.dictionaries(
    TEXTS.filter(lambda key: not key.startswith("$")),
    st.none() | st.booleans() | st.integers() | TEXTS,
    max_size=4,
)
schemathesis.openapi.format(
    "base64", SELECTORS.map(json.dumps).map(str.encode).map(base64.b64encode).map(bytes.decode)
)

answers: Counter[tuple[str, int]] = Counter()
validators: list[Draft202012Validator] = []


@schemathesis.hook
def before_load_schema(_context: Any, document: dict[str, Any]) -> None:
    validators.append(
        Draft202012Validator({"$ref": "#/components/schemas/Selector", "components": document["components"]})
    )
    # What a body may be doesn't depend on its media type: each operation is tried with one of them.
    methods = (operation for methods in document["paths"].values() for operation in methods.values())
    bodies = (operation["requestBody"] for operation in methods if "requestBody" in operation)
    for number, body in enumerate(bodies):
        media_types = sorted(body["content"])
        kept = media_types[number % len(media_types)]
        body["content"] = {kept: body["content"][kept]}


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    """
    Write whole numbers without a fraction: to JSON Schema ``80.0`` is as good as ``80``, to provd it is no
    port.
    """
    if isinstance(body, float) and body.is_integer():
        return int(body)
    if isinstance(body, dict):
        return {key: map_body(_context, value) for key, value in body.items()}
    if isinstance(body, list):
        return [map_body(_context, value) for value in body]
    return body


@schemathesis.hook
def filter_case(_context: Any, case: schemathesis.Case) -> bool:
    """
    Leave out what schemathesis takes for wrong and isn't: a selector that was changed and is still one, which
    it can't see any more once it is a text, or that doesn't count beside ``q64``.
    """
    query = case.query or {}
    selector = query.get("q")
    if not isinstance(selector, str):
        return True
    mutations = getattr(case.meta.phase.data, "mutations", None) or () if case.meta else ()
    is_changed = any(mutation.parameter == "q" for mutation in mutations)
    is_good = bool(query.get("q64")) or _is_selector(selector)
    return len(selector) < LONGEST_QUERY and not (is_changed and is_good)


def _is_selector(text: str) -> bool:
    try:
        return validators[0].is_valid(json.loads(text))
    except ValueError:
        return False


@schemathesis.hook
def before_call(_context: Any, case: schemathesis.Case, _sent: dict[str, Any]) -> None:
    for name, kept in KEPT.items():
        if case.method in ("PUT", "DELETE") and case.path_parameters.get(name) == kept:
            case.path_parameters[name] = "0"


@schemathesis.hook
def after_call(_context: Any, case: schemathesis.Case, response: schemathesis.Response) -> None:
    if case.method == response.request.method:
        answers[case.operation.label, response.status_code] += 1


def _tell() -> None:
    told = [[operation, status, count] for (operation, status), count in sorted(answers.items())]
    Path(os.environ["PROVD_ANSWERS"]).write_text(json.dumps(told))


atexit.register(_tell)
