"""
Function keys: one list of the phone's own and those of its modules, counted from 0.
"""

from provd.pluginkit.family.keys import function_keys, place

_FREE = ("active", "", "line")
"""A key that nothing is configured for: the next call without a key takes it."""


def keys(raw_config, facts, report):
    if "funckeys" in facts["lacks"]:
        return {"XX_keys": []}
    count = facts["line_keys"] + facts["modules"] * facts["module_keys"]
    most = max(facts["line_keys"], facts["line_keys_most"])
    most += facts["modules"] * max(facts["module_keys"], facts["module_keys_most"])
    pickup = raw_config.get("exten_pickup_call") or ""
    if pickup and not count:
        report.add("exten_pickup_call", "this phone has no key that could pick up a call")
    placed = place(
        function_keys(raw_config, facts["accounts"], report), [str(n) for n in range(count)], report
    )
    for key in placed.values():
        if key.type == "park" and facts["park"] != "orbit":
            report.add(
                f"funckeys.{key.position}", "the key dials the slot: it doesn't show whether it is taken"
            )
    chosen = {int(index): _key(key, pickup, facts) for index, key in placed.items()}
    for number in raw_config["XX_lines"]:
        # A line has its own key unless the configuration puts something else there.
        if number <= facts["line_keys"]:
            chosen.setdefault(number - 1, (number, "", "line"))
    _add_directory(chosen, raw_config, facts, report)
    return {"XX_keys": [(index, *chosen.get(index, _FREE)) for index in range(most)]}


def _key(key, pickup, facts):
    """
    Return (identity, label, what the key does).
    """
    if key.type == "blf":
        action = f"blf {key.value}|{pickup}" if pickup else f"blf {key.value}"
    elif key.type == "park":
        action = f"{facts['park']} {key.value}"
    else:
        action = f"speed {key.value}"
    return key.line, key.label, action


def _add_directory(chosen, raw_config, facts, report):
    """
    Put the phone book on the last of the phone's own keys that is free, where no other key opens it.
    """
    url = raw_config["XX_directory_url"]
    if not url or facts["directory"] != "fkey":
        return
    free = [index for index in range(facts["line_keys"]) if index not in chosen]
    if free:
        chosen[free[-1]] = ("active", raw_config["XX_directory_name"], f"url {url}")
    else:
        report.add("X_accent_phonebook_ip", "no key of the phone is free to open the phone book")
