"""A session of mutants: the basis is measured, mutants are drawn, and processes try one after the other."""

import asyncio
import multiprocessing
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing.process import BaseProcess
from pathlib import Path

from conformance.kit.catalogue import contract
from conformance.kit.metadata import Case
from conformance.kit.selection import selected
from conformance.nearest import nearest
from conformance.proof.basis import Basis, Ground, read_ground, write_ground
from conformance.proof.book import Book, Trial
from conformance.proof.player import Player
from conformance.proof.source.beyond import load_beyond
from conformance.proof.source.line_watch import LineWatch
from conformance.proof.source.source_mutants import PACKAGE, SourceMutant, source_mutants
from conformance.proof.trying import Field, touching, try_source, try_wire
from conformance.proof.wire.inert import load_inert
from conformance.proof.wire.places import Place, places, words
from conformance.proof.wire.wire_mutants import WireMutant, may_be_called, wire_mutants
from conformance.subject.installations import Installation
from conformance.subject.provision import provision
from conformance.worlds.cache_database import CacheDatabase
from conformance.worlds.simulator import SimulatorWorld

_POLL_S = 0.5
type Tell = Callable[[str], None]


class ProofError(RuntimeError):
    """The proof cannot be made: the suite's own doing, or the machine's."""


class UnknownMutantError(ProofError):
    """A mutant was asked for that the version does not have."""


@dataclass(frozen=True)
class Session:
    """What is mutated, which cases are to detect it, and where everything is kept. Travels to the processes."""

    version: str
    """An exact version, installed."""
    folder: Path
    profile: str = "default"
    tier: str = "core"
    case_ids: tuple[str, ...] = ()
    python: str | None = None
    index: str | None = None
    cache_database: str | None = None
    at_most: int = 60
    processes: int = 1

    @cached_property
    def installation(self) -> Installation:
        """The version's environment."""
        return provision(self.version, python=self.python, index=self.index)

    @cached_property
    def package(self) -> Path:
        """Where the version's adapter is installed; a 2.x has it in Rust, so there is none."""
        lib = self.installation.python.parents[1] / "lib"
        found = sorted(lib.glob(f"python*/site-packages/{PACKAGE.replace('.', '/')}"))
        return found[0] if found else lib / "nowhere"

    @property
    def is_python(self) -> bool:
        """Whether the adapter is written in Python, so that its source can be mutated."""
        return (self.package / "execution.py").is_file()

    @cached_property
    def cases(self) -> dict[str, Case]:
        """The cases that are to detect mutants."""
        known = contract()
        chosen = selected({each: case.tier for each, case in known.items()}, self.case_ids, self.tier)
        return {each: known[each] for each in chosen if "simulator" in known[each].worlds}

    @property
    def book(self) -> Book:
        """Where trials are written down."""
        return Book(self.folder / "trials.jsonl")

    @cached_property
    def ground(self) -> Ground:
        """What the cases do on the version as it is; measured before."""
        return read_ground(self.folder / "basis.json", self.version, self.profile)

    def wire_mutants(self) -> list[WireMutant]:
        """Return every wire mutant of what the cases show."""
        shown = {place for case in self.ground.cases.values() for place in case.places}
        return wire_mutants((_place(text) for text in shown), load_inert(self.version))

    def source_mutants(self) -> list[SourceMutant]:
        """Return every source mutant; raises `UnknownMutantError` where the adapter is not written in Python."""
        if not self.is_python:
            raise UnknownMutantError(
                f"the adapter of {self.version} is not written in Python: mutate its wire, --kind wire"
            )
        return source_mutants(self.package)

    @property
    def database(self) -> CacheDatabase | None:
        """Where the cases of warm restarts keep what a trader knew; without one they tell nothing."""
        return None if self.cache_database is None else CacheDatabase.parse(self.cache_database)

    def player(self, *, overlay: Mapping[str, Path] | None = None) -> Player:
        """Return a player of the version as it is, or with an overlay."""
        return Player(
            self.installation,
            folder=self.folder,
            profile=self.profile,
            overlay=overlay,
            cache_database=self.database,
        )


def measure(session: Session, tell: Tell) -> Ground:
    """Return what the cases do on the version as it is; only those that were not measured before are measured."""
    path = session.folder / "basis.json"
    before = session.ground if path.is_file() else Ground(session.version, session.profile, {})
    ids = [each for each in session.cases if each not in before.cases]
    if not ids:
        return before
    tell(f"{len(ids)} cases on {session.version} as it is")
    session.folder.mkdir(parents=True, exist_ok=True)
    parts = [session.folder / f"basis-{number}.json" for number in range(session.processes)]
    # Cell by cell: the slow families are then shared out evenly.
    together(
        _measure,
        [(replace(session), ids[number :: len(parts)], part) for number, part in enumerate(parts)],
        lambda: None,
    )
    grounds = [read_ground(part, session.version, session.profile) for part in parts]
    cases = {case_id: case for ground in (before, *grounds) for case_id, case in ground.cases.items()}
    imported = before.imported.union(*(ground.imported for ground in grounds))
    write_ground(path, Ground(session.version, session.profile, cases, imported))
    for part in parts:
        part.unlink()
    session.__dict__.pop("ground", None)
    return session.ground


def check_asked(session: Session, kinds: Sequence[str], named: Sequence[str]) -> None:
    """Refuse what can be seen to be wrong before the cases are measured, which takes minutes.

    Raises `UnknownMutantError` for source mutants of what is not in Python, and for what no mutant can be called.
    Where on the wire there are some is known once the cases have shown it: `chosen` says then.
    """
    if "source" in kinds:
        session.source_mutants()
    known = [each.id for each in session.source_mutants()] if session.is_python else []
    for name in named:
        if name not in known and not may_be_called(name):
            raise UnknownMutantError(
                f"--mutant: {session.version} has no mutant {name!r}{nearest(name, known)}. One on the wire is called "
                "such as 'request POST /fapi/v1/order quantity changed'; mutants.md of an earlier proof lists them"
            )


def draw(session: Session, kinds: Sequence[str], sample: int | None, seed: int) -> list[str]:
    """Return the ids of the mutants of each kind: all of them, or a seeded sample of each."""
    drawn: list[str] = []
    for kind in kinds:
        ids = [each.id for each in (session.wire_mutants() if kind == "wire" else session.source_mutants())]
        drawn += ids if sample is None else random.Random(seed).sample(ids, min(sample, len(ids)))
    return drawn


def chosen(session: Session, named: Sequence[str]) -> list[str]:
    """Return the mutants of these ids; raises `UnknownMutantError` for another, with the nearest."""
    known = [each.id for each in session.wire_mutants()]
    known += [each.id for each in session.source_mutants()] if session.is_python else []
    for name in named:
        if name not in known:
            raise UnknownMutantError(f"--mutant: {session.version} has no mutant {name!r}{nearest(name, known)}")
    return list(named)


def try_all(session: Session, mutants: Sequence[str], on_trial: Callable[[Trial], None]) -> list[Trial]:
    """Try the mutants, those that were tried before excepted, and return the trials of all of them."""
    _open_again(session, mutants)
    told = dict(session.book.trials())

    def look() -> None:
        for mutant, trial in session.book.trials().items():
            if told.get(mutant) != trial:
                told[mutant] = trial
                on_trial(trial)

    together(_try_claimed, [(replace(session), mutants)] * session.processes, look)
    found = session.book.trials()
    return [found[each] for each in mutants if each in found]


def _open_again(session: Session, mutants: Sequence[str]) -> None:
    """Have survivors tried by cases that the contract had not, and take those for beyond that have a reason by now."""
    source = {each.id: each for each in session.source_mutants()} if session.is_python else {}
    for mutant, trial in session.book.trials().items():
        if mutant not in mutants or mutant not in source or trial.fate not in ("survived", "unreached"):
            continue
        beyond = _beyond(session, source[mutant])
        touched_by = len(touching(source[mutant], session.ground, session.cases))
        if beyond is not None:
            session.book.write(beyond)
        elif touched_by != trial.touched_by:
            session.book.write(replace(trial, fate="survived", touched_by=touched_by))


def together(work: Callable[..., None], arguments: Sequence[tuple[object, ...]], look: Callable[[], None]) -> None:
    """Have a process do each piece of work, and look on; none is left running."""
    spawn = multiprocessing.get_context("spawn")
    running: list[BaseProcess] = [spawn.Process(target=work, args=each, daemon=True) for each in arguments]
    try:
        for each in running:
            each.start()
        while any(each.is_alive() for each in running):
            time.sleep(_POLL_S)
            look()
    finally:
        for each in running:
            if each.is_alive():
                each.kill()
    look()
    if failed := [each.exitcode for each in running if each.exitcode]:
        raise ProofError(f"a process of the proof ended with {failed[0]}; what it said is above")


def _measure(session: Session, ids: Sequence[str], path: Path) -> None:
    asyncio.run(_measured(session, ids, path))


async def _measured(session: Session, ids: Sequence[str], path: Path) -> None:
    own = session.folder / path.stem
    watch = LineWatch(session.package, own) if session.is_python else None
    cases: dict[str, Basis] = {}
    imported: set[str] = set()
    async with session.player(overlay=None if watch is None else watch.overlay) as player:
        await player.subject.start()
        if watch is not None:
            imported = watch.lines()
        for case_id in ids:
            if watch is not None and player.subject.pid is not None:
                watch.begin_again(player.subject.pid)
            played = await player.play(session.cases[case_id])
            cases[case_id] = Basis(
                case_id=case_id,
                found=played.found,
                seconds=round(played.seconds, 3),
                places=sorted(map(str, places(played.history))),
                words=sorted(words(played.history)),
                lines=sorted(watch.lines()) if watch is not None else (),
            )
    write_ground(path, Ground(session.version, session.profile, cases, frozenset(imported)))


def _try_claimed(session: Session, mutants: Sequence[str]) -> None:
    asyncio.run(_tried(session, mutants))


async def _tried(session: Session, mutants: Sequence[str]) -> None:
    wire = {each.id: each for each in session.wire_mutants()}
    source = {each.id: each for each in session.source_mutants()} if session.is_python else {}
    field = Field(
        installation=session.installation,
        package=session.package,
        ground=session.ground,
        cases=session.cases,
        folder=session.folder,
        at_most=session.at_most,
        before=session.book.trials(),
        cache_database=session.database,
    )
    account = SimulatorWorld().account
    async with session.player() as player:
        field = replace(field, control=player)
        while (claimed := session.book.claim(mutants, session.at_most)) is not None:
            if claimed in source:
                trial = _beyond(session, source[claimed]) or await try_source(source[claimed], field)
            else:
                trial = await try_wire(wire[claimed], field, player, account)
            session.book.write(trial)


def _beyond(session: Session, mutant: SourceMutant) -> Trial | None:
    """Return the trial of a mutant that no USDⓈ-M trader can meet, without one."""
    line = (session.package / mutant.file).read_text(encoding="utf-8").splitlines()[mutant.line - 1]
    why = load_beyond().reason(mutant, line)
    if why is None:
        return None
    return Trial(mutant=mutant.id, kind="source", fate="beyond", why=why, text=mutant.text[:200])


def _place(text: str) -> Place:
    """Return the place of its own text: a route has a blank in it, nothing else does."""
    way, *rest = text.split(" ")
    count = 2 if way in ("request", "answer") else 1
    return Place(way, " ".join(rest[:count]), " ".join(rest[count:]))  # type: ignore[arg-type]
