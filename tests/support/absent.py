"""What a test needs and this machine may not have: a Python, an index, another's program."""

import os
from typing import Never

import pytest

COMPLETE = "CONFORMANCE_COMPLETE"


def absent(what: str) -> Never:
    """Skip the test, saying what is not here; fail it where every test is to run, as in continuous integration."""
    if os.environ.get(COMPLETE):
        pytest.fail(f"{what}; {COMPLETE} is set, so this is no reason to skip a test", pytrace=False)
    pytest.skip(what)
