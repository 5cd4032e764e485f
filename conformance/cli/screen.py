"""The console that commands print on."""

import os
import sys
from typing import Any, override

from rich.console import Console, RenderableType
from rich.status import Status

#: Without a terminal, as in CI, rich assumes 80 columns and would break every line of a table.
_WIDTH_OF_A_FILE = 160


class _Screen(Console):
    @override
    def status(self, status: RenderableType, **how: Any) -> Status:
        """Return the moving line of what takes time; it stays away where FORCE_COLOR makes a terminal of a pipe."""
        if self.is_terminal and not self.file.isatty():
            return Status(status, console=Console(quiet=True), **how)
        return super().status(status, **how)

    @override
    def on_broken_pipe(self) -> None:
        """End the command as one whose reader has gone: rich would exit 1, which here is a verdict."""
        raise  # noqa: PLE0704 - rich calls this while it handles the BrokenPipeError


def screen(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal; without one as wide as COLUMNS says, or wide enough for tables."""
    stream = sys.stderr if stderr else sys.stdout
    # Python has none where the shell has closed it (`>&-`).
    watched = stream is not None and stream.isatty()
    told = watched or os.environ.get("COLUMNS", "").isdigit()
    return _Screen(stderr=stderr, width=None if told else _WIDTH_OF_A_FILE)
