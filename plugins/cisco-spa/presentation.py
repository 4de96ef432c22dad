"""
Language and the phone book.
"""

import os

from provd.pluginkit.family.tables import by_language, phonebook_name
from provd.plugins import add_accent_phonebook_url

_DICTIONARIES = "dictionaries"


def presentation(raw_config, url, facts, words, tftpboot_dir, report):
    result = {"XX_phonebook_url": "", "XX_phonebook_name": "", "XX_language": None}
    locale = raw_config.get("locale") or ""
    add_accent_phonebook_url(raw_config, "cisco", entry_point="input")
    if facts["directory"]:
        result["XX_phonebook_url"] = raw_config.get("XX_accent_phonebook_url") or ""
        if result["XX_phonebook_url"]:
            result["XX_phonebook_name"] = _phonebook_name(locale, facts["encoding"])
    elif facts["kind"] == "phone" and raw_config.get("XX_accent_phonebook_url"):
        report.add("X_accent_phonebook_ip", "this phone shows no phone book of a server's")
    if locale and "locale" not in facts["lacks"]:
        result["XX_language"] = _language(locale, url, facts, words, tftpboot_dir, report)
    return result


def _phonebook_name(locale, encoding):
    name = phonebook_name(locale)
    return name if name.encode(encoding, "ignore").decode(encoding) == name else phonebook_name("")


def _language(locale, url, facts, words, tftpboot_dir, report):
    """
    Return the phone's language, and where it finds the dictionaries that are here for phones of its kind.
    """
    name = by_language(locale, words.languages)
    if not facts["display"]:
        report.add("locale", "this phone has no display")
        return None
    if name is None:
        report.add("locale", "the phone has no such language: it keeps its own")
        return None
    folder = f"{_DICTIONARIES}/{facts['images']}"
    here = [
        language
        for language in words.languages.values()
        if os.path.isfile(os.path.join(tftpboot_dir, folder, f"{language}.xml"))
    ]
    if name != "English" and name not in here:
        report.add("locale", "the dictionary of its language isn't here: the phone keeps its own")
        return None
    pairs = "".join(f";d{index}={word};x{index}={word}.xml" for index, word in enumerate(here))
    return {
        "name": name,
        "dictionaries": f"serv={url}/{folder}/{pairs}" if here else "",
        "locale": by_language(locale, words.locales) if facts["locale"] else None,
    }
