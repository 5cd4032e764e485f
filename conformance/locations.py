"""Where the suite's data and the factory lie: within an installed package, or beside it in a checkout."""

from pathlib import Path

SUITE = Path(__file__).resolve().parent
"""The package of the suite."""
_DATA = SUITE / "_data"
INSTALLED = _DATA.is_dir()
"""Whether the suite was installed from a wheel, which holds its data; a checkout has it beside the package."""
_BESIDE = _DATA if INSTALLED else SUITE.parent
CASSETTES = _BESIDE / "cassettes"
FIXTURES = _BESIDE / "fixtures"
DEFECTS = FIXTURES / "defects"
FACTORY = SUITE.parent / ("nautilus_binance_factory" if INSTALLED else "factory")
"""The factory's folder; in a wheel it has a name that no other package has."""
RECORDED = Path("cassettes") if INSTALLED else CASSETTES
"""Where cassettes are recorded to: an installed package is not written to."""
