"""The gate: both subjects made ready, run now on the same suite, compared, and what regressed run again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.report.comparison import Comparison
from conformance.running.errors import RunError, RunRefusedError
from conformance.running.options import RunOptions
from conformance.running.progress import Steps
from conformance.running.pytest_run import Commander, Run, RunRequest, drive, pytest_command
from conformance.running.replacing import AGAIN, HISTORIES, IN_PROFILE, LOG, RESULTS, ROLES
from conformance.running.subjects import Subjects, make_ready, version_of
from conformance.running.wire import look_at_the_wire
from conformance.subject.errors import BuildFailed, MachineUnfit, ProvisionError, UnknownVersion
from conformance.subject.machine import look, look_again
from conformance.verdict.decision import Decision
from conformance.verdict.joining import by_profile, in_profile, joined
from conformance.verdict.request_budgets import decide_with_budgets
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
    profiles: tuple[str, ...] = ()
    """Names or files of the profiles in which each case is run; without any, the one of the options."""
    accepted: tuple[str, ...] = ()
    """Cases that do not speak against the candidate, whatever becomes of them."""

    def by_profile(self) -> dict[str, str]:
        """Return the name or file of each profile, by the name that cases have it in."""
        return {Path(each).stem: each for each in self.profiles or (self.options.profile,)}

    def named(self, case_ids: Iterable[str]) -> list[str]:
        """Return what these cases are called in the verdict: with their profile, where there are several."""
        profiles = self.by_profile()
        if len(profiles) == 1:
            return list(case_ids)
        return [in_profile(case_id, profile) for case_id in case_ids for profile in profiles]

    def case_ids(self, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of these cases, as the verdict calls them, by the profile in which they are to be run."""
        profiles = self.by_profile()
        return by_profile(names) if len(profiles) > 1 else {next(iter(profiles)): tuple(names)}

    def planned(self) -> dict[str, str]:
        """Return the requirements by what the cases are called in the verdict."""
        return {name: sentence for case_id, sentence in self.requirements.items() for name in self.named([case_id])}


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
        baseline, candidate = runner.both("", dict.fromkeys(plan.by_profile(), plan.options.case_ids))
    except RunError as error:
        decision = Decision.WRONG_USAGE if isinstance(error, RunRefusedError) else Decision.BROKEN
        return Comparison(Verdict.undecided(exact["baseline"], exact["candidate"], decision, str(error)))
    verdict, reruns = _settled(plan, runner, baseline, candidate)
    # Elsewhere a further run costs money, or replays what it was.
    again = runner.again if plan.options.world == "simulator" else None
    wire = look_at_the_wire(baseline, candidate, reruns, again)
    if verdict.decision is Decision.REGRESSED or wire.against:
        try:
            look_again(machine)
        except MachineUnfit as error:
            verdict = Verdict.undecided(exact["baseline"], exact["candidate"], Decision.INCONCLUSIVE, str(error))
            return Comparison(verdict)
    decision, reasons = decide_with_budgets(verdict.decision, verdict.reasons, wire.against)
    verdict = replace(verdict, decision=decision, reasons=reasons, notes=(*said, *verdict.notes, *wire.notes))
    return Comparison(verdict, baseline, candidate, plan.planned(), wire_changes=wire.changes)


def _settled(
    plan: Plan, runner: "_Runner", baseline: Results, candidate: Results
) -> tuple[Verdict, Sequence[tuple[Results, Results]]]:
    """Return the verdict once what may be chance has been run again, and the further runs that ended."""
    planned, accepted = plan.planned(), plan.named(plan.accepted)
    reruns: list[tuple[Results, Results]] = []
    lost: list[str] = []
    verdict = compare(baseline, candidate, accepted=accepted, planned=planned)
    while verdict.unsettled and len(reruns) + len(lost) < RERUNS:
        try:
            reruns.append(runner.again([each.id for each in verdict.unsettled]))
        except RunError as error:
            lost.append(f"a further run did not end: {error}")
        verdict = compare(baseline, candidate, reruns, accepted, planned, lost=lost)
    return verdict, reruns


class _Runner:
    """Runs both subjects on the same cases."""

    def __init__(self, plan: Plan, exact: Mapping[str, str], steps: Steps, commander: Commander) -> None:
        self._plan = plan
        self._exact = exact
        self._steps = steps
        self._commander = commander
        self._further = 0

    def again(self, names: Sequence[str], each: int = 1) -> tuple[Results, Results]:
        """Run the cases that the verdict calls so once more, `each` so often, beside the results of earlier runs."""
        self._further += 1
        return self.both(f"{AGAIN}{self._further}", self._plan.case_ids(names), each)

    def both(self, name: str, case_ids: Mapping[str, tuple[str, ...]], each: int = 1) -> tuple[Results, Results]:
        """Run baseline and candidate on these cases of each profile, `each` so often; return their whole results."""
        runs = {
            (role, profile): Run(self._request(role, profile, name, ids, each), self._commander)
            for profile, ids in case_ids.items()
            for role in ROLES
        }
        labels = {run: self._label(*of, name) for of, run in runs.items()}
        for (_, profile), run in runs.items():
            self._steps.begin(labels[run], len(case_ids[profile] or self._plan.requirements))

        def on_case(run: Run, case: CaseResult) -> None:
            self._steps.case(labels[run], case)

        drive(list(runs.values()), self._plan.options.sides_at_once, on_case)
        for label in labels.values():
            self._steps.end(label)
        baseline, candidate = (
            self._whole({profile: runs[role, profile].results() for profile in case_ids}) for role in ROLES
        )
        return baseline, candidate

    def _whole(self, runs: Mapping[str, Results]) -> Results:
        return joined(runs) if len(self._plan.by_profile()) > 1 else next(iter(runs.values()))

    def _label(self, role: str, profile: str, name: str) -> str:
        label = f"{role} {version_of(self._exact[role])}"
        more = [*([profile] if len(self._plan.by_profile()) > 1 else []), *([name.replace("-", " ")] if name else [])]
        return label + (f" ({', '.join(more)})" if more else "")

    def _request(self, role: str, profile: str, name: str, case_ids: tuple[str, ...], runs_of_each: int) -> RunRequest:
        profiles = self._plan.by_profile()
        stem = "-".join(filter(None, (name, role))) + (f"{IN_PROFILE}{profile}" if len(profiles) > 1 else "")
        folder, asked = self._plan.folder, self._plan.options
        options = replace(
            asked,
            nautilus=self._exact[role],
            profile=profiles[profile],
            results=folder / f"{stem}{RESULTS}",
            histories=folder / f"{stem}{HISTORIES}",
            case_ids=case_ids,
            runs=str(runs_of_each),
            overlays=asked.overlays if role == "candidate" else (),
            index=asked.index if role == "candidate" else None,
            kept_by=self._exact["baseline"],
        )
        workers = options.workers_for(len(case_ids or self._plan.requirements), runs_at_once=options.sides_at_once)
        return RunRequest(options=options, workers=workers, log=folder / f"{stem}{LOG}")
