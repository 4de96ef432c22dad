"""
Function keys: which key of the phone does what.
"""

from functools import lru_cache

from provd.pluginkit.family.keys import function_keys, place

_KEY_TYPES = {"speeddial": 13, "blf": 16, "park": 10}
_LINE = 15


def keys(raw_config, facts, report):
    places, emptied = _places(
        facts["line_keys"],
        facts["line_keys_most"],
        facts["memory_keys"],
        facts["modules"],
        facts["module_keys"],
        facts["module_keys_most"],
    )
    chosen = {}
    if "funckeys" not in facts["lacks"]:
        placed = place(function_keys(raw_config, facts["accounts"], report), places, report)
        pickup = or_null(raw_config.get("exten_pickup_call"))
        chosen = {name: _key(key, pickup, facts) for name, key in placed.items()}
    for account in raw_config["XX_accounts"]:
        # A line has its own key unless the configuration puts something else there.
        if account["number"] <= facts["line_keys"]:
            own = (_LINE, account["number"] - 1 + facts["key_line_base"], NULL, NULL, NULL)
            chosen.setdefault(places[account["number"] - 1], own)
    return {
        "XX_keys": chosen,
        "XX_empty_keys": [name for name in emptied if name not in chosen],
        "XX_pickup_value": facts["pickup_value"],
    }


def _key(key, pickup, facts):
    return (
        _KEY_TYPES[key.type],
        key.line - 1 + facts["key_line_base"],
        or_null(key.value),
        or_null(key.label),
        pickup if key.type == "blf" else NULL,
    )


@lru_cache(maxsize=256)
def _places(line_keys, line_keys_most, memory_keys, modules, module_keys, module_keys_most):
    """
    Return the names of the keys in the order of positions, and of all that may hold an old key.
    """

    def names(line_count, module_count):
        return [
            *(f"linekey.{n}" for n in range(1, line_count + 1)),
            *(f"memorykey.{n}" for n in range(1, memory_keys + 1)),
            *(
                f"expansion_module.{module}.key.{n}"
                for module in range(1, modules + 1)
                for n in range(1, module_count + 1)
            ),
        ]

    most = names(max(line_keys, line_keys_most), max(module_keys, module_keys_most))
    return names(line_keys, module_keys), most
