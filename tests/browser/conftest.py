"""Leaves this folder to its own environment, where a browser is driven; there it must be there, or the tests fail."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if find_spec("playwright") is None:
    collect_ignore = ["test_pages.py"]

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A headless Chromium."""
    from tests.browser.chromium import chromium

    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the pages: `verdict.html`, `upgrade.html` and `versions.html`."""
    from tests.browser.pages import write_pages

    folder = tmp_path_factory.mktemp("pages")
    write_pages(folder)
    return folder
