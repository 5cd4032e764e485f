"""The gate: both subjects made ready, run now on the same suite, compared, and what regressed run again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.report.comparison import Comparison
from conformance.running.errors import RunError, RunRefusedError
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, Run, RunRequest, drive, pytest_command
from conformance.running.replacing import AGAIN, HISTORIES, LOG, RESULTS, ROLES
from conformance.running.subjects import Subjects, make_ready, version_of
from conformance.subject.errors import BuildFailed, MachineUnfit, ProvisionError, UnknownVersion
from conformance.subject.machine import look, look_again
from conformance.verdict.decision import Decision
from conformance.verdict.results import CaseResult, Results
from conformance.verdict.verdict import Verdict, compare

#: A case that speaks against the candidate is run again so often, until it does so again. A defect that shows every
#: other time is then found in three of four gates, and a chance failure of the machine is not called a regression.
#: So is a case that the baseline failed, which is not on record: a chance failure there would excuse the candidate.
RERUNS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is gated: the versions as asked for, what both are run with, and where the results go."""

    baseline: str
    candidate: str
    options: RunOptions
    """For both; overlays are for the candidate only: a patch is gated against the version that it patches."""
    requirements: Mapping[str, str]
    """Id → requirement of every case that is to be run: one without a result on both sides was lost."""
    folder: Path
    accepted: tuple[str, ...] = ()
    """Cases that do not speak against the candidate, whatever becomes of them."""


def gate(plan: Plan, steps: Steps, subjects: Subjects, commander: Commander = pytest_command) -> Comparison:
    """Return the verdict with all that it rests on. Raises `UnknownVersion`; any other trouble is in the verdict."""
    asked = {"baseline": plan.baseline, "candidate": plan.candidate}
    workers = plan.options.workers_for(len(plan.requirements))
    said: list[str] = []
    try:
        machine = look(plan.folder, workers=workers)
        exact = make_ready(
            subjects,
            asked,
            steps,
            python=plan.options.python,
            indexes={"candidate": plan.options.index},
            on_note=said.append,
        )
    except UnknownVersion:
        raise
    except ProvisionError as error:
        # An environment that cannot be made says nothing about the version, so it must not block it either.
        decision = Decision.BROKEN if isinstance(error, BuildFailed) else Decision.INCONCLUSIVE
        return Comparison(Verdict.undecided(plan.baseline, plan.candidate, decision, str(error)))
    runner = _Runner(plan, exact, steps, commander)
    try:
        baseline, candidate = runner.both("", plan.options.case_ids)
    except RunError as error:
        decision = Decision.WRONG_USAGE if isinstance(error, RunRefusedError) else Decision.BROKEN
        return Comparison(Verdict.undecided(exact["baseline"], exact["candidate"], decision, str(error)))
    reruns: list[tuple[Results, Results]] = []
    lost: list[str] = []
    verdict = compare(baseline, candidate, accepted=plan.accepted, planned=plan.requirements)
    while verdict.unsettled and (done := len(reruns) + len(lost)) < RERUNS:
        try:
            reruns.append(runner.both(f"{AGAIN}{done + 1}", tuple(each.id for each in verdict.unsettled)))
        except RunError as error:
            lost.append(f"a further run did not end: {error}")
        verdict = compare(baseline, candidate, reruns, plan.accepted, plan.requirements, lost=lost)
    if verdict.decision is Decision.REGRESSED:
        try:
            look_again(machine)
        except MachineUnfit as error:
            verdict = Verdict.undecided(exact["baseline"], exact["candidate"], Decision.INCONCLUSIVE, str(error))
            return Comparison(verdict)
    verdict = replace(verdict, notes=(*said, *verdict.notes))
    return Comparison(verdict, baseline, candidate, plan.requirements)


class _Runner:
    """Runs both subjects on the same cases."""

    def __init__(self, plan: Plan, exact: Mapping[str, str], steps: Steps, commander: Commander) -> None:
        self._plan = plan
        self._exact = exact
        self._steps = steps
        self._commander = commander

    def both(self, name: str, case_ids: tuple[str, ...]) -> tuple[Results, Results]:
        """Run baseline and candidate on these cases and return their whole results."""
        runs = {role: Run(self._request(role, name, case_ids), self._commander) for role in ROLES}
        labels = {
            run: f"{role} {version_of(self._exact[role])}" + (f" ({name.replace('-', ' ')})" if name else "")
            for role, run in runs.items()
        }
        total = len(case_ids or self._plan.requirements)
        for label in labels.values():
            self._steps.begin(label, total)

        def on_case(run: Run, case: CaseResult) -> None:
            self._steps.case(labels[run], case)

        drive(list(runs.values()), self._plan.options.sides_at_once, on_case)
        for label in labels.values():
            self._steps.end(label)
        baseline, candidate = (run.results() for run in runs.values())
        return baseline, candidate

    def _request(self, role: str, name: str, case_ids: tuple[str, ...]) -> RunRequest:
        stem = "-".join(filter(None, (name, role)))
        folder, asked = self._plan.folder, self._plan.options
        options = replace(
            asked,
            nautilus=self._exact[role],
            results=folder / f"{stem}{RESULTS}",
            histories=folder / f"{stem}{HISTORIES}",
            case_ids=case_ids,
            overlays=asked.overlays if role == "candidate" else (),
            index=asked.index if role == "candidate" else None,
        )
        workers = options.workers_for(len(case_ids or self._plan.requirements), runs_at_once=options.sides_at_once)
        return RunRequest(options=options, workers=workers, log=folder / f"{stem}{LOG}")
