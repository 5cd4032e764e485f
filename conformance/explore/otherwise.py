"""What one version sends and tells otherwise than another, on the same program: a change that breaks no invariant.

Two runs of a program are read as the histories of a case are (`conformance.wire_changes`): ids, times and the order of
concurrent reads are gone. What differs then is believed only if it differs again, in the same way, on a second run of
both.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from conformance.explore.playhouse import WIRE, Played, Sign, sign_of
from conformance.explore.program import Program
from conformance.history.history import History
from conformance.wire_changes.comparison import observed_alike
from conformance.wire_changes.differences import TROUBLED, Difference, differences

#: No program is a burst.
_BY_TIME = ("paces",)
#: A trader that is left alone, or looks for a stream, asks as often as the machine gives it time.
_TIMED = ("running", "reconnect")


type Performed = tuple[Played, History]


class Performer(Protocol):
    """A player that hands out the history, too."""

    def performs(self, program: Program, *, timeline: bool = False, written_to: Path | None = None) -> Performed:
        """Play the program once; return what it has shown and all that has happened."""
        ...


class Otherwise:
    """A player that shows what the other version, on the same program, does not show, send or tell."""

    def __init__(self, here: Performer, there: Performer) -> None:
        self._here = here
        self._there = there

    def __call__(self, program: Program, *, timeline: bool = False, history: Path | None = None) -> Played:
        """Play the program on both versions, and again if they differ on the wire."""
        played, mine = self._here.performs(program, timeline=timeline, written_to=history)
        other, theirs = self._there.performs(program)
        if played.broken or other.broken:
            return msgspec.structs.replace(played, signs=(), broken=played.broken or other.broken)
        signs = {sign.key: sign for sign in played.signs if not other.shows(sign.key)}
        if _signs(program, [theirs], [mine]):
            again = self._there.performs(program)[1], self._here.performs(program)[1]
            believed = _signs(program, [theirs, again[0]], [mine, again[1]])
            signs |= {sign.key: sign for sign in believed}
        return msgspec.structs.replace(
            played, signs=tuple(sorted(signs.values())), seconds=played.seconds + other.seconds
        )


def _signs(program: Program, theirs: list[History], mine: list[History]) -> list[Sign]:
    seen = observed_alike([*theirs, *mine])
    before, after = seen[: len(theirs)], seen[len(theirs) :]
    found = [each for each in differences(before, after) if each.topic.kind not in _BY_TIME]
    return [sign_of(f"{WIRE}{words}", detail, program) for each in found for words, detail in _told(each)]


def _told(difference: Difference) -> Iterator[tuple[str, str]]:
    """Yield the stable words of a difference, without its figures and kinds of order, and the figures."""
    kind, about, item, before, after = difference.key
    if kind == "asks" and (about.partition(" ")[0] in _TIMED or _is_asked_in_doubt(difference)):
        return
    where = " ".join(str(part) for part in difference.topic.where)
    yield _WORDS[kind](about, item, before, after), f"{where}: {before or 'nothing'} there, {after or 'nothing'} here"


def _is_asked_in_doubt(difference: Difference) -> bool:
    """Whether it is a question that the trader asks of itself after something went wrong, sooner or later."""
    return difference.stage == TROUBLED and difference.topic.item.startswith("GET ")


def _change(before: str, after: str, names: tuple[str, str, str]) -> str:
    """Return what became of something that was there and is not, or the reverse, or is there in another way."""
    new, gone, other = names
    absent = ("", "0")
    return new if before in absent else gone if after in absent else other


def _asks(about: str, item: str, before: str, after: str) -> str:
    change = _change(before, after, ("now asks", "no longer asks", "asks more or less often"))
    return f"{about.partition(' ')[0]} {change} {item}"


def _carries(about: str, item: str, before: str, after: str) -> str:
    change = _change(before, after, ("now carries", "no longer carries", "carries another"))
    return f"{' '.join(about.split(' ')[:2])} {change} {item}"


def _emits(about: str, item: str, before: str, after: str) -> str:
    del item
    change = _change(before, after, ("is now emitted", "is no longer emitted", "is emitted more or less often"))
    return f"{about} {change}"


def _says(about: str, item: str, before: str, after: str) -> str:
    return f"{about} {_change(before, after, ('now has', 'no longer has', 'has another'))} {item}"


def _in_order(*_: str) -> str:
    return "events come in another order"


def _connects(about: str, item: str, before: str, after: str) -> str:
    return f"{_change(before, after, ('now connects', 'no longer connects', 'connects otherwise'))} to {about} {item}"


_WORDS: dict[str, Callable[[str, str, str, str], str]] = {
    "asks": _asks,
    "carries": _carries,
    "emits": _emits,
    "says": _says,
    "in order": _in_order,
    "connects": _connects,
}
