"""Trying a mutant: cases that touch it are played, until one does something else than on the version as it is."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from conformance.binance.account import Account
from conformance.gateway.trader_side import TraderSide
from conformance.kit.metadata import Case
from conformance.kit.readiness import made_ready
from conformance.proof.basis import Basis, Ground, about_source
from conformance.proof.book import Trial
from conformance.proof.player import Played, Player
from conformance.proof.source.source_mutants import PACKAGE, SourceMutant
from conformance.proof.wire.faulty_adapter import FaultyAdapter
from conformance.proof.wire.wire_mutants import WireMutant
from conformance.subject.errors import ProvisionFailed, SubjectDied, SubjectHung
from conformance.subject.installations import Installation
from conformance.subject.profiles import load
from conformance.verdict.outcomes import Outcome
from conformance.worlds.cache_database import CacheDatabase

_PATIENCE = 4.0
"""A case that takes so many times as long as on the version as it is, and some seconds more, comes to no end."""
_MORE_S = 15.0
_RARE = 0.2
"""A line that fewer of the cases run is in the way of few."""
type MakeSide = Callable[[], TraderSide]
"""What stands between trader and suite, fresh for each case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What trials are made with."""

    installation: Installation
    package: Path
    """Where the adapter is installed."""
    ground: Ground
    cases: dict[str, Case]
    folder: Path
    at_most: int
    """So many cases are played for a mutant, no more: one that all of these miss counts as survived."""
    before: Mapping[str, Trial]
    """Earlier trials: what survived is tried by the cases that were not played then."""
    cache_database: CacheDatabase | None = None
    """Where the cases of warm restarts keep what a trader knew."""
    control: Player | None = None
    """The version as it is: what it does now as well is the machine's doing, not a mutant's."""


_SIGNED_OTHERWISE = "Only traders with an Ed25519 key do this, for whom a faulty adapter cannot sign."


async def try_wire(mutant: WireMutant, field: Field, player: Player, account: Account) -> Trial:
    """Try a wire mutant on a player, which stays fit for the next one.

    A faulty adapter signs anew with the account's HMAC key, so that a trader with another has nothing to say.
    """
    known = [each for each, case in field.cases.items() if case.profile is None or _is_signed_alike(case.profile)]
    touching_it = field.ground.touching(str(mutant.place))
    shown_by = _known(touching_it, known)
    trial = Trial(mutant=mutant.id, kind="wire", fate="survived", touched_by=len(shown_by))
    if touching_it and not shown_by:
        return replace(trial, fate="beyond", why=_SIGNED_OTHERWISE)
    return await _try(trial, shown_by, field, player, lambda: FaultyAdapter(mutant, account))


async def try_source(mutant: SourceMutant, field: Field) -> Trial:
    """Try a source mutant, in a process of its own."""
    running = touching(mutant, field.ground, field.cases)
    trial = Trial(mutant=mutant.id, kind="source", fate="survived", touched_by=len(running), text=mutant.text[:200])
    if not running:
        return replace(trial, fate="unreached")
    began_s = time.monotonic()
    with TemporaryDirectory(dir=field.folder, prefix="mutant-") as folder:
        place = Path(folder) / mutant.file
        place.parent.mkdir(parents=True, exist_ok=True)
        source = (field.package / mutant.file).read_text(encoding="utf-8")
        place.write_text(mutant.applied(source), encoding="utf-8")
        async with Player(
            field.installation,
            folder=Path(folder),
            profile=field.ground.profile,
            overlay={PACKAGE: Path(folder)},
            cache_database=field.cache_database,
        ) as player:
            try:
                await made_ready(player.subject)
            except (SubjectDied, SubjectHung, ProvisionFailed) as error:
                if isinstance(error, SubjectHung):
                    await _starts_in_time(field)
                said = f"cannot be imported: {str(error).splitlines()[0]}"
                return replace(trial, fate="caught", found=said, seconds=time.monotonic() - began_s)
            return await _try(trial, running, field, player, TraderSide)


def _is_signed_alike(profile: str) -> bool:
    """Whether a trader of this profile of a case's own signs with an HMAC key, in either generation."""
    return all(load(profile).key_type(generation) == "hmac" for generation in (1, 2))


async def _starts_in_time(field: Field) -> None:
    """Raise `SubjectHung` where the version as it is does not start in time either: the machine is too busy to tell."""
    async with Player(field.installation, folder=field.folder, profile=field.ground.profile) as sound:
        await sound.subject.start()


def touching(mutant: SourceMutant, ground: Ground, known: Collection[str]) -> list[Basis]:
    """Return the cases that run a source mutant's line, in the order in which they are worth a try.

    What a start does, every case runs. By turns those are tried that are about what stands there, and those that do
    something rare with it, in the same function or with the object that was made; then all others.
    """
    first, last = mutant.lines
    lines = [f"{mutant.file}:{line}" for line in range(first, last + 1)]
    found = _known(ground.running(lines, mutant.word), known)
    first, last = mutant.around
    beside = [f"{mutant.file}:{line}" for line in range(first, last + 1)]
    runs = {each.case_id: set(each.lines).intersection(beside) for each in found}
    often = Counter(line for lines in runs.values() for line in lines)
    rare = {line for line, times in often.items() if times < len(found) * _RARE}
    groups = about_source(mutant.file, mutant.function)
    theirs = [each for each in found if each.case_id.partition("-")[0] in groups]
    theirs.sort(key=lambda each: not runs[each.case_id] & rare)
    rarely = [each for each in found if runs[each.case_id] & rare and each not in theirs]
    first_tried = [each for pair in zip_longest(theirs, rarely) for each in pair if each is not None]
    return [*first_tried, *(each for each in found if each not in first_tried)]


def _known(cases: Sequence[Basis], known: Collection[str]) -> list[Basis]:
    """Return the cases without those of the basis that are not in the contract any more."""
    return [each for each in cases if each.case_id in known]


async def _try(trial: Trial, order: Sequence[Basis], field: Field, player: Player, side: MakeSide) -> Trial:
    began_s = time.monotonic()
    earlier = field.before.get(trial.mutant)
    missed_by = list(earlier.missed_by) if earlier is not None else []
    if not order:
        return replace(trial, fate="unreached")
    open_ = [each for each in order if each.case_id not in missed_by]
    for basis in open_[: max(0, field.at_most - len(missed_by))]:
        told = await _told(basis, field, player, side)
        if told is not None:
            seconds = round(time.monotonic() - began_s, 1)
            return replace(
                trial,
                fate="caught",
                case=basis.case_id,
                found=told.found[:300],
                tried=len(missed_by) + 1,
                seconds=seconds,
            )
        missed_by.append(basis.case_id)
    seconds = round(time.monotonic() - began_s, 1)
    return replace(trial, tried=len(missed_by), missed_by=tuple(missed_by), seconds=seconds)


async def _told(basis: Basis, field: Field, player: Player, side: MakeSide) -> Played | None:
    """Return what a case did if it detects the mutant twice, and the version as it is does not do the same now.

    A single difference can come from a busy machine, and so can two on one that is busier than the basis was.
    """
    within_s = basis.seconds * _PATIENCE + _MORE_S
    last: Played | None = None
    for _ in range(2):
        last = await player.play(field.cases[basis.case_id], side(), within_s=within_s)
        if not _tells(last, basis):
            return None
    if field.control is not None:
        now = await field.control.play(field.cases[basis.case_id], within_s=within_s)
        if _tells(now, basis):
            return None
    return last


def _tells(played: Played, basis: Basis) -> bool:
    """Whether a run would have said so: a failure that there was not before, or with other words.

    A known failure that passes would be said too, but a race that a version loses at times passes by itself at others.
    """
    return played.outcome is Outcome.FAILED and played.found != basis.found
