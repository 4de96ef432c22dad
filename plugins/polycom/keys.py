"""
Function keys: which key of the phone does what.

Lines, watched extensions ("resources") and speed dials (entries of the contact directory with an index) are
lists of their own.  Newer phones have a setting for each key, which takes the next of one of these lists;
older ones fill their keys from them: lines first, then resources, then speed dials.
"""

from provd.pluginkit.family.keys import function_keys, place

_RESOURCE_TYPES = {"blf": "normal", "park": "automata"}  # automata: transfers a call there at once
_LABEL_SIZE = 40  # bytes; UCS 4.1 guide, elements of the contact directory


def keys(raw_config, facts, report):
    places, most = _places(facts)
    usable = [key for key in function_keys(raw_config, facts["accounts"], report) if _can(key, facts, report)]
    placed = {int(name): key for name, key in place(usable, places, report).items()}
    if not facts["flexible"]:
        placed = _in_order(placed, len(raw_config["XX_accounts"]), len(places), report)
    watching = {position: key for position, key in placed.items() if key.type in _RESOURCE_TYPES}
    resources = _resources(watching, report)
    contacts = _contacts(placed, report)
    pickup = str(raw_config.get("exten_pickup_call") or "")
    return {
        "XX_resources": resources,
        "XX_unused_resources": range(len(resources) + 1, most + 1) if facts["blf"] else (),
        "XX_watching_line": next((key.line for key in watching.values()), ""),
        "XX_contacts": contacts,
        "XX_has_directory": bool(contacts) or (bool(places) and not facts["flexible"]),
        "XX_line_keys": _line_keys(raw_config, placed, contacts, facts, report, most),
        "XX_pickup": (pickup, "legacy") if pickup else ("", ""),
    }


def _places(facts):
    """
    Return the names of the keys in the order of positions, and how many there may be by any source.
    """
    own, modules = facts["line_keys"], facts["modules"]
    count = own + modules * facts["module_keys"]
    most = max(own, facts["line_keys_most"]) + modules * max(facts["module_keys"], facts["module_keys_most"])
    return [str(number) for number in range(1, count + 1)], most


def _can(key, facts, report):
    if key.type in _RESOURCE_TYPES and not facts["blf"]:
        report.add(f"funckeys.{key.position}", "this firmware watches no single extensions")
        return False
    return True


def _in_order(placed, line_count, key_count, report):
    """
    Return the keys in the order in which the phone takes them, without those for which it has no key left.
    """
    taken, dialed = {}, set()
    for position, key in sorted(placed.items(), key=lambda item: item[1].type == "speeddial"):
        where, number = f"funckeys.{position}", line_count + len(taken) + 1
        if key.type == "speeddial" and key.value in dialed:
            report.add(where, "the phone has one speed dial for a number")
        elif number > key_count:
            report.add(where, f"the phone has {key_count} keys, lines have {line_count} of them")
        else:
            if number != position:
                report.add(where, f"the phone fills its keys in order: this is on key {number}")
            taken[position] = key
            if key.type == "speeddial":
                dialed.add(key.value)
    return taken


def _resources(watching, report):
    line = next((key.line for key in watching.values()), 1)
    for position, key in watching.items():
        if key.line != line:
            report.add(f"funckeys.{position}.line", f"the phone watches with one line: this one with {line}")
    return [
        {"address": key.value, "label": key.label, "type": _RESOURCE_TYPES[key.type]}
        for key in watching.values()
    ]


def _contacts(placed, report):
    """
    Return the speed dials by number dialed, each with its index: the directory has no number twice.
    """
    contacts = {}
    for position, key in placed.items():
        if key.type != "speeddial":
            continue
        if key.line != 1:
            report.add(f"funckeys.{position}.line", "the phone dials it with its first line")
        name = key.label or key.value
        label = at_most(name, _LABEL_SIZE)
        if label != name:
            report.add(f"funckeys.{position}.label", f"the phone takes {_LABEL_SIZE} bytes")
        contact = contacts.setdefault(key.value, {"index": len(contacts) + 1, "label": label})
        if contact["label"] != label:
            report.add(f"funckeys.{position}.label", "a number has one label on this phone")
    return contacts


def _line_keys(raw_config, placed, contacts, facts, report, most):
    """
    Return category and index of each key that has such a setting.
    """
    if not facts["flexible"]:
        return {}
    chosen = {}
    for position, key in placed.items():
        if key.type == "speeddial":
            chosen[position] = ("SpeedDial", contacts[key.value]["index"])
        else:
            chosen[position] = ("BLF", 0)  # the next resource of the list
    if facts["line_keys"]:
        lines = [account["number"] for account in raw_config["XX_accounts"]]
        for line, position in _keys_of_lines(lines, set(chosen), facts["line_keys"], report).items():
            chosen[position] = ("Line", line)
    return {n: chosen.get(n, ("Unassigned", 0)) for n in range(1, most + 1)}


def _keys_of_lines(lines, taken, count, report):
    """
    Return the key of each line: that of its number, else the first free one, as it is of no use without.
    """
    own = {line: line for line in lines if line <= count and line not in taken}
    free = [n for n in range(1, count + 1) if n not in taken and n not in own]
    for line in lines:
        if line in own:
            continue
        if free:
            own[line] = free.pop(0)
        else:
            report.add(f"sip_lines.{line}", "no key of the phone is left for it")
    return own
