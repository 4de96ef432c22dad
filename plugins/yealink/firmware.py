"""
Which firmware a phone and its handsets are told to take.
"""

from provd.pluginkit.family.firmware import choose_image, url_path


def firmware(raw_config, url, facts, version, images, report):
    image = choose_image(raw_config, images, _fits(facts, version), report, _age)
    handsets = dict.fromkeys(facts["handsets"])
    if str(raw_config.get("X_firmware") or "") != "none":
        for name, number in facts["handsets"].items():
            fitting = [image for image in images if image.version[0] == int(number)]
            if fitting:
                handsets[name] = f"{url}/{url_path(max(fitting, key=_age))}"
    return {
        "XX_firmware_url": image and f"{url}/{_path(image, facts, images)}",
        "XX_handset_firmware": handsets,
    }


def _fits(facts, version):
    """
    Hardware is told apart by the first number of its versions; a model that isn't in the table goes by the
    version that it has.
    """
    numbers = set(map(int, facts["firmware_ids"])) or set(dotted_numbers(version or "")[:1])
    return lambda image: image.version[0] in numbers


def _age(image):
    return branch(".".join(map(str, image.version))), image.version[0]


def _path(image, facts, images):
    """
    The manager and the bases of a multi-cell system have files of their own: $PN has each fetch its own.
    """
    _product, dash, rest = image.name.partition("-")
    if facts["multicell"] and dash:
        twins = [i for i in images if i.folder == image.folder and i.name.partition("-")[2] == rest]
        if len(twins) > 1:
            folder = url_path(image).rpartition("/")[0]
            return f"{folder}/$PN-{rest}"
    return url_path(image)
