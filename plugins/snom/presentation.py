"""
Language, tones and the phone book.
"""

import os
from urllib.parse import quote

from provd.pluginkit.family.tables import by_country, by_language, phonebook_name
from provd.plugins import add_accent_phonebook_url


def presentation(raw_config, url, facts, words, tftpboot_dir, report):
    locale = raw_config.get("locale") or ""
    language = by_language(locale, words.languages if facts["accents"] else words.plain_languages)
    tones = by_country(locale, words.tones)
    if locale and language is None:
        report.add("locale", "no such language is known of this phone: it keeps its own")
    if locale and tones is None:
        report.add("locale", "the phone has no tones of that country: it keeps its own")
    if facts["directory"]:
        add_accent_phonebook_url(raw_config, "snom")
    return {
        "XX_language": language,
        "XX_locale": locale if facts["locale"] else "",
        "XX_language_files": _language_files(language, url, tftpboot_dir) if facts["form"] == "desk" else {},
        "XX_tone_scheme": tones,
        "XX_directory_url": raw_config.get("XX_accent_phonebook_url", ""),
        "XX_directory_name": phonebook_name(locale),
    }


def _language_files(language, url, tftpboot_dir):
    """
    Return the URLs of the vendor's files for a language that are here, by the section that lists them.
    """
    files = {}
    for section, folder in (("gui-languages", "gui"), ("web-languages", "web")):
        path = f"lang/{folder}/{language}.xml"
        if language and os.path.isfile(os.path.join(tftpboot_dir, path)):
            files[section] = f"{url}/{quote(path)}"
    return files
