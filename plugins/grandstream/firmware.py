"""
Which firmware a phone is told to take.
"""

from provd.pluginkit.family.firmware import choose_image, url_path

_ALWAYS, _NEVER = 0, 2


def firmware(raw_config, url, facts, images, settings, report):
    """
    Phones ask the folder that they are told for the file that has their firmware's name.
    """
    image = choose_image(raw_config, images, lambda image: image.name in facts["images"], report)
    if image is None:
        settings.put("firmware_path", "")
        settings.put("firmware_check", _NEVER)
        return
    if settings.by_name:
        report.add("X_firmware", _NOT_BY_NAME)
    protocol, path = server(f"{url}/{url_path(image).rpartition('/')[0]}")
    settings.put("firmware_protocol", protocol)
    settings.put("firmware_path", path)
    settings.put("firmware_check", _ALWAYS)
