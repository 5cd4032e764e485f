"""A subject whose process is played by a script that behaves well or badly on demand."""

import stat
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.subject.provision import Installation
from conformance.subject.subject import Subject

FAKE_CHILD = Path(__file__).with_name("fake_child.py")


ROOT = Path(__file__).resolve().parents[2]


SECRETS = {"BINANCE_API_KEY": "key-of-this-test", "BINANCE_API_SECRET": "secret-of-this-test"}


Make = Callable[[str], Subject]


def interpreter(folder: Path, behaviour: str) -> Path:
    """Return an executable that, run as a subject's Python, plays the fake child."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "{FAKE_CHILD}" "{behaviour}" "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Make a subject whose process behaves as named; all are closed at the end."""
    made: list[Subject] = []

    def make_one(behaviour: str) -> Subject:
        installation = Installation("9.9.9", interpreter(tmp_path, behaviour), "by a test")
        made.append(Subject(installation, logs=tmp_path / "logs", environment=SECRETS))
        return made[-1]

    yield make_one
    for subject in made:
        await subject.close()


def ignore(_: Any) -> None:
    """Hear nothing."""
