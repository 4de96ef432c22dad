"""
Function keys: which key of the phone does what.
"""

from functools import lru_cache

from provd.pluginkit.family.keys import function_keys, place

_SEPARATOR = ";"


def keys(raw_config, facts, report):
    line_keys, module_keys = facts["line_keys"], facts["module_keys"]
    places = _places(line_keys, facts["modules"], module_keys)
    wanted = function_keys(raw_config, facts["accounts"], report)
    functions = {}
    for name, key in place(wanted, places, report).items():
        function = _function(key, raw_config, facts, report)
        if function is not None:
            functions[name] = (_shown(key), function)
    own = [
        _own_key(number, functions.get(_line_key(number)), raw_config["XX_lines"].get(number))
        for number in range(1, max(line_keys, facts["line_keys_most"]) + 1)
    ]
    of_modules = _places(0, facts["modules"], max(module_keys, facts["module_keys_most"]))
    on_modules = [key.position - line_keys for key in wanted if line_keys < key.position <= len(places)]
    return {
        # The phone wants the keys with functions before those of lines.
        "XX_line_keys": sorted(own, key=lambda key: not key[-1]),
        "XX_module_keys": [(name, functions.get(name, ("", ""))[1]) for name in of_modules],
        "XX_modules": (max(on_modules) - 1) // module_keys + 1 if on_modules else 0,
    }


def _own_key(number, labeled_function, line):
    """
    Return the number of a line key, the line that it is, its label and its function.
    """
    if labeled_function is not None:
        return (number, "Disabled", *labeled_function)
    return (number, "Disabled", "", "") if line is None else (number, number, label_of(line), "")


def _shown(key):
    return text(key.label) or key.value


def _function(key, raw_config, facts, report):
    """
    Return what a key does in the phone's words, or None if it can't.
    """
    value = key.value.strip()
    where = f"funckeys.{key.position}"
    if not value or _SEPARATOR in value:
        report.add(where, f"has no value that the phone could use, one without {_SEPARATOR!r}")
        return None
    name = _shown(key) or value
    if _SEPARATOR in name:
        report.add(f"{where}.label", f"the phone shows none with {_SEPARATOR!r}")
        name = name.replace(_SEPARATOR, " ")
    target = value if "@" in value else f"{value}@{_server(raw_config, key)}"
    return _SEPARATOR.join((*_call(key, target, raw_config, facts), f"nme={name}", f"vid={key.line}"))


def _call(key, target, raw_config, facts):
    if key.type == "speeddial":
        return "fnc=sd", f"ext={target}"
    if key.type == "park" and facts["park_key"]:
        return "fnc=prk", f"sub={target}"
    # Where there is no key for parking, one that watches the slot and dials it.
    pickup = "+cp" if key.type == "blf" and raw_config.get("exten_pickup_call") else ""
    return f"fnc=blf+sd{pickup}", f"sub={target}"


def _server(raw_config, key):
    """
    Return what follows the extension: not $PROXY, which a list of servers would be pasted for.
    """
    line = raw_config["XX_lines"].get(key.line)
    return address(line.registrar) if line and line.registrar else "$PROXY"


def _line_key(number):
    return f"Extended_Function_{number}_"


@lru_cache(maxsize=256)
def _places(line_keys, modules, module_keys):
    """
    Return the elements of the keys in the order of positions.
    """
    return [
        *(_line_key(number) for number in range(1, line_keys + 1)),
        *(
            f"Unit_{module}_Key_{number}_"
            for module in range(1, modules + 1)
            for number in range(1, module_keys + 1)
        ),
    ]
