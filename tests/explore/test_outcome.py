"""The file that is the same whenever the same is explored again."""

import itertools
from collections.abc import Iterable
from pathlib import Path

import msgspec

from conformance.explore.exploring import Exploration, Limits, explore
from conformance.explore.findings import Record
from conformance.explore.generating import made_up
from conformance.explore.outcome import OUTCOME, write_outcome
from conformance.explore.playhouse import Played, Sign
from conformance.explore.program import Program
from conformance.explore.steps.commands import CancelBatch
from conformance.explore.steps.submission import Submit
from conformance.explore.weights import load_weights
from tests.explore.scripted_player import BATCH, LOST, OneAfterTheOther, ScriptedPlayer, both


class _Restless(ScriptedPlayer):
    """Shows what its rule says, each time with other figures, in another order, and after another time."""

    def __init__(self, first_event: int) -> None:
        super().__init__(both)
        self._events = itertools.count(first_event)

    def __call__(self, program: Program, **_: object) -> Played:
        signs = [Sign(sign.signature, sign.orders, f"event #{next(self._events)}") for sign in both(program)]
        return Played(signs=tuple(signs if next(self._events) % 3 else signs[::-1]), seconds=next(self._events))


def explored(player: ScriptedPlayer, *, seed: int = 9) -> Exploration:
    """Return what some programs show."""
    return explore(made_up(load_weights(), seed), OneAfterTheOther(player), Record("1.231.0"), Limits(programs=40))


def outcome(folder: Path, exploration: Exploration, *, seed: int = 9) -> bytes:
    """Return the file that an exploration leaves."""
    write_outcome(folder, exploration, version="1.231.0", against=None, seed=seed)
    return (folder / OUTCOME).read_bytes()


def test_same_programs_and_findings_are_the_same_file(tmp_path: Path) -> None:
    """Figures, times, and which of several signs is seen first make no difference to the file."""
    runs = [explored(_Restless(first)) for first in (10, 500)]
    assert [each.sign.detail for each in runs[0].findings] != [each.sign.detail for each in runs[1].findings]
    assert outcome(tmp_path / "one", runs[0]) == outcome(tmp_path / "two", runs[1])


def test_other_programs_are_another_file(tmp_path: Path) -> None:
    """Another seed shows in the file by its programs, and what is found by its findings."""
    one, two = explored(_Restless(0)), explored(_Restless(0), seed=12)
    assert outcome(tmp_path / "one", one) != outcome(tmp_path / "two", two)
    nothing = explored(ScriptedPlayer(lambda _: ()))
    assert outcome(tmp_path / "one", one) != outcome(tmp_path / "two", nothing)


def test_file_has_programs_and_what_they_surely_show(tmp_path: Path) -> None:
    """Every program is in it, and each finding but those that show now and then."""
    counted = itertools.count()

    def now_and_then(program: Program) -> Iterable[Sign]:
        yield from (sign for sign in both(program) if sign != LOST or next(counted) % 3 == 0)

    found = explored(ScriptedPlayer(now_and_then))
    assert {each.sign.key for each in found.findings} == {BATCH.key, LOST.key}
    told = msgspec.json.decode(outcome(tmp_path, found))
    assert len(told["programs"]) == 40
    assert {each["rule"] for each in told["findings"]} == {BATCH.signature}


def test_what_could_not_be_played_is_told(tmp_path: Path) -> None:
    """A file of fewer programs that were played than of others is not the same, even where both found nothing."""

    class Broken(ScriptedPlayer):
        def __call__(self, program: Program, **_: object) -> Played:
            return Played(broken="no subject")

    nothing, unplayed = explored(ScriptedPlayer(lambda _: ())), explored(Broken(lambda _: ()))
    assert outcome(tmp_path / "one", nothing) != outcome(tmp_path / "two", unplayed)


def test_what_takes_a_race_is_in_the_report_alone(tmp_path: Path) -> None:
    """What shows only where a step follows another at once is a finding, and not in the file."""
    race = Program.of([Submit(order="a", kind="stop", at_once=True), CancelBatch(orders=("a",))])
    player = ScriptedPlayer(lambda program: [BATCH] if program.races else [])
    found = explore(iter([race]), OneAfterTheOther(player), Record("1.231.0"), Limits(programs=1))
    assert [each.shown for each in found.findings] == [5]
    assert msgspec.json.decode(outcome(tmp_path, found))["findings"] == []


def test_letters_of_orders_make_no_difference(tmp_path: Path) -> None:
    """Two smallest programs that differ in what their orders are called are the same in the file."""
    files = []
    for letter in "ab":
        program = Program.of([Submit(order=letter, kind="stop"), CancelBatch(orders=(letter,))])
        found = explore(iter([program]), OneAfterTheOther(ScriptedPlayer(both)), Record("1.231.0"), Limits(programs=1))
        files.append(msgspec.json.decode(outcome(tmp_path, found))["findings"])
    assert files[0] == files[1]
    assert files[0]
