"""
Which firmware a phone is told to take.  A phone fetches a file of text from the folder of the version, and
takes the image that this names if its own version is another one.
"""

from provd.pluginkit.family.firmware import FOLDER, choose_image, url_path
from provd.pluginkit.family.reports import Report

_PRODUCT = re.compile(r"[a-z0-9_]+", re.ASCII | re.I)
_BUILT = re.compile(r"UT(\d{4})-(\d\d)-(\d\d)-(\d\d)\.(\d\d)\.\d\d", re.ASCII)


def firmware(raw_config, url, facts, images, report):
    image = choose_image(raw_config, images, _fits(facts), report)
    return {"XX_check_url": image and f"{url}/{url_path(image).rpartition('/')[0]}"}


def check_files(raw_config, facts, images):
    """
    Yield the files that tell a phone of the image it shall take, each by its path and content.
    """
    image = choose_image(raw_config, images, _fits(facts), Report())
    if image is not None:
        model = re.sub("[^a-z0-9]+", "_", facts["model"].lower())
        for hardware in facts["checks"]:
            yield f"{FOLDER}/{image.folder}/fanvil_{model}_{hardware}.txt", _check_file(image)


def _fits(facts):
    """
    Hardware is told apart by the first word of an image's name: x5upro, v6x.
    """
    products = {_product(name) for name in [facts["model"] or "", *facts["images"]]} - {""}
    return lambda image: _product(_PRODUCT.match(image.name)[0]) in products


def _product(name):
    return re.sub(r"[-_ ]", "", name).lower()


def _check_file(image):
    built = _BUILT.search(image.name)
    lines = [
        f"Version={'.'.join(map(str, image.version))}",
        f"Firmware={url_path(image).rpartition('/')[2]}",
        *([f"BuildTime={built[1]}.{built[2]}.{built[3]} {built[4]}:{built[5]}"] if built else []),
        "Info=TXT",
        f"Firmware {image.folder}",
    ]
    return "".join(f"{line}\n" for line in lines).encode("utf-8")
