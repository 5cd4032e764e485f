"""An exploration from its programs to its findings, with a scripted subject."""

import itertools
from collections.abc import Iterable
from pathlib import Path

from conformance.explore.against import OnlyHere
from conformance.explore.exploring import Exploration, Limits, explore
from conformance.explore.findings import Finding, Record
from conformance.explore.generating import made_up
from conformance.explore.kept import KeptProgram
from conformance.explore.playhouse import Played, Sign
from conformance.explore.program import Program
from conformance.explore.steps.commands import CancelBatch
from conformance.explore.steps.submission import Submit
from conformance.explore.weights import load_weights
from conformance.report.exploration import exploration_text
from conformance.verdict.defects import Defect, Defects
from conformance.verdict.spans import Span
from tests.explore.scripted_player import (
    BATCH,
    LOST,
    OneAfterTheOther,
    Rule,
    ScriptedPlayer,
    both,
    cancels_stops_in_a_batch,
    loses_stops_after_a_fault,
)
from tests.explore.some import of_all_kinds

_VERSION = "1.231.0"
_ONE = Program.of([Submit(order="a", kind="stop"), CancelBatch(orders=("a",))])


def explored(rule: Rule, *, record: Record | None = None, limits: Limits | None = None) -> Exploration:
    """Return what some programs show by a rule."""
    return explore(
        iter(of_all_kinds()),
        OneAfterTheOther(ScriptedPlayer(rule)),
        record or Record(_VERSION),
        limits or Limits(programs=60),
    )


def on_record(signature: str, *, kept: bool) -> Record:
    """Return a record of one defect, with a kept program that shows it or with a case of another kind."""
    case = "PRG-010" if kept else "CXL-035"
    shown = ((Span.parse(">=1.222.0,<3"), signature),)
    defect = Defect(id="a-defect", summary="it is lost", upstream=(), versions=(shown[0][0],), cases={case: shown})
    programs = [KeptProgram(name="PRG-010", words="", program=_ONE)] if kept else []
    return Record(_VERSION, Defects([defect]), programs)


def test_each_defect_is_one_finding() -> None:
    """However many programs show it, a defect is one finding, with their count and the smallest program."""
    found = explored(both)
    assert sorted((finding.sign.key, len(finding.program.steps)) for finding in found.findings) == sorted(
        [(BATCH.key, 2), (LOST.key, 2)]
    )
    counts = {finding.sign.key: finding.instances for finding in found.findings}
    assert counts[BATCH.key] == sum(1 for program in of_all_kinds()[:60] if any(cancels_stops_in_a_batch(program)))
    assert counts[LOST.key] == sum(1 for program in of_all_kinds()[:60] if any(loses_stops_after_a_fault(program)))


def test_nothing_wrong_is_no_finding() -> None:
    """Programs that show nothing come to nothing, and are counted."""
    found = explored(lambda _: ())
    assert (found.programs, found.shown, found.findings) == (60, 0, [])


def test_same_seed_finds_the_same() -> None:
    """The same programs on the same version come to the same findings, to the letter."""
    runs = [
        explore(
            made_up(load_weights(), 9),
            OneAfterTheOther(ScriptedPlayer(both)),
            Record(_VERSION),
            Limits(programs=40),
        ).findings
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert runs[0]


def test_two_causes_of_one_sign_are_two_findings() -> None:
    """A sign that shows in two ways, of which no smallest program explains the other, is two findings."""

    def two_ways(program: Program) -> Iterable[Sign]:
        if any(isinstance(step, CancelBatch) for step in program.steps) or "restart" in program.shape:
            yield LOST

    shapes = {finding.program.shape[-1] for finding in explored(two_ways).findings}
    assert shapes == {"cancel batch", "restart"}


def test_known_defect_is_counted_apart_by_its_kept_program() -> None:
    """A sign that a kept program shows, in a program that contains it, is the known defect's; another sign is new."""
    found = explored(both, record=on_record(LOST.signature.replace("position", "order"), kept=True))
    assert not found.known
    found = explored(both, record=on_record(BATCH.signature, kept=True))
    assert [finding.sign.key for finding in found.new] == [LOST.key]
    assert found.known["a-defect"] > 0


def test_known_sign_in_another_program_is_new() -> None:
    """That books differ is on record for one program; where it comes of another, it is not taken for the same."""

    def loses(program: Program) -> Iterable[Sign]:
        return [Sign(LOST.signature)] if "restart" in program.shape else []

    found = explored(loses, record=on_record(LOST.signature, kept=True))
    assert [finding.known for finding in found.findings] == [""]


def test_telling_sign_is_known_from_any_case() -> None:
    """A signature that says its cause, such as a stop cancelled at the wrong endpoint, is known from any case."""
    found = explored(cancels_stops_in_a_batch, record=on_record(BATCH.signature, kept=False))
    assert not found.findings
    assert found.known["a-defect"] > 0


def test_what_does_not_come_back_is_apart() -> None:
    """What shows once and never again is told as that, and is not new."""
    shown = itertools.chain([[BATCH]], itertools.repeat([]))
    found = explored(lambda _: next(shown))
    text = exploration_text(found, "title", {})
    assert "## New: 0 findings" in text
    assert "## Did not come back: 1 finding" in text


def test_time_is_kept_to() -> None:
    """Where seconds are the limit, programs are played for a part of it, and what was not examined is counted."""
    clock = itertools.count()
    found = explore(
        made_up(load_weights(), 3),
        OneAfterTheOther(ScriptedPlayer(both)),
        Record(_VERSION),
        Limits(seconds=60),
        now=lambda: float(next(clock)),
    )
    assert 0 < found.programs < 60


def test_broken_programs_are_told() -> None:
    """A program that shows nothing by the suite's fault is counted, with why."""

    class Broken(ScriptedPlayer):
        def __call__(self, program: Program, **_: object) -> Played:
            return Played(broken="SuiteError: the gateway failed")

    found = explore(iter(of_all_kinds()), OneAfterTheOther(Broken(both)), Record(_VERSION), Limits(programs=5))
    assert len(found.broken) == 5
    assert "the gateway failed" in exploration_text(found, "title", {})


def test_what_was_broken_once_is_played_after_the_others() -> None:
    """A program that could not be played, as no subject had started yet, is played at the end, and shows the same."""

    class Starting(ScriptedPlayer):
        def __call__(self, program: Program, *, timeline: bool = False, history: Path | None = None) -> Played:
            played = super().__call__(program, timeline=timeline, history=history)
            return Played(broken="no subject yet") if len(self.played) <= 8 else played

    late = explore(iter(of_all_kinds()), OneAfterTheOther(Starting(both)), Record(_VERSION), Limits(programs=60))
    assert not late.broken
    assert (late.findings, late.shown) == ((usual := explored(both)).findings, usual.shown)


def test_against_another_version_only_the_difference_shows() -> None:
    """What both versions show speaks against neither."""
    here, there = ScriptedPlayer(both), ScriptedPlayer(cancels_stops_in_a_batch)
    found = explore(
        iter(of_all_kinds()), OneAfterTheOther(OnlyHere(here, there)), Record(_VERSION), Limits(programs=60)
    )
    assert [finding.sign.key for finding in found.findings] == [LOST.key]


def test_what_a_race_shows_on_one_of_two_versions_speaks_against_neither() -> None:
    """Of a comparison a finding is believed that most proofs show; of one version, whatever came back."""
    sign = Sign("invariant 1: OrderAccepted after the terminal state REJECTED")
    finding = Finding(sign=sign, program=_ONE, first=_ONE, shown=2, tries=5, plays=9)

    alone, two = (Exploration(findings=[finding], played=[_ONE], compared=compared) for compared in (False, True))

    assert (alone.against, two.against) == ([finding], [])
    assert f"## By chance, perhaps on both versions: 1 finding\n- {finding.in_a_line()}" in exploration_text(
        two, "title", {}
    )


def test_report_says_what_was_found() -> None:
    """The report has every new finding with its program and its share, the known defects, and the situations."""
    found = explored(both, record=on_record(BATCH.signature, kept=True))
    text = exploration_text(found, "title", {"a-defect": "it is lost"}, cases=True)
    assert "## New: 1 finding\n" in text
    assert "submit" in text
    assert "Shown in 5 of 5 runs" in text
    assert "- a-defect: it is lost" in text
    assert "async def test_found_by_exploration" in text


def test_consequences_of_one_cause_are_one_finding() -> None:
    """Of several signs in one program the nearest to the cause is examined; the others stand beside it."""
    early = Sign("invariant 3: OrderRejected though its fate was unknown (503, -1000)", "stop")

    def two_signs(program: Program) -> Iterable[Sign]:
        return [LOST, early] if any(loses_stops_after_a_fault(program)) else []

    (finding,) = explored(two_signs).findings
    assert finding.sign == early
    assert finding.also == (LOST,)


def test_what_shows_beside_a_known_defect_is_not_taken_for_new() -> None:
    """Another sign of a program that shows a known defect may be its consequence: it is counted, and not examined."""

    def beside(program: Program) -> Iterable[Sign]:
        return [BATCH, LOST] if any(cancels_stops_in_a_batch(program)) else []

    found = explored(beside, record=on_record(BATCH.signature, kept=True))
    assert not found.findings
    assert found.beside == {LOST.signature: found.known["a-defect"]}
    assert "Beside known defects" in exploration_text(found, "title", {})


def test_what_shows_by_itself_too_is_new() -> None:
    """A sign that shows beside a known defect and in other programs as well is found by those."""
    found = explored(both, record=on_record(BATCH.signature, kept=True))
    assert [finding.sign.key for finding in found.new] == [LOST.key]


def test_no_record_hides_what_one_version_shows_alone() -> None:
    """Where versions are compared a known defect is a finding like any other, made small, and only named."""
    found = explore(
        iter(of_all_kinds()),
        OneAfterTheOther(ScriptedPlayer(cancels_stops_in_a_batch)),
        on_record(BATCH.signature, kept=True),
        Limits(programs=60),
        known_too=True,
    )
    (finding,) = found.findings
    assert finding.known == "a-defect"
    assert not found.known
