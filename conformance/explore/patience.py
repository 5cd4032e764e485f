"""A second try for programs that show nothing by the machine's fault: a busy machine must not decide what is found."""

from pathlib import Path

import msgspec

from conformance.explore.playhouse import Played, Player
from conformance.explore.program import Program


class Patient:
    """A player that plays a program once more that was not over in time, or that the suite broke."""

    def __init__(self, player: Player) -> None:
        self._player = player

    def __call__(self, program: Program, *, timeline: bool = False, history: Path | None = None) -> Played:
        """Play the program, twice where the first time says nothing about it."""
        first = self._player(program, timeline=timeline, history=history)
        if not first.broken:
            return first
        again = self._player(program, timeline=timeline, history=history)
        return msgspec.structs.replace(again, seconds=first.seconds + again.seconds)
