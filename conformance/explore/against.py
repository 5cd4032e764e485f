"""One version against another: what a program shows on the one and not on the other."""

from pathlib import Path

import msgspec

from conformance.explore.playhouse import Played, Player
from conformance.explore.program import Program


class OnlyHere:
    """A player that shows of a program only what the other version, on the same program, does not show."""

    def __init__(self, here: Player, there: Player) -> None:
        self._here = here
        self._there = there

    def __call__(self, program: Program, *, timeline: bool = False, history: Path | None = None) -> Played:
        """Play the program here and, if it shows anything, there too."""
        here = self._here(program, timeline=timeline, history=history)
        if not here.signs:
            return here
        there = self._there(program)
        if there.broken:
            return msgspec.structs.replace(here, signs=(), broken=there.broken)
        signs = tuple(sign for sign in here.signs if not there.shows(sign.key))
        return msgspec.structs.replace(here, signs=signs, seconds=here.seconds + there.seconds)
