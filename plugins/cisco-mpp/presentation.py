"""
Language and the phone book.
"""

import os
import re

from provd.pluginkit.family.phones import dotted_numbers
from provd.pluginkit.family.tables import by_language, phonebook_name
from provd.plugins import add_accent_phonebook_url

_DICTIONARIES = "lang"
# fr-FR_88xx-12.0.1.xml, fr-FR_78xx_68xx-11.3.1.xml
_DICTIONARY = re.compile(
    r"(?P<locale>(?P<language>[a-z]{2})-[A-Z]{2})_(?P<phones>\w+)-(?P<version>[\w.-]+)\.xml", re.ASCII
)
_BUILT_IN = "en"


def presentation(raw_config, url, facts, words, tftpboot_dir, report):
    add_accent_phonebook_url(raw_config, "cisco", entry_point="menu")
    locale = raw_config.get("locale") or ""
    book = raw_config.get("XX_accent_phonebook_url") or ""
    return {
        "XX_phonebook_url": book,
        "XX_phonebook_name": (phonebook_name(locale)) if book else "",
        "XX_language": _language(locale, url, facts, words, tftpboot_dir, report) if locale else None,
    }


def _language(locale, url, facts, words, tftpboot_dir, report):
    """
    Return the language's name, the script that fetches its dictionary, empty for the one that the phone has,
    and the locale.
    """
    name = by_language(locale, words.languages)
    if name is None:
        report.add("locale", "the phone has no such language: it keeps its own")
        return None
    if locale.startswith(_BUILT_IN):
        return {"name": name, "script": "", "locale": locale.replace("_", "-")}
    found = _dictionary(locale, facts["model"] or "", os.path.join(tftpboot_dir, _DICTIONARIES))
    if found is None:
        report.add(
            "locale", f"no dictionary for this phone is in {_DICTIONARIES}/: it keeps its own language"
        )
        return None
    script = f"serv={url}/{_DICTIONARIES}/;d1={name};x1={found.group()}"
    return {"name": name, "script": script, "locale": found["locale"]}


def _dictionary(locale, model, folder):
    """
    Return the newest dictionary for a phone, of its country rather than another one of the language.
    """
    if not os.path.isdir(folder):
        return None
    phones = {model, f"{model[:2]}xx"}
    found = [
        match
        for match in map(_DICTIONARY.fullmatch, sorted(os.listdir(folder)))
        if match and match["language"] == locale[:2] and phones & set(match["phones"].split("_"))
    ]
    exact = locale.replace("_", "-")
    return max(
        found, key=lambda match: (match["locale"] == exact, dotted_numbers(match["version"])), default=None
    )
