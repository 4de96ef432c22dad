"""
Which firmware a phone is told to take.
"""

from provd.pluginkit.family.firmware import choose_image, url_path


def firmware(raw_config, url, names, images, report):
    """
    The phone looks for the image of its model in a folder, and takes it if it isn't the one that it has.

    :param names: what its image may be called, in lower case.
    """
    image = choose_image(raw_config, images, lambda image: image.name.lower() in names, report)
    return {"XX_firmware_server": image and f"{url}/{url_path(image).rpartition('/')[0]}"}
