"""What ccxt has exercised, written down by the run that saw it: `evidence.yaml`."""

from collections.abc import Iterable
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("evidence.yaml")
HEADER = """\
# Endpoints and WS API methods that ccxt called with success, and events sent to it while it watched.
# Written by:  pytest -c tests/clients/pytest.ini tests/clients/behaviour --record-evidence
"""


def read() -> set[str]:
    """Return the rows that ccxt exercised."""
    return set(yaml.safe_load(FILE.read_text(encoding="utf-8"))["ccxt"])


def write(seen: Iterable[str]) -> None:
    """Write the rows down."""
    FILE.write_text(HEADER + yaml.safe_dump({"ccxt": sorted(seen)}), encoding="utf-8")
