"""
Feature codes and the phone book as soft keys: the phone has no settings for codes that the server reads.
"""

_CALL, _TRANSFER = "$Tinvite$", "$Trefer$"
_NUMBER = "$P1N32$"  # the first prompt, up to 32 digits

# Each has its own soft key, so that one which isn't wanted any more is emptied.
_CODES = (
    ("dnd", "", _CALL),
    ("fwd_unconditional", _NUMBER, _CALL),
    ("fwd_no_answer", _NUMBER, _CALL),
    ("fwd_busy", _NUMBER, _CALL),
    ("fwd_disable_all", "", _CALL),
    ("pickup_group", "", _CALL),
    ("park", "", _TRANSFER),
)


def soft_keys(raw_config, facts, report):
    url = raw_config["XX_phonebook_url"]
    if not facts["soft_keys"]:
        for name, _prompt, _how in _CODES:
            if raw_config.get(f"exten_{name}"):
                report.add(f"exten_{name}", "this firmware has no soft keys to put it on")
        return {"XX_soft_keys": []}
    words = raw_config["XX_words"]
    keys = [
        _soft_key(name, _action(raw_config, name, prompt, how, report), words) for name, prompt, how in _CODES
    ]
    keys.append(_soft_key("phonebook", url, words))
    return {"XX_soft_keys": keys, "XX_prompt": words["number"]}


def _action(raw_config, name, prompt, how, report):
    code = str(raw_config.get(f"exten_{name}") or "")
    if not code:
        return ""
    if not is_dialable(code):
        report.add(f"exten_{name}", "a soft key can't dial $, !, ^ and '")
        return ""
    return f"{code}{prompt}{how}"


def _soft_key(name, action, words):
    return {
        "label": words[name] if action else "",
        "action": action,
        "enabled": int(bool(action)),
        "idle": int(bool(action) and name != "park"),
        "active": int(bool(action) and name == "park"),
    }
