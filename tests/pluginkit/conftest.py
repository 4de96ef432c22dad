from __future__ import annotations

from pathlib import Path

import pytest

from provd.servers.http import HTTPNoListingFileService
from tests.http.wire import Answer, fetch
from tests.pluginkit.served import Get


@pytest.fixture
def served(tmp_path: Path) -> Path:
    folder = tmp_path / "tftpboot"
    folder.mkdir()
    return folder


@pytest.fixture
def get(served: Path) -> Get:
    service = HTTPNoListingFileService(str(served))

    def get(path: str, method: str = "GET", **headers: str) -> Answer:
        return fetch(service, path, method, **headers)

    return get
