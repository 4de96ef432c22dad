"""
Language, tones and the phone book.
"""

from provd.pluginkit.family.tables import by_country, by_language, phonebook_name
from provd.plugins import add_accent_phonebook_url, add_accent_phonebook_url_from_format

_NO_LANGUAGE = "the phone has no such language: it keeps its own"
_NO_TONES = "the phone has no tones of that country: "
# The base adds what it looks for: the user is part of the path.
_BASES_BOOK = "{scheme}://{hostname}:{port}/0.1/directories/lookup/{profile}/gigaset/{user_uuid}?"


class Words:
    """
    The tables of languages.yml, by what they are for.
    """

    _LANGUAGES = {"symbols": "symbol_languages", "maxwell": "maxwell_languages", "settings": "languages"}
    _TONES = {"symbols": "symbol_tones", "nvm": "nvm_tones", "maxwell": "maxwell_tones", "settings": "tones"}
    _INTERNATIONAL = {"symbols": 0, "maxwell": "INT"}

    def __init__(self, data):
        self._tables = {
            name: data.get(name, {}) for name in (*self._LANGUAGES.values(), *self._TONES.values())
        }
        data.check()

    def language(self, form, locale, report):
        if form not in self._LANGUAGES:
            report.add("locale", "handsets and browsers choose their language: it tells the dial tones alone")
            return None
        found = by_language(locale, self._tables[self._LANGUAGES[form]])
        if found is None:
            report.add("locale", _NO_LANGUAGE)
        return found

    def tones(self, form, locale, report):
        found = by_country(locale, self._tables[self._TONES[form]])
        if found is None:
            found = self._INTERNATIONAL.get(form)
            report.add(
                "locale", _NO_TONES + ("it keeps its own" if found is None else "it gets international ones")
            )
        return found


def presentation(raw_config, facts, words_of, report):
    form, locale = facts["format"], raw_config.get("locale") or ""
    if form == "settings":
        add_accent_phonebook_url(raw_config, "snom")
    elif form != "maxwell":
        add_accent_phonebook_url_from_format(raw_config, _BASES_BOOK)
    return {
        "XX_language": words_of.language(form, locale, report) if locale else None,
        "XX_tones": words_of.tones(form, locale, report) if locale else None,
        "XX_phonebook_url": raw_config.get("XX_accent_phonebook_url") or "",
        "XX_phonebook_name": phonebook_name(locale),
    }
