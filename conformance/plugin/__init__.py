"""The pytest plugin: options, the `case` marker, and the outcome of every case.

`pytest conformance/cases --nautilus 1.231.0 --world simulator` is all there is to a run; the command line calls this.
The fixtures that a case asks for are in `conformance.plugin.fixtures`.
"""

import os
import platform
from collections.abc import Generator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from conformance.kit.case import contract_ids
from conformance.plugin import fixtures
from conformance.plugin.fixtures import HISTORY, cache_database, installation
from conformance.plugin.options import add_options, is_run, options_of
from conformance.verdict.decision import Decision, decide_cases
from conformance.verdict.expectations import Expectations, ExpectationsError, judge, load_expectations
from conformance.verdict.nearest import nearest
from conformance.verdict.outcomes import Outcome
from conformance.verdict.phases import CaseSoFar
from conformance.verdict.results import CASSETTES as REPLAYED
from conformance.verdict.results import CaseResult, Header, ResultsWriter
from conformance.worlds.cache_database import CacheDatabaseError
from conformance.worlds.entering import check as check_world
from conformance.worlds.names import has_place
from conformance.worlds.world import WorldError

_SO_FAR = pytest.StashKey[CaseSoFar]()
_EXPECTED = pytest.StashKey[tuple[bool, str | None]]()
_EXPECTATIONS = pytest.StashKey[Expectations]()
_USAGE = pytest.StashKey[str]()
_PLANNED = pytest.StashKey[dict[str, str]]()
"""Node id → case id of all that is to be run. Without it nobody knows whether a run is whole."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what a run is asked for: the subject, the world, and where things are read from and written to."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker; on the controlling process of a run, also what writes the results."""
    config.pluginmanager.register(fixtures, fixtures.__name__)
    config.addinivalue_line("markers", "case(id, requirement, ...): a requirement of the contract")
    if is_run(config) and not hasattr(config, "workerinput"):
        options = options_of(config)
        try:
            check_world(options.world, workers=config.getoption("numprocesses", None) or 1)
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


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what is planned: a case that never ends is then missed."""
    planned = {item.nodeid: case["id"] for item in session.items if (case := metadata(item)) is not None}
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["conformance_planned"] = planned
    else:
        session.config.stash[_PLANNED] = planned


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take from a worker what it planned, and what was wrong with the command; one that died tells neither."""
    told = getattr(node, "workeroutput", {})
    if wrong := told.get("conformance_usage"):
        node.config.stash[_USAGE] = wrong
    if "conformance_planned" in told:
        node.config.stash[_PLANNED] = told["conformance_planned"]


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
    options = options_of(config)
    wanted = options.case_ids
    for identifier in wanted:
        if identifier not in by_id:
            raise pytest.UsageError(
                f"there is no case {identifier!r}{nearest(identifier, by_id)}; `conformance cases` lists them all"
            )
    if not options.nautilus and not config.option.collectonly:
        raise pytest.UsageError("which NautilusTrader? Give --nautilus VERSION, such as --nautilus newest")
    if options.nautilus:
        try:
            config.stash[_EXPECTATIONS] = load_expectations(options.expectations, by_id.keys() | contract_ids())
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
    options = options_of(config)
    return has_place(options.world, case["id"], case["worlds"], options.cassettes, asked_for=asked_for)


def _note(item: pytest.Item, case: Mapping[str, Any], call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    so_far = item.stash.setdefault(_SO_FAR, CaseSoFar())
    if so_far.add(call.when, None if call.excinfo is None else call.excinfo.value, call.duration):
        item.stash[_EXPECTED] = _judge(item, case, so_far, report)
    if call.when == "teardown":
        expected, problem = item.stash[_EXPECTED]
        result = CaseResult(
            id=case["id"],
            outcome=so_far.outcome,
            expected=expected,
            seconds=round(so_far.seconds, 3),
            signature=so_far.signature,
            reason=_reason(so_far, problem),
            history=str(item.stash[HISTORY]) if HISTORY in item.stash else None,
        )
        report.conformance_result = {**asdict(result), "outcome": result.outcome.value}  # type: ignore[attr-defined]


def _judge(
    item: pytest.Item, case: Mapping[str, Any], so_far: CaseSoFar, report: pytest.TestReport
) -> tuple[bool, str | None]:
    """Let pytest report the outcome as such; return whether it was expected, and the problem of its expectation."""
    options = options_of(item.config)
    resolved = getattr(item.config, "conformance_version", options.nautilus)
    expectation = item.config.stash.get(_EXPECTATIONS, Expectations()).matching(case["id"], resolved, options.world)
    # What this run could not see proves nothing of what is known about the version.
    expected, problem = judge(so_far.outcome, so_far.signature, None if so_far.not_given else expectation)
    report.conformance_outcome = so_far.outcome.value  # type: ignore[attr-defined]
    reason = _reason(so_far, problem)
    if so_far.outcome is Outcome.FAILED and expected:
        assert expectation is not None
        report.outcome = "skipped"
        report.wasxfail = f"{expectation.upstream} {expectation.reason}"
    elif so_far.outcome is Outcome.UNSUPPORTED:
        report.outcome = "skipped"
        report.longrepr = (str(item.path), item.location[1] or 0, reason or "")
    elif problem is not None or so_far.outcome is not Outcome.PASSED:
        report.outcome = "failed"
        report.longrepr = (
            f"{case['id']}  {case['requirement']}\n{so_far.outcome}: {reason}\nsignature: {so_far.signature}"
        )
    return expected, problem


def _reason(so_far: CaseSoFar, problem: str | None) -> str | None:
    return so_far.reason if problem is None else f"{problem}\n{so_far.reason or ''}".rstrip()


class _Run:
    """The controlling process of a run: provisions the subject once, writes the results file, sets the exit code."""

    def __init__(self, config: pytest.Config, versions: Mapping[str, str]) -> None:
        self._config = config
        self._versions = versions
        self._writer: ResultsWriter | None = None
        self._cases: list[CaseResult] = []
        self._failed: set[str] = set()
        """Node ids of what failed without being a case that ended."""
        self._crashed: dict[str, str] = {}
        """Node id → pytest-xdist's words, of what a worker died of."""
        self._summary: list[str] = []

    def pytest_sessionstart(self) -> None:
        """Provision before any worker starts, so that they all find the environment ready."""
        if self._config.option.collectonly:
            return
        from conformance.revision import digest, suite_revision

        installed = installation(self._config)
        options = options_of(self._config)
        if options.results is not None:
            replayed = {REPLAYED: digest([options.cassettes])} if options.world == "cassettes" else {}
            header = Header(
                suite_revision=suite_revision(),
                subject=installed.version,
                installed=" ".join([installed.how, *(f"with {overlay}" for overlay in options.overlays)]),
                python=platform.python_version(),
                world=options.world,
                platform=platform.platform(),
                started=datetime.now(UTC).isoformat(timespec="seconds"),
                versions={**self._versions, **replayed},
            )
            self._writer = ResultsWriter(options.results, header)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember what could not be collected."""
        if report.failed:
            self._failed.add(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Remember in which case a worker died."""
        self._crashed[crashitem] = str(report.longrepr)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write each case down as it ends; with several workers they all arrive here."""
        raw = getattr(report, "conformance_result", None)
        if raw is not None:
            self._note(CaseResult(**{**raw, "outcome": Outcome(raw["outcome"])}))
        elif report.failed:
            self._failed.add(report.nodeid)

    def _note(self, result: CaseResult) -> None:
        self._cases.append(result)
        if self._writer is not None:
            self._writer.write(replace(result, history=self._beside_results(result.history)))

    def _beside_results(self, history: str | None) -> str | None:
        """Name a history from where the results file lies, so that the two can be moved together."""
        results = options_of(self._config).results
        return None if history is None or results is None else os.path.relpath(history, results.absolute().parent)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Close the results, with a footer only if the run came to its end; set the exit code of the design."""
        if self._config.option.collectonly:
            return
        nothing = session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and _USAGE not in session.config.stash
        ended = nothing or session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        ended = ended and not session.shouldstop and not session.shouldfail
        planned = self._config.stash.get(_PLANNED, None)
        if ended and planned is None:
            # Every worker died: what they were to run is not known, so that what they did run is not the whole.
            session.exitstatus, ended = Decision.BROKEN, False
        if not ended or planned is None:
            self._abandon(refused=session.exitstatus == pytest.ExitCode.USAGE_ERROR or _USAGE in session.config.stash)
            return
        for result in self._lost(planned):
            self._note(result)
            self._summary.append(f"{result.id} {result.outcome}: {result.reason}")
        if self._writer is not None:
            self._writer.close()
        # A failing test beside the cases keeps pytest's own word; no case and no test is a run that decides nothing.
        if (self._cases or nothing) and self._failed <= planned.keys():
            session.exitstatus = decide_cases(self._cases)[0]

    def _abandon(self, *, refused: bool) -> None:
        if self._writer is None:
            return
        self._writer.abandon()
        if not refused:
            path = options_of(self._config).results
            self._summary.append(
                f"the run ended early, so its results are not judged: {path} has no footer. To have them judged, run "
                "it to its end: without -x or --maxfail, and without an interruption"
            )

    def _lost(self, planned: Mapping[str, str]) -> list[CaseResult]:
        """Return a broken result for each case that was to be run and did not end: it must not vanish."""
        ended = {case.id for case in self._cases}
        return [
            CaseResult(
                id=case_id,
                outcome=Outcome.BROKEN,
                expected=False,
                seconds=0.0,
                reason=f"its worker died before it ended: {self._crashed.get(node_id, 'nothing is known of it')}; "
                f"run it alone, --case {case_id}, to see how",
            )
            for node_id, case_id in planned.items()
            if case_id not in ended
        ]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the results file says beyond pytest's own words."""
        for line in self._summary:
            terminalreporter.write_line(line, red=True)
