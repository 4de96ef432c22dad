"""
Which firmware a device is told to take.
"""

import re

from provd.pluginkit.family.firmware import choose_image, url_path

# spa942-6-1-5a.bin, spa50x-30x-7-5-5.bin, SPA112-SPA122_1.3.5_004p.bin, ATA19x.11-1-0MPP0401-002.img
IMAGE_NAME = re.compile(
    r"(?P<product>[a-z]+\d+[a-z]*(?:-(?:30x|[a-z]+\d+))?)[-_.](?P<version>\d+[-.]\d+[-.]\d.*)\.(?:bin|img)",
    re.ASCII | re.IGNORECASE,
)


def firmware(raw_config, url, facts, images, report):
    """
    A rule without a condition is followed once, so it is given only where the device has another version.
    """
    image = choose_image(raw_config, images, lambda image: _is_for(image, facts), report, _age)
    step = release(facts["step"])
    if image is not None and facts["version"] < step < _age(image):
        fitting = [other for other in images if _is_for(other, facts) and _age(other) == step]
        image = fitting[0] if fitting else None
        if not fitting:
            report.add("X_firmware", f"this phone must take {facts['step']} first, which isn't installed")
    if image is None or _runs(image, facts):
        return {"XX_firmware_url": ""}
    return {"XX_firmware_url": f"{url}/{url_path(image)}"}


def _runs(image, facts):
    version = facts["version"]
    if facts["kind"] == "router":  # which tell more of it: 1.3.5(004p_XU001) is 1.3.5_004p
        version = version[: len(_age(image))]
    return version == _age(image)


def _is_for(image, facts):
    return IMAGE_NAME.fullmatch(image.name)["product"].lower() == facts["images"].lower()


def _age(image):
    return release(IMAGE_NAME.fullmatch(image.name)["version"])
