"""
The firmware images that are installed, and which of them a phone is told to take.

Packages put images under ``firmware/<version>/`` of the folder that the plugin serves, so that several
versions stand side by side.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from .phones import Version, dotted_numbers
from .reports import Report

__all__ = ["FOLDER", "Image", "InstalledImages", "choose_image", "url_path"]

FOLDER = "firmware"
_PARAMETER = "X_firmware"
_LEAVE_ALONE = "none"
_CLOCK_TICK_NS = 20_000_000


class Image(NamedTuple):
    """
    One installed file of firmware.
    """

    folder: str
    """The version as its package spells it: the name of the folder below ``firmware``."""
    name: str
    """The bare file name."""
    version: Version
    """The numbers of its version, as its own name tells them, else as its folder does."""


class InstalledImages:
    """
    The images under ``firmware`` of a folder, read again only once something there changed.

    :param root: the folder that the plugin serves.
    :param pattern: what the name of an image must fit; its group ``version`` is the image's.
    """

    def __init__(self, root: str, pattern: re.Pattern[str]) -> None:
        self._root = os.path.join(root, FOLDER)
        self._pattern = pattern
        self._stamp: object = None
        self._images: list[Image] = []

    def __call__(self) -> list[Image]:
        """
        Return the images, oldest version first, equal ones by name.
        """
        folders = _folders(self._root)
        stamp = [(entry.name, entry.stat().st_mtime_ns) for entry in folders]
        # What was written within one tick of the kernel's clock may be written again and look the same.
        is_settled = all(time.time_ns() - changed > _CLOCK_TICK_NS for _name, changed in stamp)
        if stamp != self._stamp or not is_settled:
            images = [image for entry in folders for image in self._images_in(entry)]
            self._images = sorted(images, key=lambda image: (image.version, image.folder, image.name))
            self._stamp = stamp
        return self._images

    def _images_in(self, folder: os.DirEntry[str]) -> list[Image]:
        images = []
        for name in os.listdir(folder.path):
            match = self._pattern.fullmatch(name)
            if match is not None:
                version = match.groupdict().get("version") or folder.name
                images.append(Image(folder.name, name, dotted_numbers(version)))
        return images


def _folders(root: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root) as entries:
            return sorted((entry for entry in entries if entry.is_dir()), key=lambda entry: entry.name)
    except FileNotFoundError:
        return []


def choose_image(
    raw_config: Mapping[str, Any],
    images: list[Image],
    fits: Callable[[Image], bool],
    report: Report,
    newer: Callable[[Image], Any] = lambda image: image.version,
) -> Image | None:
    """
    Return the image that a phone is told to take: of the version that ``X_firmware`` names, else the newest
    one; None to tell it nothing.

    :param fits: tells whether an image is for the phone's hardware.
    :param newer: the sort key of images that fit.
    """
    wanted = str(raw_config.get(_PARAMETER) or "")
    if wanted == _LEAVE_ALONE:
        return None
    fitting = [image for image in images if fits(image) and wanted in ("", image.folder)]
    if wanted and not fitting:
        report.add(_PARAMETER, "no such version is installed for this phone: it keeps its own")
    return max(fitting, key=newer, default=None)


def url_path(image: Image) -> str:
    """
    Return the path of an image below the plugin's URL, percent-encoded.
    """
    return "/".join(quote(part, safe="") for part in (FOLDER, image.folder, image.name))
