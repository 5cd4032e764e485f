"""Which cases a run has: functions become cases, families are expanded, and what was not asked for is left out."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.kit.catalogue import CatalogueError, contract
from conformance.kit.metadata import Case, cases_of
from conformance.kit.selection import SelectionError, is_selected, selected
from conformance.locations import DEFECTS as RECORD
from conformance.locations import SUITE
from conformance.plugin.handed import handed_to, speaks_for_all
from conformance.plugin.options import options_of
from conformance.verdict.defects import Defects, DefectsError, confirm, load_defects
from conformance.worlds.names import has_place

CASE = pytest.StashKey[Case]()
DEFECTS = pytest.StashKey[Defects]()
USAGE = pytest.StashKey[str]()
PLANNED = pytest.StashKey[dict[str, str]]()
"""Node id → case id of all that is to be run. Used to detect cases that were scheduled but never finished."""
_SEEN = pytest.StashKey[dict[str, Case]]()
"""Every case of the modules that were collected, whether or not it is to be run."""
_CLASHES = pytest.StashKey[list[str]]()


def case_of(item: pytest.Item) -> Case | None:
    """Return the case that an item is, or None for any other test."""
    return item.stash.get(CASE, None)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Item] | None:
    """Leave out a function whose cases are not asked for; let the others run in the session's event loop."""
    cases = cases_of(obj)
    if not cases:
        return None
    _note_seen(collector.config, cases)
    if not _chosen(collector.config, cases):
        return []
    pytest.mark.asyncio(loop_scope="session")(obj)
    return None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Expand a family: one item for each case that is asked for, under the case's own id."""
    cases = cases_of(metafunc.function)
    if not cases or not cases[0].arguments:
        return
    names = list(cases[0].arguments)
    rows = [
        pytest.param(*(case.arguments[name] for name in names), id=case.id) for case in _chosen(metafunc.config, cases)
    ]
    metafunc.parametrize(names, rows)


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Note which case an item is."""
    cases = cases_of(getattr(item, "function", None))
    if cases:
        call: Any = getattr(item, "callspec", None)
        item.stash[CASE] = cases[0] if call is None else next(case for case in cases if case.id == call.id)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse ids that clash or do not exist, and defects of cases that do not."""
    try:
        _check(config)
    except pytest.UsageError as error:
        if not hasattr(config, "workeroutput"):
            raise
        # pytest-xdist takes a worker that stops here for one that has crashed: the controlling process says it instead.
        config.workeroutput["conformance_usage"] = str(error)
        items.clear()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what is planned: a case that never ends is then missed."""
    planned = {item.nodeid: case.id for item in session.items if (case := case_of(item)) is not None}
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["conformance_planned"] = planned
    else:
        session.config.stash[PLANNED] = planned


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take from a worker what it planned, and what was wrong with the command; a crashed worker sends neither."""
    told = getattr(node, "workeroutput", {})
    if wrong := told.get("conformance_usage"):
        node.config.stash[USAGE] = wrong
    if "conformance_planned" in told:
        node.config.stash[PLANNED] = told["conformance_planned"]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """End a run whose command was wrong as pytest ends one without workers."""
    if USAGE in session.config.stash:
        session.exitstatus = pytest.ExitCode.USAGE_ERROR


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was wrong with the command."""
    if wrong := config.stash.get(USAGE, None):
        terminalreporter.write_line(f"ERROR: {wrong}", red=True)


def _note_seen(config: pytest.Config, cases: Sequence[Case]) -> None:
    seen = config.stash.setdefault(_SEEN, {})
    for case in cases:
        if (other := seen.setdefault(case.id, case)).place != case.place:
            clash = f"case {case.id} is both {other.place} and {case.place}: ids are unique"
            config.stash.setdefault(_CLASHES, []).append(clash)


def _chosen(config: pytest.Config, cases: Sequence[Case]) -> list[Case]:
    """Return the cases that were asked for and have a place in the run's world."""
    options = options_of(config)
    return [
        case
        for case in cases
        if is_selected(case.id, case.tier, options.case_ids, options.tier)
        # One that was asked for by its id says itself what it lacks.
        and has_place(options.world, case.id, case.worlds, options.cassettes, asked_for=case.id in options.case_ids)
    ]


def _check(config: pytest.Config) -> None:
    seen = config.stash.get(_SEEN, {})
    if not seen:
        return
    options = options_of(config)
    for clash in config.stash.get(_CLASHES, []):
        raise pytest.UsageError(clash)
    try:
        selected({case.id: case.tier for case in seen.values()}, options.case_ids, options.tier)
        handed = handed_to(config)
        config.stash[DEFECTS] = load_defects(options.defects) if handed is None else handed.defects
        if speaks_for_all(config) and not _is_about_others(options.defects, seen.values()):
            confirm(config.stash[DEFECTS], seen.keys() | contract().keys())
    except (SelectionError, DefectsError, CatalogueError) as error:
        raise pytest.UsageError(str(error)) from error


def _is_about_others(defects: Path, seen: Iterable[Case]) -> bool:
    """Whether the record is the suite's own and none of the cases seen is: runs of the contract hold it true.

    To load the contract for that would take longer than a few cases of one's own.
    """
    own = f"{SUITE}{os.sep}"
    return defects == RECORD and not any(case.place.startswith(own) for case in seen)
