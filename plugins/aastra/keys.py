"""
Function keys: which key of the phone does what.  A key that isn't here has its factory function again.
"""

from functools import lru_cache

from provd.pluginkit.family.keys import function_keys, place

_MODULE = "X_aastra_module"
_ALWAYS = "idle connected incoming outgoing busy"
_STATES = {"speeddial": _ALWAYS, "blf": _ALWAYS, "park": "connected", "xml": _ALWAYS}


def keys(raw_config, facts, report):
    places = _places(
        facts["line_key"],
        facts["line_keys"],
        facts["memory_keys"],
        facts["modules"],
        _keys_of_a_module(raw_config, facts, report),
    )
    park = str(raw_config.get("exten_park") or "")
    wanted = place(function_keys(raw_config, facts["accounts"], report), places, report)
    chosen = {}
    for name, key in wanted.items():
        chosen[name] = _key(name, key, facts, report)
    uses_park = any(key.type == "park" and key.value == park for key in wanted.values())
    if park and not uses_park and not facts["park_by_line"]:
        report.add("exten_park", "the phone parks with keys of that type alone")
    own = places[: facts["line_keys"] + facts["memory_keys"]]
    chosen.update(feature_keys(raw_config, [name for name in own if name not in chosen], facts, report))
    return {
        "XX_keys": chosen,
        "XX_park_codes": _park_codes(raw_config, wanted, park, report) if facts["park_by_line"] else {},
    }


def _keys_of_a_module(raw_config, facts, report):
    """
    The phone doesn't say which modules it has: without a word in the configuration, keys are placed on those
    that all kinds have.
    """
    kind = str(raw_config.get(_MODULE) or "")
    if kind and kind not in facts["module_kinds"]:
        report.add(_MODULE, "this phone takes no such module")
    return facts["module_kinds"].get(kind, min(facts["module_kinds"].values(), default=0))


def _key(name, key, facts, report):
    where = f"funckeys.{key.position}"
    kind, value = key.type, key.value
    if kind == "park":
        value = f"asterisk;{value}"
    elif kind == "blf" and name.startswith("softkey") and not facts["blf_on_soft_keys"]:
        report.add(where, "soft keys of this phone watch no extension: this one dials it")
        kind = "speeddial"
    if key.label and not has_label(name):
        report.add(f"{where}.label", "the key's label is of paper")
    value, label = text(value, f"{where}.value", report), text(key.label, f"{where}.label", report)
    return setting(name, kind, value, label, key.line)


def has_label(name):
    return not name.startswith("prgkey")


def setting(name, kind, value, label, line):
    """
    Return what a key of the phone does, in the order of the file; a value of None has no line there.
    """
    return {
        "type": kind,
        "label": label if has_label(name) else None,
        "value": value,
        "line": line,
        "states": _STATES[kind] if name.startswith("softkey") else None,
    }


def _park_codes(raw_config, wanted, park, report):
    """
    Return what each line parks with on firmware that looks at this instead of the key's value: the first key
    of the line counts.
    """
    codes = {}
    for key in wanted.values():
        if key.type == "park" and codes.setdefault(key.line, key.value) != key.value:
            report.add(f"funckeys.{key.position}", "this firmware parks at one place with each line")
    for number in raw_config["XX_lines"] if park else ():
        if codes.setdefault(number, park) != park:
            report.add("exten_park", "this firmware parks at one place with each line, that of its first key")
    # Where to park, where to pick up again, and how.
    return {
        number: text(f"{code};{code};asterisk", "exten_park", report)
        for number, code in sorted(codes.items())
    }


@lru_cache(maxsize=256)
def _places(line_key, line_keys, memory_keys, modules, module_keys):
    """
    Return the names of the keys in the order of positions.
    """
    return [
        *(f"{line_key}{number}" for number in range(1, line_keys + 1)),
        *(f"softkey{number}" for number in range(1, memory_keys + 1)),
        *(
            f"expmod{module} key{number}"
            for module in range(1, modules + 1)
            for number in range(1, module_keys + 1)
        ),
    ]
