"""Exploration as the last slice of a gate."""

from pathlib import Path
from typing import cast

import pytest
from rich.console import Console

from conformance.explore.exploring import Exploration, Limits
from conformance.explore.findings import Finding
from conformance.explore.playhouse import Sign
from conformance.explore.program import Program
from conformance.explore.steps.commands import CancelBatch
from conformance.explore.steps.submission import Submit
from conformance.report.comparison import Comparison
from conformance.running import exploring
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
    return Exploration(findings=[finding], played=[_PROGRAM] * 10, playing_seconds=5.0)


def gated(
    monkeypatch: pytest.MonkeyPatch, folder: Path, exploration: Exploration, decision: Decision = Decision.UPGRADE
) -> Verdict:
    """Return the verdict of a gate that decided so far, and then explored."""
    monkeypatch.setattr(exploring, "explore_versions", lambda *_: ("title", exploration))
    plan = exploring.Plan(options=RunOptions(nautilus="2"), limits=Limits(seconds=30), folder=folder, against="1")
    comparison = Comparison(Verdict(baseline="1", candidate="2", decision=decision, reasons=("as decided",)))
    return exploring.with_exploration(comparison, plan, cast(Subjects, None), Steps(Console())).verdict


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


def test_broken_exploration_decides_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where most programs showed nothing by the suite's fault, nothing else of the exploration counts."""
    exploration = found(5)
    exploration.broken = ["SuiteError: the gateway failed"] * 8
    verdict = gated(monkeypatch, tmp_path, exploration)
    assert verdict.decision is Decision.UPGRADE
    assert any("the gateway failed" in note for note in verdict.notes)
