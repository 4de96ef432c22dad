"""
Function keys: which key of the phone does what.
"""

from functools import lru_cache

from provd.pluginkit.family.keys import function_keys, place

_NOTHING, _MEMORY, _LINE = 0, 1, 2
_EMPTY = (_NOTHING, "", "")
# The letter after /b: what the key does during a call, "a" an attended transfer.
_VALUES = {"speeddial": "{value}@{line}/f", "blf": "{value}@{line}/ba{pickup}", "park": "{value}@{line}/c"}


def keys(raw_config, facts, report):
    places, emptied = _places(
        facts["line_keys"], facts["memory_keys"], facts["memory_keys_most"], facts["page_keys"]
    )
    placed = place(function_keys(raw_config, facts["accounts"], report), places, report)
    chosen = {where: _key(key, raw_config, report) for where, key in placed.items()}
    if facts["lines_on_keys"]:
        for number in raw_config["XX_line_numbers"]:
            if number <= len(places):
                chosen.setdefault(places[number - 1], (_LINE, f"SIP{number}", ""))
    pages = {}
    for where in emptied:
        kind, page, number = where
        for group in ("side",) if kind == "line" else facts["key_groups"]:
            pages.setdefault(group, {}).setdefault(page, []).append((number, *chosen.get(where, _EMPTY)))
    return {
        "XX_keys": pages,
        "XX_key_pages": {
            group: max((page for page, found in numbered.items() if any(key[1] for key in found)), default=1)
            for group, numbered in pages.items()
        },
    }


def _key(key, raw_config, report):
    title = " ".join("".join(letter if letter.isalnum() else " " for letter in key.label).split())
    if title != " ".join(key.label.split()):
        report.add(f"funckeys.{key.position}.label", "loses what isn't a letter, digit or blank")
    code = str(raw_config.get("exten_pickup_call") or "")
    pickup = f"{code}{key.value}" if code else ""
    return _MEMORY, _VALUES[key.type].format(value=key.value, line=key.line, pickup=pickup), title


@lru_cache(maxsize=256)
def _places(line_keys, memory_keys, memory_keys_most, page_keys):
    """
    Return the phone's keys in the order of positions, each as (kind, page, number on it), and all that may
    hold an old key.
    """

    def all_of(count):
        per_page = page_keys or max(count, 1)
        return [
            *(("line", 1, number) for number in range(1, line_keys + 1)),
            *(("memory", index // per_page + 1, index % per_page + 1) for index in range(count)),
        ]

    return all_of(memory_keys), all_of(max(memory_keys, memory_keys_most))
