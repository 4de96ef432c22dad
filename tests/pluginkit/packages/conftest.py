"""
The folders of an installation.
"""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """
    Return the folder of the files that are installed.
    """
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """
    Return the folder where they are unpacked.
    """
    folder = tmp_path / "work"
    folder.mkdir()
    return folder
