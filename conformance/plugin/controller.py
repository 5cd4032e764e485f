"""The controlling process of a run: provisions the subject once, writes the results file, sets the exit code."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.plugin.fixtures import installation, profile_of
from conformance.plugin.handed import Handed, hand
from conformance.plugin.options import options_of
from conformance.plugin.selection import PLANNED, USAGE
from conformance.plugin.showing import runs_nothing
from conformance.plugin.soundness import Soundness
from conformance.running.identity import header_of, surroundings
from conformance.subject.secrecy import hide_from_others
from conformance.verdict.decision import Decision, decide_cases
from conformance.verdict.defects import DefectsError, load_defects
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, ResultsWriter
from conformance.worlds.cache_database import CacheDatabaseError
from conformance.worlds.entering import check as check_world
from conformance.worlds.world import WorldError


def pytest_configure(config: pytest.Config) -> None:
    """Check what can be checked before anything runs; on the controlling process, register what writes the results."""
    hide_from_others()
    if hasattr(config, "workerinput"):
        return
    try:
        options = options_of(config)
        check_world(options.world, options.cassettes, workers=config.getoption("numprocesses", None) or 1)
        profile_of(config)
        versions = surroundings(options)
    except (WorldError, CacheDatabaseError) as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(Controller(config, versions), "conformance-controller")
    config.pluginmanager.register(Soundness(config), "conformance-soundness")


class Controller:
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
        self._handed: Handed | None = None

    def pytest_sessionstart(self) -> None:
        """Provision before any worker starts, so that they all find the environment ready."""
        if runs_nothing(self._config):
            return
        installed = installation(self._config)
        options = options_of(self._config)
        if options.results is not None:
            header = header_of(options, profile_of(self._config), installed, self._versions)
            self._writer = ResultsWriter(options.results, header)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker what is known already; pytest-xdist makes its workers once the session has started here."""
        if self._handed is None:
            try:
                self._handed = Handed(installation(self._config), load_defects(options_of(self._config).defects))
            except DefectsError as error:
                raise pytest.UsageError(str(error)) from error
        hand(node.workerinput, self._handed)

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
        if runs_nothing(self._config):
            return
        nothing = session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and USAGE not in session.config.stash
        ended = nothing or session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        ended = ended and not session.shouldstop and not session.shouldfail
        planned = self._config.stash.get(PLANNED, None)
        if ended and planned is None:
            # Every worker died: what they were to run is not known, so that what they did run is not the whole.
            session.exitstatus, ended = Decision.BROKEN, False
        if not ended or planned is None:
            self._abandon(refused=session.exitstatus == pytest.ExitCode.USAGE_ERROR or USAGE in session.config.stash)
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
