from __future__ import annotations

import pytest

from provd.pluginkit.family.plugin import FamilyPlugin
from tests.plugins.kit import load_family


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> FamilyPlugin:
    return load_family("yealink", tmp_path_factory.mktemp("plugins"))
