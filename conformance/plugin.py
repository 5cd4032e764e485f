"""The pytest plugin: options, the `case` marker, and the outcome of every case.

`pytest conformance/cases --nautilus 1.231.0 --world simulator` is all there is to a run; the command line calls this.
The fixtures that a case asks for are in `conformance.fixtures`.
"""

import argparse
import difflib
import os
import platform
from collections.abc import Generator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance import fixtures
from conformance.cases.case import contract_ids
from conformance.checks.failure import NotGivenError
from conformance.fixtures import HISTORY, cache_database, installation
from conformance.locations import CASSETTES, EXPECTATIONS
from conformance.verdict.classify import classify
from conformance.verdict.decision import decide_cases
from conformance.verdict.expectations import Expectations, ExpectationsError, judge, load_expectations
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Header, ResultsWriter
from conformance.worlds import WorldError
from conformance.worlds import check as check_world
from conformance.worlds.cache_database import VARIABLE, CacheDatabaseError

_RESULT = pytest.StashKey[dict[str, Any]]()
_EXPECTATIONS = pytest.StashKey[Expectations]()
_USAGE = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what a run is told: the subject, the world, and where things are read from and written to."""
    group = parser.getgroup("conformance", "NautilusTrader conformance")
    group.addoption("--nautilus", metavar="VERSION", help="the NautilusTrader version to run the cases on")
    group.addoption(
        "--world",
        choices=("simulator", "cassettes", "testnet"),
        default="simulator",
        help="who answers the trader (default: simulator)",
    )
    group.addoption("--case", action="append", default=[], metavar="ID", help="run only this case; may be repeated")
    group.addoption("--conformance-results", type=Path, metavar="FILE", help="write the results file there")
    group.addoption(
        "--histories",
        type=Path,
        default=Path("results/histories"),
        metavar="DIR",
        help="write histories and logs there",
    )
    group.addoption(
        "--overlay",
        action="append",
        type=_overlay,
        default=[],
        metavar="MODULE=DIR",
        help="lay a patched package folder over the installed one, in the subject's process only",
    )
    group.addoption(
        "--cache-database",
        metavar="HOST:PORT",
        help=f"a Redis of its own, for the cases that start a trader on what it kept there (default: ${VARIABLE})",
    )
    group.addoption("--record", type=Path, metavar="DIR", help="write a cassette there for every case that holds")
    group.addoption("--cassettes", type=Path, default=CASSETTES, metavar="DIR", help="replay from there")
    group.addoption(
        "--expectations",
        type=Path,
        default=EXPECTATIONS,
        metavar="FILE",
        help="recorded knowledge of cases that fail",
    )


def _overlay(text: str) -> str:
    if not all(text.partition("=")):
        raise argparse.ArgumentTypeError(f"{text!r}: expected MODULE=DIR, such as nautilus_trader.adapters=./mine")
    return text


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker; on the controlling process of a run, also what writes the results."""
    config.pluginmanager.register(fixtures, fixtures.__name__)
    config.addinivalue_line("markers", "case(id, requirement, ...): a requirement of the contract")
    if config.getoption("--nautilus") and not hasattr(config, "workerinput"):
        try:
            check_world(config.getoption("--world"), workers=config.getoption("numprocesses", None) or 1)
            database = cache_database(config)
            redis = {} if database is None else {"redis": database.check()}
        except (WorldError, CacheDatabaseError) as error:
            raise pytest.UsageError(str(error)) from error
        config.pluginmanager.register(_Run(config, redis), "conformance-run")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the cases that were asked for and can run in this world; refuse ids that clash or do not exist."""
    try:
        _choose(config, items)
    except pytest.UsageError as error:
        if not hasattr(config, "workeroutput"):
            raise
        # pytest-xdist takes a worker that stops here for one that has crashed: the controlling process says it instead.
        config.workeroutput["conformance_usage"] = str(error)
        items.clear()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take from a worker what was wrong with the command."""
    if wrong := getattr(node, "workeroutput", {}).get("conformance_usage"):
        node.config.stash[_USAGE] = wrong


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End a run whose command was wrong as pytest ends one without workers."""
    if _USAGE in session.config.stash:
        session.exitstatus = pytest.ExitCode.USAGE_ERROR


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was wrong with the command."""
    if wrong := config.stash.get(_USAGE, None):
        terminalreporter.write_line(f"ERROR: {wrong}", red=True)


def _choose(config: pytest.Config, items: list[pytest.Item]) -> None:
    by_id: dict[str, pytest.Item] = {}
    for item in items:
        case = metadata(item)
        if case is not None and (other := by_id.setdefault(case["id"], item)) is not item:
            raise pytest.UsageError(f"case {case['id']} is both {other.nodeid} and {item.nodeid}: ids are unique")
    if not by_id:
        return
    wanted: list[str] = config.getoption("--case")
    for identifier in wanted:
        if identifier not in by_id:
            nearest = difflib.get_close_matches(identifier, by_id, n=1, cutoff=0.0)[0]
            raise pytest.UsageError(
                f"there is no case {identifier!r}; the nearest is {nearest!r}; `conformance cases` lists them all"
            )
    if not config.getoption("--nautilus") and not config.option.collectonly:
        raise pytest.UsageError("which NautilusTrader? Give --nautilus VERSION, such as --nautilus newest")
    if config.getoption("--nautilus"):
        try:
            config.stash[_EXPECTATIONS] = load_expectations(
                config.getoption("--expectations"), by_id.keys() | contract_ids()
            )
        except ExpectationsError as error:
            raise pytest.UsageError(str(error)) from error
    left_out = [
        item
        for identifier, item in by_id.items()
        if (wanted and identifier not in wanted) or not _can_run(config, metadata(item) or {}, asked_for=bool(wanted))
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn what a case did into its outcome, and let pytest report it as such."""
    report = yield
    case = metadata(item)
    if case is not None:
        _note(item, case, call, report)
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Show the outcomes that pytest has no word for."""
    outcome = getattr(report, "conformance_outcome", None)
    if outcome in (Outcome.DRIFTED, Outcome.BROKEN):
        # pytest prints why only for its own categories; the word and the letter say which outcome it is.
        return ("failed" if report.when == "call" else "error"), outcome[0].upper(), outcome.upper()
    if outcome == Outcome.UNSUPPORTED:
        return "skipped", "u", outcome.upper()
    return None


def metadata(item: pytest.Item) -> Mapping[str, Any] | None:
    """Return the metadata of a case, or None for any other test."""
    marker = item.get_closest_marker("case")
    return None if marker is None else marker.kwargs


def _can_run(config: pytest.Config, case: Mapping[str, Any], *, asked_for: bool) -> bool:
    """Whether the case has its place in the run's world; one that was asked for by id says itself what it lacks."""
    world = config.getoption("--world")
    if world == "cassettes" and not asked_for:
        cassettes: Path = config.getoption("--cassettes")
        return (cassettes / f"{case['id']}.yaml").is_file()
    return bool(world in case["worlds"])


def _note(item: pytest.Item, case: Mapping[str, Any], call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    seen = item.stash.setdefault(
        _RESULT, {"outcome": Outcome.PASSED, "signature": None, "reason": None, "seconds": 0.0}
    )
    seen["seconds"] += call.duration
    if call.excinfo is not None and not (call.when == "teardown" and seen["outcome"] is not Outcome.PASSED):
        outcome, signature, reason = classify(call.excinfo.value)
        if call.when == "teardown":
            outcome, signature = Outcome.BROKEN, None
        seen |= {"outcome": outcome, "signature": signature, "reason": reason}
        seen["not_given"] = isinstance(call.excinfo.value, NotGivenError)
        _judge(item, case, seen, report)
    elif call.when == "call":
        _judge(item, case, seen, report)
    if call.when == "teardown":
        result = CaseResult(
            id=case["id"],
            outcome=seen["outcome"],
            expected=seen.get("expected", False),
            seconds=round(seen["seconds"], 3),
            signature=seen["signature"],
            reason=seen["reason"],
            history=str(item.stash[HISTORY]) if HISTORY in item.stash else None,
        )
        report.conformance_result = {**asdict(result), "outcome": result.outcome.value}  # type: ignore[attr-defined]


def _judge(item: pytest.Item, case: Mapping[str, Any], seen: dict[str, Any], report: pytest.TestReport) -> None:
    version, world = item.config.getoption("--nautilus"), item.config.getoption("--world")
    resolved = getattr(item.config, "conformance_version", version)
    expectation = item.config.stash.get(_EXPECTATIONS, Expectations()).matching(case["id"], resolved, world)
    # What this run could not see proves nothing of what is known about the version.
    expected, problem = judge(seen["outcome"], seen["signature"], None if seen.get("not_given") else expectation)
    seen["expected"] = expected
    report.conformance_outcome = seen["outcome"].value  # type: ignore[attr-defined]
    if problem is not None:
        seen["reason"] = f"{problem}\n{seen['reason'] or ''}".rstrip()
    text = f"{case['id']}  {case['requirement']}\n{seen['outcome']}: {seen['reason']}\nsignature: {seen['signature']}"
    if seen["outcome"] is Outcome.FAILED and expected:
        assert expectation is not None
        report.outcome = "skipped"
        report.wasxfail = f"{expectation.upstream} {expectation.reason}"
    elif seen["outcome"] is Outcome.UNSUPPORTED:
        report.outcome = "skipped"
        report.longrepr = (str(item.path), item.location[1] or 0, seen["reason"])
    elif problem is not None or seen["outcome"] is not Outcome.PASSED:
        report.outcome = "failed"
        report.longrepr = text


class _Run:
    """The controlling process of a run: provisions the subject once, writes the results file, sets the exit code."""

    def __init__(self, config: pytest.Config, versions: Mapping[str, str]) -> None:
        self._config = config
        self._versions = versions
        self._writer: ResultsWriter | None = None
        self._cases: list[CaseResult] = []

    def pytest_sessionstart(self) -> None:
        """Provision before any worker starts, so that they all find the environment ready."""
        if self._config.option.collectonly:
            return
        from conformance.verdict.revision import suite_revision

        installed = installation(self._config)
        overlays = self._config.getoption("--overlay")
        path = self._config.getoption("--conformance-results")
        if path is not None:
            header = Header(
                suite_revision=suite_revision(),
                subject=installed.version,
                installed=" ".join([installed.how, *(f"with {overlay}" for overlay in overlays)]),
                python=platform.python_version(),
                world=self._config.getoption("--world"),
                platform=platform.platform(),
                started=datetime.now(UTC).isoformat(timespec="seconds"),
                versions=self._versions,
            )
            self._writer = ResultsWriter(path, header)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write each case down as it ends; with several workers they all arrive here."""
        raw = getattr(report, "conformance_result", None)
        if raw is None:
            return
        result = CaseResult(**{**raw, "outcome": Outcome(raw["outcome"])})
        self._cases.append(result)
        if self._writer is not None:
            self._writer.write(replace(result, history=self._beside_results(result.history)))

    def _beside_results(self, history: str | None) -> str | None:
        """Name a history from where the results file lies, so that the two can be moved together."""
        results: Path = self._config.getoption("--conformance-results")
        return None if history is None else os.path.relpath(history, results.absolute().parent)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Close the results, with a footer only if the run came to its end; set the exit code of the design."""
        nothing = session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and _USAGE not in session.config.stash
        ended = nothing or session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        ended = ended and not session.shouldstop and not session.shouldfail
        if self._writer is not None:
            self._writer.close() if ended else self._writer.abandon()
        if not ended:
            return
        # Ordinary tests beside the cases keep pytest's own word; no case and no test is a run that decides nothing.
        if self._cases or nothing:
            session.exitstatus = decide_cases(self._cases)[0]
