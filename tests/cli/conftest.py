"""The fakes of a gate, by name, and an output whose width nobody has said."""

import pytest

from tests.support.fake_subjects import steps, subjects

__all__ = ["steps", "subjects"]


@pytest.fixture(autouse=True)
def width_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are as wide as in a file: pytest-xdist's workers have a COLUMNS of their own."""
    monkeypatch.delenv("COLUMNS", raising=False)
