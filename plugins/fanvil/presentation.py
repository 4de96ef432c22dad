"""
Language, tones and the phone book.
"""

from provd.pluginkit.family.tables import by_country, by_language, phonebook_name
from provd.plugins import add_accent_phonebook_url


def presentation(raw_config, facts, words, report):
    # A key that opens the phone book asks for it in another form than the phone book itself.
    form = "fanvil" if facts["text"] else "fanvil-v2"
    add_accent_phonebook_url(raw_config, form, entry_point="lookup", qs_suffix="term=")
    locale = raw_config.get("locale") or ""
    url = str(raw_config.get("XX_accent_phonebook_url") or "")
    result = {
        "XX_phonebook_url": url,
        "XX_phonebook_name": phonebook_name(locale) if url else "",
        "XX_language": None,
        "XX_tones": None,
    }
    if not locale:
        return result
    result["XX_language"] = by_language(locale, words.languages[facts["languages"]])
    if result["XX_language"] is None:
        report.add("locale", "the number of that language isn't known for this phone: it keeps its own")
    result["XX_tones"] = by_country(locale, words.tones)
    if result["XX_tones"] is None:
        report.add("locale", "the phone has no tones of that country: it keeps its own")
    return result
