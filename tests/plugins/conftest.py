from __future__ import annotations

import pytest

from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import load_family


@pytest.fixture(scope="module")
def plugin(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FamilyPlugin:
    """
    The family that the folder of the test is named by.
    """
    return load_family(request.path.parent.name, tmp_path_factory.mktemp("plugins"))
