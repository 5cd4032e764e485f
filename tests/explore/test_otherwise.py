"""What one version sends and tells otherwise than another, on the same program."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.explore.otherwise import Otherwise
from conformance.explore.playhouse import Played, Sign
from conformance.explore.program import Program
from conformance.history.history import History
from tests.explore.scripted_player import BATCH, LOST
from tests.explore.some import some
from tests.wire_changes.lives import READS, Life

_PLAIN = Life().start().submit().stop()
_MORE = Life().start((*READS, "GET /fapi/v1/time")).submit().stop()
_MORE_ASKED = "on the wire: start now asks GET /fapi/v1/time"


class _Scripted:
    """Performs with one history after the other, the last for ever."""

    def __init__(self, *lives: Life, signs: Sequence[Sign] = (), broken: str = "") -> None:
        self._played = Played(signs=tuple(signs), broken=broken)
        self._histories = self._each(lives)

    def _each(self, lives: Sequence[Life]) -> Iterator[History]:
        for life in lives:
            yield life.history
        while True:
            yield lives[-1].history

    def performs(
        self, program: Program, *, timeline: bool = False, written_to: Path | None = None
    ) -> tuple[Played, History]:
        del program, timeline, written_to
        return self._played, next(self._histories)


def shown(here: _Scripted, there: _Scripted) -> list[str]:
    """Return the signatures of what only the first shows."""
    return [sign.signature for sign in Otherwise(here, there)(some()[0]).signs]


def test_what_both_do_alike_is_no_sign() -> None:
    """Two versions that send and tell the same show nothing."""
    assert shown(_Scripted(_PLAIN), _Scripted(_PLAIN)) == []


def test_what_is_asked_otherwise_is_a_sign() -> None:
    """A question that only one version asks is told, in words without figures, whichever of the two asks it."""
    assert shown(_Scripted(_MORE), _Scripted(_PLAIN)) == [_MORE_ASKED]
    assert shown(_Scripted(_PLAIN), _Scripted(_MORE)) == [_MORE_ASKED.replace("now", "no longer")]


def test_what_a_second_run_does_not_show_is_chance() -> None:
    """What differs in the first run of both, and not again in the second, is not believed."""
    assert shown(_Scripted(_MORE, _PLAIN), _Scripted(_PLAIN)) == []
    assert shown(_Scripted(_PLAIN), _Scripted(_MORE, _PLAIN)) == []


def test_what_breaks_a_rule_on_one_side_alone_is_a_sign() -> None:
    """A sign of the invariants counts as it does without the wire: where only this version shows it."""
    assert shown(_Scripted(_PLAIN, signs=[BATCH, LOST]), _Scripted(_PLAIN, signs=[LOST])) == [BATCH.signature]


def test_what_is_broken_shows_nothing() -> None:
    """A program that the suite could not play on one of the two compares with nothing."""
    played = Otherwise(_Scripted(_MORE), _Scripted(_PLAIN, broken="not over within 40 s"))(some()[0])
    assert (played.signs, played.broken) == ((), "not over within 40 s")
