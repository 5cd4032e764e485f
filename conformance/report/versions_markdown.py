"""The page of many versions as Markdown: for each profile groups × versions, and defects × versions."""

from collections.abc import Iterable, Sequence

from packaging.version import Version

from conformance.report.sheets import group_of
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Results

_INTRODUCTION = """\
# What each version keeps

Every release in every profile, in the {world} world, tier `{tier}`: {runs} runs of the suite {revision}. Written by

```
conformance matrix {profiles} --page docs/versions.md
```

which goes on where it was when it is asked for again, and runs in shards as well: `--shard 1/5 --results shard-1` and
so on, one a machine, then `conformance report shard-1 shard-2 … --page docs/versions.md`.

A cell says how many cases pass, of those that could be decided; `–` is a group of which the version can do nothing.
Failures that are on record are below, by their defect (`conformance defects`). `!` marks what is not as the record says
today: `conformance report --html page.html` shows it.
"""


def in_order(runs: Iterable[Results]) -> list[Results]:
    """Return runs by version, and those of one version by profile, the default one first."""
    return sorted(
        runs, key=lambda run: (Version(run.header.subject), run.header.profile != "default", run.header.profile)
    )


def versions_markdown(runs: Sequence[Results]) -> str:
    """Return the page of these runs."""
    if not runs:
        return "# What each version keeps\n\nNothing was run.\n"
    runs = in_order(runs)
    first = runs[0].header
    lines = [
        _INTRODUCTION.format(
            runs=len(runs),
            revision=" and ".join(sorted({run.header.suite_revision for run in runs})),
            world=first.world,
            tier=first.tier or "core",
            profiles=" ".join(f"--profile {profile}" for profile in dict.fromkeys(run.header.profile for run in runs)),
        )
    ]
    for profile in dict.fromkeys(
        run.header.profile for run in sorted(runs, key=lambda run: run.header.profile != "default")
    ):
        of_profile = [run for run in runs if run.header.profile == profile]
        lines += [f"## Profile `{profile}`", "", *_groups(of_profile), ""]
        lines += ["Cases that show each known defect:", "", *_defects(of_profile), ""]
    lines += ["## What was run", "", *_subjects(runs), ""]
    return "\n".join(lines)


def _groups(runs: Sequence[Results]) -> list[str]:
    groups = sorted({group_of(case_id) for run in runs for case_id in run.cases})
    rows = [[group, *(_cell(_of(run, group)) for run in runs)] for group in groups]
    return _table("group", runs, [*rows, ["**all**", *(_cell(list(run.cases.values())) for run in runs)]])


def _defects(runs: Sequence[Results]) -> list[str]:
    shown = [_counted(run) for run in runs]
    names = sorted({name for counts in shown for name in counts})
    rows = [[f"`{name}`", *(str(counts.get(name, "")) for counts in shown)] for name in names]
    return _table("defect", runs, rows) if rows else ["None shows."]


def _counted(run: Results) -> dict[str, int]:
    counts: dict[str, int] = {}
    for case in run.cases.values():
        if case.defect is not None:
            counts[case.defect] = counts.get(case.defect, 0) + 1
    return counts


def _subjects(runs: Sequence[Results]) -> list[str]:
    rows = dict.fromkeys(
        (run.header.subject, run.header.subject_python, f"`{run.header.wheel}`" if run.header.wheel else "")
        for run in runs
    )
    lines = ["| version | Python | wheel |", "|---|---|---|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def _of(run: Results, group: str) -> list[CaseResult]:
    return [case for case_id, case in run.cases.items() if group_of(case_id) == group]


def _cell(cases: Sequence[CaseResult]) -> str:
    decided = [case for case in cases if case.outcome is not Outcome.UNSUPPORTED]
    if not decided:
        return "–" if cases else ""
    passed = sum(case.outcome is Outcome.PASSED for case in decided)
    unexpected = any(not case.expected for case in cases)
    return f"{passed}/{len(decided)}{' !' if unexpected else ''}"


def _table(what: str, runs: Sequence[Results], rows: Sequence[Sequence[str]]) -> list[str]:
    heads = [what, *(run.header.subject for run in runs)]
    return [f"| {' | '.join(each)} |" for each in (heads, ["---"] * len(heads), *rows)]
