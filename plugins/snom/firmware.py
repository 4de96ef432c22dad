"""
Which firmware a phone, its modules and handsets are told to take.
"""

import re
from urllib.parse import quote

from provd.pluginkit.family.firmware import choose_image, url_path
from provd.pluginkit.family.phones import dotted_numbers

# snomD785-10.1.33.33-SIP-r.bin, snomD7C-1.6.1-r.bin, .swu of the D8xx, M900_v0740_b0104.fwu, and the step
# between generations, which has no version of its own: snomD785-ramdisk-chained-update-r.bin.
IMAGE = re.compile(
    r"(?:snom(?P<product>\w+)-|(?P<base>M\d+)_)(?P<version>\d+(?:\.\d+)+|v\d+_b\d+|ramdisk)(?:-.*)?\.(?:bin|swu|fwu)",
    re.ASCII | re.I,
)
_HANDSETS = ("M25", "M30", "M65", "M70", "M80", "M85", "M90")
_STEPS_FROM = 10
"""Older phones take images from this generation on in two steps."""
_LEAVE_ALONE = "none"
_PORT_OF_URL = re.compile(r"\w+://[^/]*:(\d+)(?:/.*)?", re.ASCII)


def firmware(device, mac, raw_config, url, facts, images, report):
    model = str(device.get("model"))
    own = [image for image in images if _is_of(image, model) and image.version]
    image = choose_image(raw_config, own, lambda image: True, report)
    modules = [image for image in images if _is_of(image, facts["module_firmware"])]
    if raw_config.get("X_firmware") == _LEAVE_ALONE or not modules:
        module_url = None
    else:
        module_url = f"{url}/{url_path(modules[-1])}"
    version = dotted_numbers(device.get("version") or "")
    if image is None:
        own_url = None
    elif not version or version[0] >= _STEPS_FROM or image.version[0] < _STEPS_FROM:
        own_url = f"{url}/{url_path(image)}"
    else:
        own_url = _url_of_step(image, model, mac, url, images, report)
    return {"XX_firmware_url": own_url, "XX_module_firmware_url": module_url}


def _is_of(image, model):
    return IMAGE.fullmatch(image.name)["product"].lower() == model.lower() if _is_desk(image) else False


def _is_desk(image):
    return IMAGE.fullmatch(image.name)["product"] is not None


def _url_of_step(image, model, mac, url, images, report):
    steps = [i for i in images if i.folder == image.folder and not i.version and _is_of(i, model)]
    if not steps:
        report.add("X_firmware", "a phone this old needs the ramdisk-chained-update image beside the new one")
        return None
    final = quote(f"{url}/{url_path(image)}?mac={mac}", safe="")
    return f"{url}/{url_path(steps[0])}?chained_url={final}"


def base_firmware(device, raw_config, url, images, report):
    """
    Bases fetch <firmware>/<model>/<file> of the version that they are told, and so do their handsets.
    """
    version = dotted_numbers(device.get("version") or "")
    own = [_named_by_version(image) for image in images if _is_in_folder(image, device.get("model"))]
    image = choose_image(raw_config, own, lambda image: _is_in_reach(version, image.version), report)
    handsets = {}
    if raw_config.get("X_firmware") != _LEAVE_ALONE:
        for name in _HANDSETS:
            fitting = [image for image in images if _is_in_folder(image, name)]
            if fitting:
                handsets[name] = fitting[-1].version
    port = _PORT_OF_URL.fullmatch(url)
    if (image or handsets) and version[:2] == (5, 20) and port and port[1] != "80":
        report.add("X_firmware", "firmware 05.20 drops the port of this URL: it must be served at port 80")
    return {
        "XX_firmware_folder": f"{url}/firmware" if image or handsets else "",
        "XX_firmware_version": image.version if image else ("", ""),
        "XX_handset_firmware": handsets,
    }


def _is_in_folder(image, model):
    return image.folder == model == IMAGE.fullmatch(image.name)["base"]


def _named_by_version(image):
    """
    Name a version as bases do: 740 and 104 is 07.40.0104.
    """
    number, branch = image.version
    return image._replace(folder=f"{number // 100:02}.{number % 100:02}.{branch:04}")


def _is_in_reach(version, image_version):
    """
    Tell whether a base gets from its version to that of an image in one step.
    """
    target = divmod(image_version[0], 100)
    if version[:2] < (4, 50):
        return True
    if version[:2] < (5, 0) and target >= (5, 10):
        return False
    return target > (4, 10)
