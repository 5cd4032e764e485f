"""An exploration of one version, or of one against another: subjects made ready, the company hired, the result kept."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.explore.company import ProcessCompany
from conformance.explore.exploring import Exploration, Limits, explore
from conformance.explore.findings import Record, write_findings
from conformance.explore.generating import made_up
from conformance.explore.kept import load_kept
from conformance.explore.memory import Memory
from conformance.explore.outcome import write_outcome
from conformance.explore.weights import WEIGHTS_FILE, load_weights
from conformance.report.comparison import Comparison
from conformance.report.exploration import exploration_text
from conformance.report.explored import Explored
from conformance.running.options import RunOptions, cores
from conformance.running.own_redis import with_own_redis
from conformance.running.progress import Steps
from conformance.running.subjects import Subjects, make_ready, version_of
from conformance.subject.installations import Installation
from conformance.subject.profiles import load
from conformance.verdict.decision import Decision
from conformance.verdict.defects import load_defects
from conformance.verdict.verdict import Verdict
from conformance.worlds.cache_database import CacheDatabase

_STEP = "exploring"
#: A program mostly waits, for a node to start and to stop.
_PLAYERS_A_CORE = 2
#: The report of an exploration, beside its findings.
REPORT = "exploration.md"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is explored, for how long, and where the findings go."""

    options: RunOptions
    limits: Limits
    folder: Path
    against: str | None = None
    wire: bool = False
    seed: int = 0
    weights: Path = WEIGHTS_FILE
    memory: Memory | None = None
    summaries: dict[str, str] = field(default_factory=dict)


def explore_versions(plan: Plan, subjects: Subjects, steps: Steps) -> tuple[str, Exploration]:
    """Explore and write the findings down; return a title that says what was explored, and the result.

    Raises `ProvisionError`, `DataFileError` and `DefectsError`.
    """
    weights = load_weights(plan.weights)
    profile = load(plan.options.profile)
    defects = load_defects(plan.options.defects)
    exact, ready = _made_ready(plan, subjects, steps)
    record = Record(version_of(exact["candidate"]), defects, load_kept(), profile=profile.like)
    players = plan.options.workers or cores() * _PLAYERS_A_CORE
    programs = made_up(weights, plan.seed)
    if plan.memory is not None:
        programs = itertools.chain(list(plan.memory.programs()), programs)
    steps.begin(_STEP, plan.limits.programs)
    with (
        with_own_redis(plan.options) as options,
        ProcessCompany(
            ready["candidate"],
            profile=plan.options.profile,
            players=players,
            logs=plan.folder / "logs",
            against=ready.get("baseline"),
            wire=plan.wire,
            overlays=plan.options.overlays,
            cache_database=CacheDatabase.parse(options.cache_database) if options.cache_database else None,
        ) as company,
    ):
        result = explore(
            programs,
            company,
            record,
            plan.limits,
            known_too=plan.against is not None,
            on_played=lambda so_far: steps.done(_STEP, so_far.programs, f"{so_far.shown} showed something"),
            on_shrinking=lambda signature: steps.news(_STEP, f"making small: {signature}"),
        )
    steps.end(_STEP)
    other = version_of(exact["baseline"]) if plan.against else None
    _keep(plan, result, record.version, other)
    plan.summaries.update({defect.id: defect.summary for defect in defects.entries})
    against = f" and not {other}" if other else ""
    return f"What programs show on NautilusTrader {record.version}{against}, seed {plan.seed}", result


def _keep(plan: Plan, result: Exploration, version: str, other: str | None) -> None:
    """Write down what was found, for people, for programs and for the next exploration."""
    write_findings(plan.folder, result.findings)
    write_outcome(plan.folder, result, version=version, against=other, seed=plan.seed)
    if plan.memory is not None:
        plan.memory.keeps(finding.program for finding in result.findings if finding.came_back)


def _made_ready(plan: Plan, subjects: Subjects, steps: Steps) -> tuple[dict[str, str], dict[str, Installation]]:
    """Return the exact versions and their installations, by what a gate calls the roles: candidate and baseline.

    The baseline may be the version before the candidate.
    """
    wanted = {"candidate": plan.options.nautilus} | ({"baseline": plan.against} if plan.against else {})
    python, indexes = plan.options.python, {"candidate": plan.options.index}
    exact = make_ready(subjects, wanted, steps, python=python, indexes=indexes)
    ready = {role: subjects.provision(each, python=python, index=indexes.get(role)) for role, each in exact.items()}
    return exact, ready


def write_report(plan: Plan, text: str) -> None:
    """Write the report beside the findings."""
    (plan.folder / REPORT).write_text(text, encoding="utf-8")


def with_exploration(comparison: Comparison, plans: Mapping[str, Plan], subjects: Subjects, steps: Steps) -> Comparison:
    """Return the comparison with what programs show on the candidate alone, by a plan for each profile.

    Each exploration's report is in its folder. A finding that shows again and again on the candidate and not on the
    baseline speaks against the candidate, on record or not. One that was asked for and broke leaves an upgrade
    undecided. A gate that could not decide, or has found the suite broken, stays as it is, and nothing is explored.
    """
    if comparison.verdict.decision not in (Decision.UPGRADE, Decision.REGRESSED):
        return comparison
    shown = [_explored(plan, name if len(plans) > 1 else "", subjects, steps) for name, plan in plans.items()]
    return replace(comparison, verdict=_decided(comparison.verdict, shown), explorations=tuple(shown))


def _explored(plan: Plan, profile: str, subjects: Subjects, steps: Steps) -> Explored:
    """Explore, write the report, and return what a gate believes of it."""
    title, found = explore_versions(plan, subjects, steps)
    write_report(plan, exploration_text(found, title, plan.summaries, cases=True))
    failure = found.broken[0].splitlines()[0] if len(found.broken) * 2 > found.programs else ""
    if not found.programs:
        failure = failure or "no program was played to its end in the time given"
    sure = [] if failure else found.against
    unsure = [each for each in found.findings if each not in sure]
    return Explored(programs=found.programs, sure=sure, unsure=unsure, failure=failure, profile=profile)


def _decided(verdict: Verdict, shown: Sequence[Explored]) -> Verdict:
    """Return the verdict with what each exploration says for or against it."""
    against: list[str] = []
    broken: list[str] = []
    notes: list[str] = []
    for each in shown:
        where = f" in profile {each.profile}" if each.profile else ""
        if each.failure:
            broken.append(f"exploration{where} showed nothing: {each.failure}")
        else:
            found = f"{len(each.sure)} findings on the candidate alone"
            notes.append(f"{each.programs} programs were played on both versions{where}; {found}")
        against += [f"exploration{where}: {finding.in_a_line()}" for finding in each.sure]
        notes += [f"exploration{where}, not sure: {finding.in_a_line()}" for finding in each.unsure]
    verdict = replace(verdict, notes=(*verdict.notes, *broken, *notes))
    kept = () if verdict.decision is Decision.UPGRADE else verdict.reasons
    if against:
        return replace(verdict, decision=Decision.REGRESSED, reasons=(*kept, *against))
    if broken and verdict.decision is Decision.UPGRADE:
        return replace(verdict, decision=Decision.INCONCLUSIVE, reasons=tuple(broken))
    return verdict
