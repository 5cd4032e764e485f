"""Where programs are played: one subject's process serves one program after the other, each with a venue of its own."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from conformance.explore.playing import play
from conformance.explore.program import Program
from conformance.explore.situations import Situation, situations
from conformance.explore.stage import Stage
from conformance.explore.standstill import where_it_stood
from conformance.history.history import History
from conformance.invariants import violations
from conformance.kit.failure import CheckError
from conformance.kit.readiness import made_ready
from conformance.kit.run import CaseRun
from conformance.kit.traders import Traders
from conformance.kit.user_stream import UserStream
from conformance.subject.errors import SubjectDied, SubjectError, SubjectHung
from conformance.subject.profiles import Profile, generation_of
from conformance.subject.subject import Subject
from conformance.worlds.cache_database import CacheDatabase
from conformance.worlds.simulator import SimulatorWorld

_NAME = "PRG-000"
#: A program of ten steps takes half a second, and ten seconds on a busy machine; one in which nothing happens for so
#: long is stuck, and so is one that is not over in four times as long, whatever happens in it.
_LONGEST_S = 40.0
_TIMES = 4
_INVARIANT = re.compile(r"invariant (\d+):")
#: What follows from other things going wrong, the farthest from the cause last.
_FAR = (1, 2, 12, 11, 8)
#: How the signature of a sign begins that says what another version sends or tells otherwise.
WIRE = "on the wire: "
_ORDER = re.compile(r"\bPRG-([a-z])\b")


class Sign(msgspec.Struct, frozen=True, order=True):
    """One way in which a program shows that something is wrong."""

    signature: str
    """The stable words of the rule that was broken."""
    orders: str = ""
    """The sorts of the orders that it is about: one rule may be broken for a resting order and for a stop."""
    detail: str = ""
    """What it is in this history, with figures."""

    @property
    def rank(self) -> tuple[int, int]:
        """How near it is to the cause, the nearest first: that books differ at the end says the least about it.

        That something is broken counts before that it is otherwise than in another version.
        """
        if self.signature.startswith(WIRE):
            return len(_FAR) + 1, 0
        number = int(found[1]) if (found := _INVARIANT.match(self.signature)) else 0
        return (_FAR.index(number) + 1 if number in _FAR else 0), number

    @property
    def key(self) -> tuple[str, str]:
        """By what the same sign is known again in another program: without its figures."""
        return self.signature, self.orders


class Played(msgspec.Struct, frozen=True):
    """What a program has shown."""

    signs: tuple[Sign, ...] = ()
    broken: str = ""
    """Why it has shown nothing, by the suite's or the machine's fault."""
    seconds: float = 0.0
    situations: tuple[Situation, ...] = ()
    timeline: str = ""

    def shows(self, key: tuple[str, str]) -> bool:
        """Say whether it shows this sign."""
        return any(sign.key == key for sign in self.signs)


class Player(Protocol):
    """Whoever can play a program; tests have their own."""

    def __call__(self, program: Program, *, timeline: bool = False, history: Path | None = None) -> Played:
        """Play the program once; `history` is where to write it down."""
        ...


class Playhouse:
    """Plays programs on one subject, in one process. `close` ends the subject."""

    def __init__(self, subject: Subject, profile: Profile, cache_database: CacheDatabase | None = None) -> None:
        """`cache_database` is where the traders of a program with a warm restart keep what they know."""
        self._subject = subject
        self._cache_database = cache_database
        self._profile = profile
        self._runner = asyncio.Runner()

    def __call__(self, program: Program, *, timeline: bool = False, history: Path | None = None) -> Played:
        """Play the program once."""
        return self.performs(program, timeline=timeline, written_to=history)[0]

    def performs(
        self, program: Program, *, timeline: bool = False, written_to: Path | None = None
    ) -> tuple[Played, History]:
        """Play the program once; return what it has shown, and all that has happened."""
        return self._runner.run(self._play(program, timeline, written_to))

    def close(self) -> None:
        """End the subject's process."""
        self._runner.run(self._subject.close())
        self._runner.close()

    async def _play(self, program: Program, timeline: bool, written_to: Path | None) -> tuple[Played, History]:
        began = time.monotonic()
        cache = self._cache_database if program.is_warm else None
        key_type = self._profile.key_type(generation_of(self._subject.installation.version))
        world = SimulatorWorld(key_type=key_type)
        run = CaseRun(_NAME, self._subject, world, cache_database=cache, needs=program.needs, profile=self._profile)
        broken, signs = "", list[Sign]()
        limit = asyncio.timeout(_LONGEST_S)
        try:
            # A process has its own time to start: on a busy machine it would take the program's.
            await made_ready(self._subject)
            async with limit, _extended(limit, run.history):
                await run.open()
                signs += await _performed(run, program, keeps_cache=cache is not None)
                trouble = await run.trouble()
                broken = "" if trouble is None else str(trouble)
        except (SubjectError, Exception) as error:  # noqa: BLE001 - whatever it is, the next program goes on
            late = isinstance(error, TimeoutError) and limit.expired()
            what = f"not over within {_LONGEST_S:g} s" if late else f"{type(error).__name__}: {error}".strip(": ")
            broken = f"{what}, at {where_it_stood(run.history, error)}"
        finally:
            await run.close()
        signs += [sign_of(violation.signature, violation.detail, program) for violation in violations(run.history)]
        if written_to is not None:
            run.write(written_to)
        played = Played(
            signs=tuple(sorted({sign.key: sign for sign in signs}.values())) if not broken else (),
            broken=broken,
            seconds=time.monotonic() - began,
            situations=tuple(situations(run.history)),
            timeline=run.history.timeline(None) if timeline else "",
        )
        return played, run.history


@asynccontextmanager
async def _extended(limit: asyncio.Timeout, history: History) -> AsyncIterator[None]:
    """Put the limit off for as long as something happens."""
    loop = asyncio.get_running_loop()
    last = loop.time() + _TIMES * _LONGEST_S

    async def watches() -> None:
        seen = -1
        while True:
            if len(history) != seen:
                seen = len(history)
                limit.reschedule(min(loop.time() + _LONGEST_S, last))
            await asyncio.sleep(_LONGEST_S / 40)

    watching = asyncio.create_task(watches())
    try:
        yield
    finally:
        watching.cancel()


async def _performed(run: CaseRun, program: Program, *, keeps_cache: bool = False) -> Sequence[Sign]:
    """Play the program and return what is wrong beside the invariants."""
    stage = Stage(
        traders=Traders(run, {}),
        market=run.market,
        venue=run.venue,
        faults=run.gateway.faults,
        user_stream=UserStream(run.gateway, run.history),
        keeps_cache=keeps_cache,
    )
    try:
        await play(program, stage)
    except CheckError as error:
        return [sign_of(error.signature, str(error).splitlines()[0], program)]
    except SubjectDied as error:
        return [sign_of(f"the trader's process died during {error.during}", error.log_tail[-500:], program)]
    except SubjectHung as error:
        return [sign_of(f"the trader hung at {error.op}", error.log_tail[-500:], program)]
    return []


def sign_of(signature: str, detail: str, program: Program) -> Sign:
    """Return a sign about the orders of the program that its detail names."""
    sorts = {letter: sort for step in program.steps for letter, sort in step.sorts.items()}
    about = sorted({sorts[letter] for letter in _ORDER.findall(detail) if letter in sorts})
    return Sign(signature, ", ".join(about), detail[:600])
