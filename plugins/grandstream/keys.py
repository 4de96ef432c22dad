"""
Function keys: which key of the phone does what.
"""

from functools import lru_cache

from provd.pluginkit.family.keys import function_keys, place

_LINE, _MEMORY, _BOARD = "line", "memory", "board"


def keys(raw_config, facts, lines, settings, report):
    """
    Set the function keys.

    :param lines: the numbers of the accounts that are used.
    """
    if "exten_pickup_call" not in facts["lacks"]:
        prefix = raw_config.get("exten_pickup_call") or "**"  # what the phone has at first
        settings.put("pickup_prefix", prefix)
        if settings.by_name:
            for number in sorted(lines):
                settings.put_account(number, "pickup_prefix", prefix)
    if "funckeys" in (*facts["lacks"], *facts["unknown"]):
        return
    places, emptied = _places(
        facts["line_keys"],
        facts["line_keys_most"],
        facts["memory_keys"],
        facts["modules"] * facts["module_keys"],
    )
    placed = place(
        function_keys(raw_config, facts["accounts"], report), [p for p, _kind, _n in places], report
    )
    _report_park(raw_config, placed, report)
    for name, kind, n in emptied:
        key = placed.get(name)
        own_line = n if kind == _LINE and n in lines else None
        if key and own_line and facts["lines_keep_keys"]:
            report.add(f"funckeys.{key.position}", "this key is the line's")
            key = None
        is_set = _set_key(kind, n, _meaning(key, own_line), facts, settings)
        if key and not is_set:
            report.add(f"funckeys.{key.position}", _NOT_BY_NAME if settings.by_name else _UNKNOWN)


@lru_cache(maxsize=256)
def _places(line_keys, line_keys_most, memory_keys, board_keys):
    """
    Return (name, kind, number) of the keys in the order of positions, and of all that may hold an old key.
    """

    def named(line_count):
        counts = ((_LINE, line_count), (_MEMORY, memory_keys), (_BOARD, board_keys))
        return [(f"{kind}.{n}", kind, n) for kind, count in counts for n in range(1, count + 1)]

    return named(line_keys), named(max(line_keys, line_keys_most))


def _report_park(raw_config, placed, report):
    park = raw_config.get("exten_park")
    if park and not any(key.type == "park" and key.value == str(park) for key in placed.values()):
        report.add("exten_park", "only a key for parking without a value of its own uses it")


def _meaning(key, own_line):
    """
    Return what a key does, for which account, with which label and value.
    """
    if key:
        return key.type, key.line, key.label, key.value
    return ("line", own_line, "", "") if own_line else ("none", 1, "", "")


def _set_key(kind, n, meaning, facts, settings):
    """
    Set one key; False if this form of the file has no place for it.
    """
    mode, account, label, value = meaning
    tables = settings.tables
    if settings.by_name:
        if kind not in tables.key_names:
            return False
        name = tables.key_names[kind].format(n=n)
        settings.add(f"{name}.keyMode", tables.key_modes["names"][mode])
        settings.add(f"{name}.account", account - 1 if kind == _LINE else f"Account{account}")
        settings.add(f"{name}.description", label)
        settings.add(f"{name}.value", value)
        return True
    numbers = _numbers(kind, n, facts, tables.keys) if facts["keys_by_number"] else None
    if numbers is None:
        return False
    is_fixed = kind == _LINE and n <= facts["fixed_line_keys"]
    modes = tables.key_modes["fixed" if is_fixed else "numbers"]
    for number, part in zip(numbers, (modes[mode], account - 1, label, value), strict=True):
        settings.add(number, part)
    return True


def _numbers(kind, n, facts, tables):
    """
    Return the numbers of a key's mode, account, label and value; None if they aren't public.
    """
    if kind == _BOARD or (kind == _MEMORY and facts["memory_keys_on_boards"]):
        # A phone with keys of that kind has them before those of its boards.
        index = n + (facts["memory_keys"] if kind == _BOARD and facts["memory_keys_on_boards"] else 0)
        if index > tables["board"]["most"]:
            return None
        first = tables["board"]["first"] + tables["board"]["step"] * (index - 1)
        return range(first, first + 4)
    rows = tables[kind]
    return rows[n - 1] if n <= len(rows) else None
