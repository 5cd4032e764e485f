"""The marker of the tests that need the real thing."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register it here too: these tests may be run alone."""
    config.addinivalue_line("markers", "subject: installs and runs a real NautilusTrader; skipped without an index")
