from __future__ import annotations

from tests.plugins import packages


class Packages(packages.PackagedImages):
    FAMILY = "gigaset"
