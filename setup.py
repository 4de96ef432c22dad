from setuptools import find_packages, setup

# "twisted.plugins" has no __init__.py here: it only adds the twistd dropin to Twisted's own package.
setup(
    packages=[*find_packages(include=["provd", "provd.*"]), "twisted.plugins"],
    package_data={
        "provd": ["py.typed"],
        "provd.cli": ["extensions.conf"],
        "provd.plugincheck": ["configs.yml"],
        "provd.rest.description": ["*.yml"],
    },
    exclude_package_data={"provd.leases": ["accent-provd-dhcp-hook"]},  # one of data_files
)
