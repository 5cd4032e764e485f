"""Programs that show nothing by the machine's fault."""

from conformance.explore.patience import Patient
from conformance.explore.playhouse import Played
from tests.explore.scripted_player import BATCH, ScriptedPlayer
from tests.explore.some import some


class _Busy(ScriptedPlayer):
    """Is not over in time, so often, and then shows a sign."""

    def __init__(self, times: int) -> None:
        super().__init__(lambda _: [BATCH])
        self._times = times

    def __call__(self, program: object, **how: object) -> Played:
        played = super().__call__(program, timeline=False)  # type: ignore[arg-type]
        return Played(broken="not over within 40 s") if len(self.played) <= self._times else played


def test_what_is_not_over_in_time_is_played_again() -> None:
    """A program that was given up once is played once more, and shows what it shows."""
    busy = _Busy(1)
    assert Patient(busy)(some()[0]).shows(BATCH.key)
    assert len(busy.played) == 2


def test_what_shows_something_is_played_once() -> None:
    """A program that is over in time is not played again."""
    busy = _Busy(0)
    assert Patient(busy)(some()[0]).shows(BATCH.key)
    assert len(busy.played) == 1


def test_what_is_given_up_twice_is_broken() -> None:
    """A program that is given up both times is told as broken: it may be the program."""
    assert Patient(_Busy(2))(some()[0]).broken == "not over within 40 s"
