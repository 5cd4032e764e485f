"""The console that commands print on."""

import sys

from rich.console import Console

#: Where nobody watches, as in CI, rich would assume 80 columns and break every line of a table.
_WIDTH_OF_A_FILE = 160


def screen(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, or wide enough for tables where there is none."""
    watched = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, width=None if watched else _WIDTH_OF_A_FILE)
