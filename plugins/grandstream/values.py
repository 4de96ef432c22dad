"""
The forms of Grandstream's files, and what a setting is called in each.
"""

NUMBERS, NAMES, BINARY = "numbers", "names", "binary"

_CHOICE = "X_grandstream_names"
# Quotes need no escape in a text, and the vendor's guide names none for them.
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": "&#10;"})

_UNKNOWN = "how this phone's file sets it isn't public"
_NOT_BY_NAME = "has no public name in this form of the file: the phone keeps its own"


class Tables:
    """
    The tables of settings.yml and languages.yml.
    """

    def __init__(self, settings, languages):
        self.phone = settings.get("phone", {})
        self.accounts = settings.get("accounts", {})
        self.words = settings.get("words", {})
        self.keys = settings.get("keys", {})
        self.key_names = settings.get("key_names", {})
        self.key_modes = settings.get("key_modes", {})
        self.without_name = settings.get("without_name", [])
        settings.check()
        self.languages = languages.get("languages", {})
        languages.check()


def form_of(facts, raw_config, report):
    """
    Return the form of a phone's file; X_grandstream_names chooses where it reads two.
    """
    wanted = raw_config.get(_CHOICE)
    if wanted is None:
        return facts["forms"][0]
    form = NAMES if wanted is True else NUMBERS
    if form not in facts["forms"]:
        report.add(_CHOICE, "the phone reads no such file")
        return facts["forms"][0]
    return form


def report_unknown(raw_config, facts, settings, report):
    for name in facts["unknown"]:
        if raw_config.get(name):
            report.add(name, _UNKNOWN)
    if settings.by_name:
        for name in settings.tables.without_name:
            if raw_config.get(name) is not None:
                report.add(name, _NOT_BY_NAME)


class Settings:
    """
    The settings of one file, in order.

    :param has_ports: whether accounts are analog ports.
    """

    def __init__(self, tables, form, has_ports, report):
        self.tables = tables
        self.by_name = form == NAMES
        self._accounts = "ports" if has_ports else "numbers"
        self._report = report
        self.lines = []

    def put(self, setting, value):
        """
        Set what there is once; nothing if this form has no such setting.
        """
        entry = self.tables.phone[setting]
        key = entry.get("name") if self.by_name else entry.get("number")
        if key is not None:
            self.add(key, value)

    def put_account(self, number, setting, value, parameter=None):
        """
        Set what each account has.

        :param parameter: what to report if this form has no such setting.
        """
        entry = self.tables.accounts[setting]
        if self.by_name:
            key = entry["name"].format(n=number) if "name" in entry else None
        else:
            keys = entry.get(self._accounts, [])
            key = keys[number - 1] if number <= len(keys) else None
        if key is None:
            if parameter:
                self._report.add(parameter, _NOT_BY_NAME if self.by_name else _UNKNOWN)
        elif self.by_name and "words" in entry:
            self.add(key, self.tables.words[entry["words"]][value])
        else:
            self.add(key, value)

    def add(self, key, value):
        """
        Set something by its number or name.
        """
        self.lines.append((f"P{key}" if isinstance(key, int) else key, "" if value is None else value))

    def escaped(self):
        """
        Return the settings for a file of XML.
        """
        return [(key, str(value).translate(_ESCAPES)) for key, value in self.lines]
