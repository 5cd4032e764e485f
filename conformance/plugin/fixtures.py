"""What a case can ask for, by the name of its parameter."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from conformance.datafile import DataFileError
from conformance.history.history import Tight
from conformance.kit.given import NAMES, Given
from conformance.kit.metadata import Case
from conformance.kit.readiness import database_for, made_ready_for, require_kept_by, tells_of_an_upgrade
from conformance.kit.run import CaseRun
from conformance.kit.trader import Trader
from conformance.kit.traders import Traders
from conformance.plugin.handed import handed_to
from conformance.plugin.options import options_of
from conformance.plugin.selection import CASE
from conformance.plugin.standstill import Standstills
from conformance.subject.installations import Installation
from conformance.subject.profiles import Profile, load
from conformance.subject.provision import provision
from conformance.subject.subject import Subject
from conformance.verdict.classify import classify
from conformance.verdict.outcomes import Outcome
from conformance.worlds.cache_database import CacheDatabase
from conformance.worlds.entering import enter

HISTORY = pytest.StashKey[Path]()
TIGHTEST = pytest.StashKey[Tight | None]()
STOOD_STILL = pytest.StashKey[bool]()
"""Whether the machine kept the suite from running for a while during the case."""
_PROFILE = pytest.StashKey[Profile]()
_RUN = pytest.StashKey[tuple[CaseRun, asyncio.AbstractEventLoop]]()


def installation(config: pytest.Config) -> Installation:
    """Return the subject's environment, provisioned if need be; the same for every case of a run."""
    found: Installation | None = getattr(config, "conformance_installation", None)
    if found is None:
        options, handed = options_of(config), handed_to(config)
        found = (
            provision(options.nautilus, python=options.python, index=options.index)
            if handed is None
            else handed.installation
        )
        config.conformance_installation = found  # type: ignore[attr-defined]
        config.conformance_version = found.version  # type: ignore[attr-defined]
    return found


def kept_by_of(config: pytest.Config) -> Installation | None:
    """Return the environment of the version that ran before, provisioned if need be; None where the run has none."""
    options = options_of(config)
    if options.kept_by is None:
        return None
    found: Installation | None = getattr(config, "conformance_kept_by", None)
    if found is None:
        found = config.conformance_kept_by = provision(options.kept_by, python=options.python)  # type: ignore[attr-defined]
    return found


@asynccontextmanager
async def _before(config: pytest.Config, case: Case, subject: Subject) -> AsyncIterator[Subject | None]:
    """Yield the version that ran before, ready for the case; None where the case is about no upgrade."""
    if not tells_of_an_upgrade(case):
        yield None
        return
    options, kept_by = options_of(config), kept_by_of(config)
    require_kept_by(case, None if kept_by is None else kept_by.version)
    if kept_by is None or (kept_by == subject.installation and not options.overlays):
        yield subject
        return
    async with Subject(kept_by, logs=options.histories / "logs") as running:
        await made_ready_for(case, running, profile_of(config))
        yield running


def cache_database(config: pytest.Config) -> CacheDatabase | None:
    """Return the Redis that the run was given, by option or variable, or None; does not connect to it."""
    given = options_of(config).cache_database
    return None if given is None else CacheDatabase.parse(given)


def profile_of(config: pytest.Config) -> Profile:
    """Return the profile of the run, read once; raises `pytest.UsageError` for one that cannot be read."""
    found = config.stash.get(_PROFILE, None)
    if found is None:
        try:
            found = config.stash[_PROFILE] = load(options_of(config).profile)
        except DataFileError as error:
            raise pytest.UsageError(f"--profile: {error}") from error
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    """Yield the NautilusTrader version under test, in its own process; one for all cases of this worker."""
    options = options_of(request.config)
    overlay = dict(each.split("=", 1) for each in options.overlays)
    running = Subject(
        installation(request.config),
        logs=options.histories / "logs",
        overlay={module: Path(folder) for module, folder in overlay.items()},
    )
    yield running
    await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def run(request: pytest.FixtureRequest, subject: Subject) -> AsyncIterator[CaseRun]:
    """All that one case holds; closed, and its history written, whatever happens."""
    options, case = options_of(request.config), request.node.stash[CASE]
    profile = await made_ready_for(case, subject, profile_of(request.config))
    database = database_for(case, cache_database(request.config))
    world = enter(options.world, cassettes=options.cassettes, key_type=profile.key_type(subject.generation))
    # What cannot be replayed is not recorded either.
    record_to = options.record if "cassettes" in case.worlds else None
    async with _before(request.config, case, subject) as before:
        case_run = CaseRun(
            case.id,
            subject,
            world,
            record_to=record_to,
            cache_database=database,
            needs=case.needs,
            profile=profile,
            before=before,
        )
        standstills = Standstills(case_run.history)
        watching = asyncio.create_task(standstills.watch())
        try:
            await case_run.open()
            request.node.stash[_RUN] = (case_run, asyncio.get_running_loop())
            yield case_run
        finally:
            # What is open is closed first of all, also on the testnet and where the history cannot be written.
            try:
                await case_run.close()
            finally:
                watching.cancel()
                standstills.look()
                request.node.stash[STOOD_STILL] = standstills.seen
                folder = options.histories.absolute()
                request.node.stash[TIGHTEST] = case_run.history.tightest
                request.node.stash[HISTORY] = path = folder / f"{case.id}.jsonl"
                case_run.write(path, (folder / "logs").glob(f"{case.id}-*.log"))


def forget(item: pytest.Item) -> None:
    """Forget what a run of the case left on it, as if it had not been run."""
    keys: tuple[pytest.StashKey[Any], ...] = (_RUN, HISTORY, TIGHTEST, STOOD_STILL)
    for key in keys:
        if key in item.stash:
            del item.stash[key]


def _given(name: str) -> Any:
    """Return the fixture of what the kit gives a case by this name."""

    def given(run: CaseRun, request: pytest.FixtureRequest) -> Any:
        return getattr(Given(run, request.node.stash[CASE].trader), name)

    given.__doc__ = getattr(Given, name).__doc__
    return pytest.fixture(name=name)(given)


traders, wire, market, venue, faults, user_stream, market_streams = map(_given, NAMES)


@pytest_asyncio.fixture(loop_scope="session")
async def trader(traders: Traders) -> Trader:
    """A connected trader with the case's configuration."""
    return await traders.start()


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """After a case's own function, conclude its run: what must hold in every case is part of every case."""
    found = pyfuncitem.stash.get(_RUN, None)
    if found is None:
        return (yield)
    case_run, loop = found
    try:
        try:
            result = yield
        except Exception as error:
            loop.run_until_complete(case_run.excuse(error))
            raise
        loop.run_until_complete(case_run.conclude())
    except Exception as error:
        _note(case_run, error)
        raise
    return result


def _note(case_run: CaseRun, error: Exception) -> None:
    """Write a broken requirement down where it happened: what comes after it is the case's own clearing away."""
    outcome, signature, _ = classify(error)
    if outcome is Outcome.FAILED:
        case_run.note_failure(error, signature or "")


def timeline_of(item: pytest.Item) -> str:
    """Return what happened in the case so far as a person reads it, "" where it was not begun."""
    found = item.stash.get(_RUN, None)
    return "" if found is None else found[0].history.timeline()
