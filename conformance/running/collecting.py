"""A small pytest plugin that writes down every collected case and runs none. Used by `catalogue` in its own process."""

import json
import os
from pathlib import Path

import pytest

TARGET = "CONFORMANCE_CATALOGUE"
"""The environment variable that names the file to write."""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Write the `case` marker of every collected item, in the order of collection."""
    found = []
    for item in session.items:
        marker = item.get_closest_marker("case")
        if marker is not None:
            found.append({**marker.kwargs, "test": item.nodeid})
    Path(os.environ[TARGET]).write_text(json.dumps(found), encoding="utf-8")
