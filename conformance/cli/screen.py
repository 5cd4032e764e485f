"""The console that commands print on."""

import sys
from typing import override

from rich.console import Console

#: Where nobody watches, as in CI, rich would assume 80 columns and break every line of a table.
_WIDTH_OF_A_FILE = 160


class _Screen(Console):
    @override
    def on_broken_pipe(self) -> None:
        """Let the command end as one whose output nobody reads: rich would exit 1, which here is a verdict."""
        raise  # noqa: PLE0704 - rich calls this while it handles the BrokenPipeError


def screen(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, or wide enough for tables where there is none."""
    stream = sys.stderr if stderr else sys.stdout
    # Python has none where the shell has closed it (`>&-`).
    watched = stream is not None and stream.isatty()
    return _Screen(stderr=stderr, width=None if watched else _WIDTH_OF_A_FILE)
