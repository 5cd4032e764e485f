"""Leaves this folder to its own environment, where a browser is driven; there it must be there, or the tests fail."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect these tests with their own settings only: a browser's loop and the other tests' do not share a thread."""
    return True if config.inipath != Path(__file__).with_name("pytest.ini") else None


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
