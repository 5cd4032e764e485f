"""The company: several processes that play programs at the same time, each with a subject of its own."""

import multiprocessing
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from conformance.explore.against import OnlyHere
from conformance.explore.playhouse import Played, Player, Playhouse
from conformance.explore.program import Program
from conformance.explore.shrinking import Shrunk, shrink
from conformance.subject.installations import Installation
from conformance.subject.profiles import load
from conformance.subject.subject import Subject

_players: list[Player] = []
"""In a process of the company: its player."""


class ProcessCompany:
    """Plays on a version, or (`against`) shows only what that version does and another does not."""

    def __init__(
        self,
        installation: Installation,
        *,
        profile: str,
        players: int,
        logs: Path,
        against: Installation | None = None,
        overlays: Sequence[str] = (),
    ) -> None:
        """`overlays` are packages laid over the version's own, `MODULE=DIR`; the other version has none."""
        self.players = players
        self._pool = ProcessPoolExecutor(
            players,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(installation, against, profile, logs, list(overlays)),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=error is None, cancel_futures=True)
        for process in processes if error is not None else ():
            with suppress(ProcessLookupError):
                process.terminate()

    def play(self, program: Program) -> Future[Played]:
        """Have one of them play a program."""
        return self._pool.submit(_play, program)

    def shrink(self, program: Program, key: tuple[str, str], seconds: float) -> Future[Shrunk]:
        """Have one of them make a program small."""
        return self._pool.submit(_shrink, program, key, seconds)


def _begin(
    installation: Installation, against: Installation | None, profile: str, logs: Path, overlays: Sequence[str]
) -> None:
    # Whoever holds the terminal ends the company; on Ctrl-C each process would print a traceback of its own.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    overlay = {module: Path(folder) for module, _, folder in (each.partition("=") for each in overlays)}
    here = Playhouse(Subject(installation, logs, overlay), load(profile))
    _players[:] = [here if against is None else OnlyHere(here, Playhouse(Subject(against, logs), load(profile)))]


def _play(program: Program) -> Played:
    return _players[0](program)


def _shrink(program: Program, key: tuple[str, str], seconds: float) -> Shrunk:
    return shrink(program, key, _players[0], seconds=seconds)
