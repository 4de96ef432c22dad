"""
Which firmware a phone is told to take.
"""

from provd.pluginkit.family.firmware import choose_image, url_path


def firmware(raw_config, url, facts, images, report):
    image = choose_image(raw_config, images, _fits(facts), report, _age)
    return {"XX_upgrade_rule": f"{url}/{url_path(image)}" if image else ""}


def _fits(facts):
    products = {product.lower() for product in facts["firmware"]}
    return lambda image: image.name.partition(".")[0].lower() in products


def _age(image):
    """
    A maintenance release of a version (11-3-1MSR3-3) is newer than the version itself (11-3-1MPP-678).
    """
    return image.version[:3], "MSR" in image.name.upper(), image.version[3:]
