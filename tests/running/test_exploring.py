"""Exploration as the last slice of a gate."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console

from conformance.cli import gate as gate_command
from conformance.explore.exploring import Exploration, Limits
from conformance.explore.findings import Finding
from conformance.explore.playhouse import Sign
from conformance.explore.program import Program
from conformance.explore.steps.commands import CancelBatch
from conformance.explore.steps.submission import Submit
from conformance.report.comparison import Comparison
from conformance.running import exploring
from conformance.running.gating import Plan as Gate
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.subjects import Subjects
from conformance.verdict.decision import Decision
from conformance.verdict.verdict import Verdict

_PROGRAM = Program.of([Submit(order="a", kind="stop"), CancelBatch(orders=("a",))])


def found(shown: int) -> Exploration:
    """Return an exploration that found one thing, which showed so often in five proofs."""
    sign = Sign("invariant 6: an algo order was cancelled with DELETE /fapi/v1/batchOrders")
    finding = Finding(sign=sign, program=_PROGRAM, first=_PROGRAM, shown=shown, tries=5, plays=9)
    return Exploration(findings=[finding], played=[_PROGRAM] * 10, playing_seconds=5.0, compared=True)


def gated(
    monkeypatch: pytest.MonkeyPatch, folder: Path, exploration: Exploration, decision: Decision = Decision.UPGRADE
) -> Verdict:
    """Return the verdict of a gate that decided so far, and then explored."""
    return compared(monkeypatch, folder, {"default": exploration}, decision).verdict


def compared(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    by_profile: Mapping[str, Exploration],
    decision: Decision = Decision.UPGRADE,
) -> Comparison:
    """Return the comparison of a gate that decided so far, and then explored in each profile."""
    monkeypatch.setattr(exploring, "explore_versions", lambda plan, *_: ("title", by_profile[plan.options.profile]))
    plans = {
        name: exploring.Plan(
            options=RunOptions(nautilus="2", profile=name), limits=Limits(seconds=30), folder=folder, against="1"
        )
        for name in by_profile
    }
    comparison = Comparison(Verdict(baseline="1", candidate="2", decision=decision, reasons=("as decided",)))
    return exploring.with_exploration(comparison, plans, cast(Subjects, None), Steps(Console()))


def test_finding_on_the_candidate_alone_speaks_against_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What programs show on the candidate again and again, and not on the baseline, is a regression."""
    verdict = gated(monkeypatch, tmp_path, found(5))
    assert verdict.decision is Decision.REGRESSED
    (reason,) = verdict.reasons
    assert reason.startswith("exploration: invariant 6: ")
    assert reason.endswith("in 5 of 5 runs of: " + "; ".join(step.words() for step in _PROGRAM.steps))
    assert "invariant 6" in (tmp_path / "exploration.md").read_text(encoding="utf-8")


def test_finding_that_hardly_comes_back_is_a_note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What shows once or twice in five proofs is told, and decides nothing."""
    verdict = gated(monkeypatch, tmp_path, found(2))
    assert verdict.decision is Decision.UPGRADE
    assert any("not sure" in note and "invariant 6" in note for note in verdict.notes)


def test_reasons_of_a_regression_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A candidate that has regressed already has the finding as one more reason."""
    verdict = gated(monkeypatch, tmp_path, found(5), Decision.REGRESSED)
    assert verdict.reasons[0] == "as decided"
    assert len(verdict.reasons) == 2


def test_undecided_gate_is_not_explored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A gate whose suite broke stays broken."""
    verdict = gated(monkeypatch, tmp_path, found(5), Decision.BROKEN)
    assert verdict.decision is Decision.BROKEN
    assert not list(tmp_path.iterdir())


def broken() -> Exploration:
    """Return an exploration most of whose programs showed nothing by the suite's fault."""
    exploration = found(5)
    exploration.broken = ["SuiteError: the gateway failed"] * 8
    return exploration


def test_an_exploration_that_broke_leaves_an_upgrade_undecided(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was asked for and not seen is not passed in silence: the gate is inconclusive, and says why."""
    verdict = gated(monkeypatch, tmp_path, broken())
    assert verdict.decision is Decision.INCONCLUSIVE
    assert verdict.reasons == ("exploration showed nothing: SuiteError: the gateway failed",)


def test_an_exploration_without_a_program_leaves_an_upgrade_undecided(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where no program was played there is nothing that speaks for the candidate."""
    assert gated(monkeypatch, tmp_path, Exploration(findings=[])).decision is Decision.INCONCLUSIVE


def test_an_exploration_that_broke_takes_no_regression_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A candidate that has regressed stays so, with a note."""
    verdict = gated(monkeypatch, tmp_path, broken(), Decision.REGRESSED)
    assert verdict.decision is Decision.REGRESSED
    assert verdict.reasons == ("as decided",)
    assert any("the gateway failed" in note for note in verdict.notes)


def test_programs_are_played_in_each_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What one profile shows speaks against the candidate and names the profile, whatever broke in another."""
    comparison = compared(monkeypatch, tmp_path, {"default": broken(), "desk": found(5)})
    assert [each.profile for each in comparison.explorations] == ["default", "desk"]
    assert comparison.verdict.decision is Decision.REGRESSED
    (reason,) = comparison.verdict.reasons
    assert reason.startswith("exploration in profile desk: invariant 6: ")
    assert "exploration in profile default showed nothing: SuiteError: the gateway failed" in comparison.verdict.notes


def test_a_gate_explores_in_the_profiles_that_it_was_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each exploration has a profile, by the name or file that was asked for, and a folder of its own."""
    asked: dict[str, exploring.Plan] = {}
    monkeypatch.setattr(exploring, "with_exploration", lambda whole, plans, *_: asked.update(plans) or whole)
    comparison = Comparison(Verdict(baseline="1", candidate="2", decision=Decision.UPGRADE, reasons=()))
    plan = Gate(
        baseline="1",
        candidate="2",
        options=RunOptions(),
        requirements={},
        folder=tmp_path,
        profiles=("checks", "/firm/desk.toml"),
    )

    gate_command._explored(comparison, plan, 30, Steps(Console()))

    assert {name: (each.options.profile, each.folder.name) for name, each in asked.items()} == {
        "checks": ("checks", "explore@checks"),
        "desk": ("/firm/desk.toml", "explore@desk"),
    }
    gate_command._explored(comparison, replace(plan, profiles=("checks",)), 30, Steps(Console()))
    assert asked["checks"].folder.name == "explore"
