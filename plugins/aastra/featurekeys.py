"""
Feature codes and, up to firmware 3.3, the phone book: the phone has no settings for them, so they are put on
keys that are left, the last one first.
"""

# Codes that are complete.  What wants a number dialed after it is no use on a key.
_CODES = ("dnd", "pickup_group", "fwd_disable_all")
_PHONEBOOK_HOSTS = ("X_accent_phonebook_ip", "X_xivo_phonebook_ip")


def feature_keys(raw_config, free, facts, report):
    """
    Return them by the keys that they are put on.

    :param free: the phone's own keys that do nothing else.
    """
    soft_keys = [name for name in free if name.startswith("softkey")]
    words, found = raw_config["XX_words"], {}
    url = raw_config["XX_phonebook_url"]
    if url and not facts["directory_script"]:
        # Programmable keys bear no name: one is taken only where the phone has no others.
        left = soft_keys or [name for name in free if name.startswith("prgkey") and not facts["memory_keys"]]
        if left:
            name = left.pop()
            found[name] = setting(name, "xml", url, words["phonebook"], None)
        else:
            for host in filter(raw_config.get, _PHONEBOOK_HOSTS):
                report.add(host, "no key of the phone is left for the phone book")
    for feature in _CODES:
        code = text(raw_config.get(f"exten_{feature}"), f"exten_{feature}", report)
        if code and soft_keys:
            name = soft_keys.pop()
            found[name] = setting(name, "speeddial", code, words[feature], 1)
        elif code:
            report.add(f"exten_{feature}", "no soft key of the phone is left for it")
    return found
