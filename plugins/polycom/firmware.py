"""
Which firmware a phone is told to take, and which files of the vendor go with what it runs.
"""

import os
import re

from provd.pluginkit.family.firmware import FOLDER, choose_image, url_path
from provd.pluginkit.family.phones import dotted_numbers

_FOLDER = re.compile(r"(?:([a-z]+)-)?\d.*", re.ASCII)
_COMBINED = "sip.ld"
_SPLIT_SINCE = (4,)


def firmware(raw_config, facts, version, images, tftpboot_dir, report):
    wanted = str(raw_config.get("X_firmware") or "")
    running = dotted_numbers(version or "")
    fitting = [image for image in images if _fits(image, facts)]
    safe = [image for image in fitting if not _is_beyond(facts["boot_block"], image, running)]
    # The upgrader is such an image itself, so one that the configuration names is told.
    usable = [image for image in safe if wanted or not _is_beyond(facts["upgrader"], image, running)]
    if any(image.folder == wanted for image in fitting if image not in safe):
        report.add("X_firmware", f"needs the boot block of {facts['boot_block']} first, or the phone breaks")
        image = None
    else:
        image = choose_image(raw_config, usable, lambda image: True, report)
    return {
        "XX_firmware": f"{url_path(image).rpartition('/')[0]}/{_COMBINED}" if image else "",
        "XX_vendor_files": _vendor_files(facts, image or _like(running, fitting), tftpboot_dir),
    }


def _fits(image, facts):
    """
    An image is for all models of a line, or for the one of its part number.  Which one that is, only the
    phone knows: told to take sip.ld, it looks for that of its part number first (from UCS 4 on).
    """
    match = _FOLDER.fullmatch(image.folder)
    oldest, newest = map(dotted_numbers, facts["branches"])
    return (
        match is not None
        and (match.group(1) or "") == facts["package"]
        and oldest <= image.version[: len(oldest)]
        and image.version[: len(newest)] <= newest
        and (image.name == _COMBINED or image.version >= _SPLIT_SINCE)
    )


def _is_beyond(step, image, running):
    """
    Tell whether an image lies behind a version that the phone can't simply be upgraded to from what it runs.
    """
    first = dotted_numbers(step)
    return bool(first) and running < first <= image.version


def _like(running, images):
    """
    Return an image of the version that the phone runs, None if there is none.
    """
    same = (image for image in images if running and running[: len(image.version)] == image.version)
    return next(same, None)


def _vendor_files(facts, image, tftpboot_dir):
    """
    Return the paths of the vendor's files that lie beside an image.
    """
    if image is None:
        return []
    folder = os.path.join(tftpboot_dir, FOLDER, image.folder)
    names = [name for name in facts["vendor_files"] if os.path.isfile(os.path.join(folder, name))]
    return [f"{url_path(image).rpartition('/')[0]}/{name}" for name in names]
