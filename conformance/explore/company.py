"""The company: several processes that play programs at the same time, each with a subject of its own."""

import multiprocessing
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from conformance.explore.against import OnlyHere
from conformance.explore.otherwise import Otherwise
from conformance.explore.patience import Patient
from conformance.explore.playhouse import Played, Player, Playhouse
from conformance.explore.program import Program
from conformance.explore.shrinking import Shrunk, shrink
from conformance.subject.installations import Installation
from conformance.subject.profiles import load
from conformance.subject.subject import Subject
from conformance.worlds.cache_database import CacheDatabase

_players: list[Player] = []
"""In a process of the company: its player."""


class _Seat(NamedTuple):
    """What the subject of a player is made from, as `Subject` takes it."""

    installation: Installation
    logs: Path
    overlay: Mapping[str, Path]


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
        wire: bool = False,
        overlays: Sequence[str] = (),
        cache_database: CacheDatabase | None = None,
    ) -> None:
        """`overlays` are packages laid over the version's own, `MODULE=DIR`; the other version has none.

        `wire` counts it as well where the two send or tell something otherwise.

        `cache_database` is for warm restarts.
        """
        self.players = players
        overlay = {module: Path(folder) for module, _, folder in (each.partition("=") for each in overlays)}
        seats = [_Seat(installation, logs, overlay), *([] if against is None else [_Seat(against, logs, {})])]
        self._pool = ProcessPoolExecutor(
            players,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(seats, profile, cache_database, wire),
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


def _begin(seats: Sequence[_Seat], profile: str, cache: CacheDatabase | None, wire: bool) -> None:
    # Whoever holds the terminal ends the company; on Ctrl-C each process would print a traceback of its own.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    houses = [Playhouse(Subject(*seat), load(profile), cache) for seat in seats]
    if len(houses) == 1:
        _players[:] = houses
    else:
        _players[:] = [Otherwise(*houses) if wire else OnlyHere(*houses)]


def _play(program: Program) -> Played:
    return Patient(_players[0])(program)


def _shrink(program: Program, key: tuple[str, str], seconds: float) -> Shrunk:
    return shrink(program, key, Patient(_players[0]), seconds=seconds)
