"""
Which firmware a phone is told to take.
"""

from provd.pluginkit.family.firmware import choose_image, url_path
from provd.pluginkit.family.phones import dotted_numbers

# fw262.bin; einsteiniwu117_70.bin (N720 DM) and sat7111700000000.bin (its bases);
# Gigaset-Nx70-V2.65.0-build.8504c90.bin.  A Maxwell's is named by whoever puts it here: maxwell-2.22.4.bin.
IMAGE = re.compile(
    r"(?:fw|einsteiniwu|sat7)(?P<version>\d+)\w*\.bin"
    r"|gigaset-nx70-v(?P<nx70>\d+(?:\.\d+)+)[\w.+-]*\.bin"
    r"|maxwell[\w-]*?-(?P<maxwell>\d+(?:\.\d+)+)[\w.+-]*",
    re.ASCII | re.I,
)
_BASES = "sat"


def firmware(raw_config, url, facts, images, report):
    """
    Return the version and URL of the image, and for a multi-cell system that of the image of its bases.
    """
    prefix = facts["image"]
    if not prefix:
        if raw_config.get("X_firmware") not in (None, "", "none"):
            report.add("X_firmware", "nothing is known that this phone could be told: it keeps its own")
        return {"XX_firmware": None, "XX_bases_firmware": None}
    image = choose_image(raw_config, images, _begins_with(prefix), report, _version)
    bases = image and next(
        (other for other in images if other.folder == image.folder and _begins_with(_BASES)(other)), None
    )
    return {
        "XX_firmware": image
        and {"version": _dotted(image), "url": f"{url}/{url_path(image)}", "name": image.name},
        "XX_bases_firmware": bases and {"url": f"{url}/{url_path(bases)}", "name": bases.name},
    }


def _begins_with(prefix):
    return lambda image: image.name.lower().startswith(prefix)


def _dotted(image):
    """
    Return the version as the phone's file spells it.
    """
    match = IMAGE.fullmatch(image.name)
    return match["nx70"] or match["maxwell"] or match["version"]


def _version(image):
    return dotted_numbers(_dotted(image))
