"""
Language, tones and the phone book.
"""

import os

from provd.pluginkit.family.tables import by_country, by_language
from provd.plugins import add_accent_phonebook_url

_BUILT_IN = "en"


def presentation(raw_config, facts, words, tftpboot_dir, report):
    add_accent_phonebook_url(raw_config, "aastra", entry_point="input")
    url = raw_config.get("XX_accent_phonebook_url") or ""
    locale = raw_config.get("locale") or ""
    result = {
        "XX_phonebook_url": text(url, "X_accent_phonebook_ip", report),
        "XX_words": by_language(locale, words.keys) or words.keys[_BUILT_IN],
        "XX_language": None,
        "XX_language_file": None,
        "XX_input_language": by_language(locale, words.input),
        "XX_tones": by_country(locale, words.tones),
        "XX_24_hours": int(locale not in words.twelve_hours) if locale else None,
    }
    if not locale:
        return result
    if result["XX_tones"] is None:
        report.add("locale", "the phone has no tones of that country: it keeps its own")
    if locale.startswith(_BUILT_IN):
        return {**result, "XX_language": 0}
    path = _language_file(locale, facts["languages"], tftpboot_dir)
    if path is None:
        report.add("locale", f"its language isn't in {facts['languages']}/: the phone speaks English")
        return result
    return {**result, "XX_language": 1, "XX_language_file": f"{raw_config['XX_server']['root']}{path}"}


def _language_file(locale, folder, tftpboot_dir):
    """
    Return the path of a language that is here: of the country, else of the language, else of the country
    where the language comes from, as lang_nl_nl.txt.
    """
    language, _, country = locale.lower().partition("_")
    for name in (f"{language}_{country}", language, f"{language}_{language}"):
        path = f"{folder}/lang_{name}.txt"
        if os.path.isfile(os.path.join(tftpboot_dir, path)):
            return path
    return None
