"""
Function keys: which key of the phone and its modules does what.
"""

from provd.pluginkit.family.keys import function_keys, place


def keys(raw_config, facts, report):
    line_keys = [f"Extended_Function_{n}_" for n in range(1, facts["line_keys"] + 1)]
    module_keys = [
        f"Unit_{module}_Key_{n}"
        for module in range(1, facts["modules"] + 1)
        for n in range(1, facts["module_keys"] + 1)
    ]
    pickup = str(raw_config.get("exten_pickup_call") or "").strip()
    placed = {}
    if "funckeys" not in facts["lacks"]:
        places = line_keys + module_keys if facts["functions"] else []
        placed = place(function_keys(raw_config, facts["accounts"], report), places, report)
    server = _server(raw_config["XX_accounts"])
    functions = {name: _function(key, server, pickup, report) for name, key in placed.items()}
    labels = {account["number"]: account["label"] for account in raw_config["XX_accounts"]}
    return {
        "XX_line_keys": [
            _line_key(number, functions.get(name), labels) for number, name in enumerate(line_keys, 1)
        ],
        "XX_module_keys": {name: functions.get(name, ("", ""))[0] for name in module_keys},
        # The phone puts the number of the ringing one for the "#".
        "XX_pickup": f"{pickup}#" if pickup else "",
    }


def _line_key(number, function, labels):
    """
    Return what one of the phone's own keys does: its function, else its line's, if it has one.
    """
    if function is not None:
        return {"number": number, "extension": "Disabled", "function": function[0], "label": function[1]}
    extension = number if number in labels else "Disabled"
    return {"number": number, "extension": extension, "function": "", "label": labels.get(number, "")}


def _server(accounts):
    """
    Return what follows the extension of a key: not $PROXY where a list of servers would be put for it.
    """
    first = accounts[0] if accounts else None
    return first["servers"][0].host if first and first["servers"] and first["is_list"] else "$PROXY"


def _function(key, server, pickup, report):
    """
    Return a key's function as the phone spells it, and its label.
    """
    where = f"funckeys.{key.position}"
    if key.line != 1:
        report.add(f"{where}.line", "the phone's keys use its first line")
    value = key.value.strip()
    if not value or ";" in value:
        report.add(where, "has no value, or one that the phone can't spell: it does nothing")
        return "", ""
    label = (key.label or value).strip()
    if ";" in label:
        report.add(f"{where}.label", "the phone can't spell a semicolon: it gets a comma")
        label = label.replace(";", ",")
    target = value if "@" in value else f"{value}@{server}"
    if key.type == "speeddial":
        return f"fnc=sd;ext={target};nme={label}", label
    # A parked call is fetched by dialing where it is parked, not by picking it up.
    functions = "sd+blf+cp" if key.type == "blf" and pickup else "sd+blf"
    return f"fnc={functions};sub={target};nme={label}", label
