"""Plays cases without pytest, many one after another in one process: a mutant then costs what its cases cost."""

import asyncio
import inspect
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance.gateway.trader_side import TraderSide
from conformance.history.history import History
from conformance.kit.given import NAMES, Given
from conformance.kit.metadata import Case
from conformance.kit.readiness import database_for, made_ready_for, require_kept_by
from conformance.kit.run import CaseRun
from conformance.subject.installations import Installation
from conformance.subject.profiles import load
from conformance.subject.subject import Subject
from conformance.verdict.outcomes import Outcome
from conformance.verdict.phases import CaseSoFar
from conformance.worlds.cache_database import CacheDatabase
from conformance.worlds.simulator import SimulatorWorld

_ENDS_WITHIN_S = 120.0
"""As pytest's own limit in a run: no case is meant to take a tenth of it."""
_AS_IT_IS: Mapping[str, Any] = {}


class EndlessError(AssertionError):
    """A case that came to no end."""


@dataclass(frozen=True, slots=True)
class Played:
    """What one case did."""

    case_id: str
    outcome: Outcome
    signature: str | None
    reason: str | None
    seconds: float
    history: History = field(repr=False)

    @property
    def found(self) -> str:
        """The outcome, and the signature of a failure: what two plays of one case are compared by."""
        return f"{self.outcome}: {self.signature}" if self.outcome is Outcome.FAILED else str(self.outcome)


class Player:
    """A version, with an overlay if given, that plays cases in the simulator world. An async context manager."""

    def __init__(
        self,
        installation: Installation,
        *,
        folder: Path,
        profile: str = "default",
        overlay: Mapping[str, Path] | None = None,
        cache_database: CacheDatabase | None = None,
    ) -> None:
        """`folder` is where the traders' logs go."""
        self.subject = Subject(installation, logs=folder / "logs", overlay=overlay)
        self._profile = profile
        self._cache_database = cache_database

    async def __aenter__(self) -> "Player":
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.subject.close()

    async def play(
        self,
        case: Case,
        side: TraderSide | None = None,
        *,
        within_s: float = _ENDS_WITHIN_S,
        config: Mapping[str, Any] = _AS_IT_IS,
    ) -> Played:
        """Play one case with `side` between its traders and the suite; return what it did, whatever that is.

        `config` is what its traders have beyond what the case gives them.
        """
        so_far, began_s = CaseSoFar(), time.monotonic()
        history = History()
        run: CaseRun | None = None
        try:
            async with asyncio.timeout(within_s) as limit:
                run = await self._opened(case, side)
                history = run.history
                given = await self._given(case, run, config)
                so_far.add("setup", None, 0)
                await self._call(case, run, given)
                so_far.add("call", None, 0)
        except TimeoutError as error:
            ended = EndlessError(f"the case came to no end within {within_s:g} s") if limit.expired() else error
            so_far.add("call", ended, 0)
        except Exception as error:  # noqa: BLE001 - whatever a case raises is what it did
            so_far.add("call", error, 0)
        try:
            if run is not None:
                async with asyncio.timeout(within_s):
                    await run.close()
        except Exception as error:  # noqa: BLE001
            so_far.add("teardown", error, 0)
        seconds = time.monotonic() - began_s
        return Played(case.id, so_far.outcome, so_far.signature, so_far.reason, seconds, history)

    async def _opened(self, case: Case, side: TraderSide | None) -> CaseRun:
        require_kept_by(case, None)
        profile = await made_ready_for(case, self.subject, load(self._profile))
        run = CaseRun(
            case.id,
            self.subject,
            SimulatorWorld(key_type=profile.key_type(self.subject.generation)),
            cache_database=database_for(case, self._cache_database),
            needs=case.needs,
            profile=profile,
            side=side,
        )
        try:
            await run.open()
        except BaseException:
            await run.close()
            raise
        return run

    async def _given(self, case: Case, run: CaseRun, config: Mapping[str, Any]) -> dict[str, Any]:
        beside = Given(run, {**case.trader, **config})
        ready = {name: getattr(beside, name) for name in NAMES} | {"run": run, "subject": self.subject}
        given = dict(case.arguments)
        for name in inspect.signature(case.test).parameters:
            if name not in given:
                given[name] = await beside.traders.start() if name == "trader" else ready[name]
        return given

    async def _call(self, case: Case, run: CaseRun, given: Mapping[str, Any]) -> None:
        try:
            await case.test(**given)
        except Exception as error:
            await run.excuse(error)
            raise
        await run.conclude()
