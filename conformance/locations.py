"""Where the suite keeps its data: beside the package, in the checkout that it is run from."""

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[1]
CASSETTES = _CHECKOUT / "cassettes"
FIXTURES = _CHECKOUT / "fixtures"
DEFECTS = FIXTURES / "defects"
