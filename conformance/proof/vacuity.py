"""Playing the contract on traders that do not do their work, by several processes, resumable."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from conformance.proof.book import Trial
from conformance.proof.player import Player
from conformance.proof.session import Session, together
from conformance.proof.vacuous import Vacuity, came_into_play, load_rows, overlay_of, side_of
from conformance.proof.vacuous import traders as all_traders
from conformance.verdict.outcomes import Outcome

_ENDS_WITHIN_S = 40.0
#: A start without answers need not use its whole timeout in every case.
_IMPATIENT = {"timeout_connection_s": 1.0}


def vacuity(session: Session, traders: Sequence[str], on_trial: Callable[[Trial], None]) -> tuple[Vacuity, list[str]]:
    """Play all cases on each trader; return what they pass, and what of the data explains nothing any more.

    That is said only of rows whose cases, of whichever tier, and traders are all of this session.
    """
    names = [f"{trader} {case_id}" for trader in traders for case_id in session.cases]
    told: set[str] = set(session.book.trials())

    def look() -> None:
        for name, trial in session.book.trials().items():
            if name not in told:
                told.add(name)
                on_trial(trial)

    session.folder.mkdir(parents=True, exist_ok=True)
    together(_play_claimed, [(replace(session), names)] * session.processes, look)
    trials = session.book.trials()
    played = [_pair(name) for name in names if name in trials and trials[name].fate != "unreached"]
    found = Vacuity([_pair(name) for name in names if name in trials and trials[name].fate == "survived"], load_rows())
    idle = found.idle(played, left_out(session, traders))
    return found, [f"{row.cases[0]} on {', '.join(row.traders)}" for row in idle]


def left_out(session: Session, traders: Sequence[str]) -> list[tuple[str, str]]:
    """Return the traders and cases that a session does not play on these traders: other traders, and other cases."""
    cases = replace(session, case_ids=(), tier="full").cases
    own = {(trader, case_id) for trader in traders for case_id in session.cases}
    return [each for trader in all_traders() for case_id in cases if (each := (trader, case_id)) not in own]


def _pair(name: str) -> tuple[str, str]:
    trader, _, case_id = name.partition(" ")
    return trader, case_id


def _play_claimed(session: Session, names: Sequence[str]) -> None:
    asyncio.run(_played(session, names))


async def _played(session: Session, names: Sequence[str]) -> None:
    player: Player | None = None
    on = ""
    try:
        while (claimed := session.book.claim(names)) is not None:
            trader, case_id = _pair(claimed)
            if player is None or trader != on:
                if player is not None:
                    await player.subject.close()
                overlay = overlay_of(trader, session.package, session.folder / "traders" / trader)
                on, player = trader, session.player(overlay=overlay)
            case, side = session.cases[case_id], side_of(trader)
            impatient = _IMPATIENT if trader == "is_never_answered" else {}
            played = await player.play(case, side, within_s=_ENDS_WITHIN_S, config=impatient)
            fate = {Outcome.PASSED: "survived", Outcome.UNSUPPORTED: "unreached"}.get(played.outcome, "caught")
            if fate == "survived" and not came_into_play(trader, played.history, side):
                fate = "unreached"
            session.book.write(
                Trial(
                    mutant=claimed,
                    kind="vacuity",
                    fate=fate,  # type: ignore[arg-type]
                    case=case_id,
                    found=played.found[:200],
                    seconds=round(played.seconds, 1),
                )
            )
    finally:
        if player is not None:
            await player.subject.close()
