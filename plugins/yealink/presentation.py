"""
Language, tones and the phone book.
"""

import os

from provd.pluginkit.family.tables import by_country, by_language, phonebook_name
from provd.plugins import add_accent_phonebook_url

_LANGUAGE_PACKS = "lang"


def presentation(raw_config, url, facts, words, tftpboot_dir, report):
    add_accent_phonebook_url(raw_config, "yealink", entry_point="lookup", qs_suffix="term=#SEARCH")
    locale = raw_config.get("locale") or ""
    result = {
        "XX_phonebook_url": or_null(raw_config.get("XX_accent_phonebook_url")),
        "XX_phonebook_name": phonebook_name(locale),
        "XX_language": None,
        "XX_language_pack": None,
        "XX_handset_language": None,
        "XX_tone_country": None,
    }
    if not locale:
        return result
    if facts["lang"]:
        language = result["XX_language"] = by_language(locale, words.languages)
        if language is not None:
            pack = f"{_LANGUAGE_PACKS}/{'003' if facts['color'] else '004'}.GUI.{language}.lang"
            if os.path.isfile(os.path.join(tftpboot_dir, pack)):
                result["XX_language_pack"] = f"{url}/{pack}"
    else:
        language = result["XX_handset_language"] = by_language(locale, words.handset_languages)
    if language is None:
        report.add("locale", "the phone has no such language: it keeps its own")
    result["XX_tone_country"] = by_country(locale, words.tones)
    if result["XX_tone_country"] is None:
        report.add("locale", "the phone has no tones of that country: it keeps its own")
    return result
