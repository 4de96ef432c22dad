"""
Language, formats and the phone book.
"""

from provd.pluginkit.family.tables import by_language
from provd.plugins import add_accent_phonebook_url


def presentation(raw_config, words, report):
    add_accent_phonebook_url(raw_config, "polycom")
    locale = raw_config.get("locale") or ""
    language = by_language(locale, words.languages)
    if locale and language is None:
        report.add("locale", "the phone has no such language: it keeps its own")
    return {
        "XX_phonebook_url": raw_config.get("XX_accent_phonebook_url") or "",
        "XX_language": language,
        "XX_words": by_language(locale, words.soft_keys) or words.soft_keys["en"],
        "XX_24_hours": int(locale not in words.twelve_hours) if locale else "",
        "XX_date_format": ("D,Md" if locale in words.month_first else "D,dM") if locale else "",
    }
