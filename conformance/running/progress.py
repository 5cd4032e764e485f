"""Progress: one moving line a step on a terminal, plain lines elsewhere, as in CI."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from conformance.report.comparison import SYMBOLS
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult


class Steps:
    """Shows steps as they go on: `begin` one by name, `news` and `case` about it, `end` it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        # With FORCE_COLOR a pipe counts as a terminal; a log full of spinner lines is of no use.
        self._watched = console.is_terminal and console.file.isatty()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[news]}", markup=False),
            console=console,
            transient=True,
            disable=not self._watched,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begin(self, step: str, total: int | None = None) -> None:
        """Show a step; `total` is how many cases it has, if it is known."""
        self._tasks[step] = self._progress.add_task(step, total=total, news="")
        if not self._watched:
            self._console.print(step, markup=False, highlight=False)

    def news(self, step: str, text: str) -> None:
        """Show the latest about a step."""
        self._progress.update(self._tasks[step], news=text.strip()[:60])

    def case(self, step: str, case: CaseResult) -> None:
        """Count one ended case; one that did not pass stays on the screen."""
        self._progress.update(self._tasks[step], advance=1, news=f"{case.id} {case.outcome}")
        if case.outcome not in (Outcome.PASSED, Outcome.UNSUPPORTED):
            known = " as expected" if case.expected else ""
            text = f"  {SYMBOLS[case.outcome]} {step}: {case.id} {case.outcome}{known} {case.signature or ''}"
            self._console.print(text.rstrip(), markup=False, highlight=False, soft_wrap=True)

    def done(self, step: str, count: int, news: str) -> None:
        """Show how much of a step is done, and the latest about it."""
        self._progress.update(self._tasks[step], completed=count, news=news)

    def end(self, step: str) -> None:
        """Take a step off the screen."""
        self._progress.update(self._tasks[step], visible=False)
