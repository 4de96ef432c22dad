"""
Which model a file name stands for that isn't in the table.
"""

_CHECK = re.compile(r"(?:fanvil|linkvil)_(?P<model>\w+?)_hwv?\d+(?:_\d+)?", re.ASCII | re.I)
_FIRST_SCHEME = re.compile(r"f0(?P<model>[a-z0-9]+)hw1\.100", re.ASCII | re.I)
# Five characters follow the model, 1 for a "Pro" or 0 and four zeros; a model of five characters leaves room
# for four.  Shorter models are padded in front.
_SCHEME = re.compile(r"f0v0*(?P<model>[a-z0-9]+?)(?P<pro>[01]?)0000", re.ASCII | re.I)


def model_of_file(name, models):
    """
    Return the model that a file name tells, in the spelling of the table if it is there.

    :param name: without the last part, such as ``F0V0V6610000`` or ``fanvil_x7c_hwv1_0``.
    """
    match = _CHECK.fullmatch(name) or _FIRST_SCHEME.fullmatch(name) or _SCHEME.fullmatch(name)
    if match is None:
        return None
    model = _spelled(match["model"].replace("_", "-"), models)
    is_pro = match.groupdict().get("pro") == "1"
    return _spelled(f"{model}-Pro", models) if model and is_pro else model


def _spelled(text, models):
    bare = _bare(text)
    for model in models:
        if _bare(model) == bare:
            return model
    if text[0].isdigit():  # the first letter had no room
        whole = [model for model in models if _bare(model)[1:] == bare]
        return whole[0] if len(whole) == 1 else None
    words = [word.capitalize() if word.lower() == "pro" else word.upper() for word in text.split("-")]
    return "-".join(words) if text[0] not in "iI" else "i" + "-".join(words)[1:]


def _bare(model):
    return model.replace("-", "").lower()
