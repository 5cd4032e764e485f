"""Fixtures of the subject's tests."""

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from conformance.simulator import Options, Simulator
from conformance.subject.errors import SubjectError
from conformance.subject.subject import Subject
from tests.subject.played import make  # noqa: F401  (a fixture)
from tests.subject.real import CREDENTIALS, OF_EACH_GENERATION, Counter, Events, RealSubject, installed
from tests.subject.stand_in_index import StandInIndex


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of the few tests that need the real thing."""
    config.addinivalue_line("markers", "subject: installs and runs a real NautilusTrader; skipped without an index")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInIndex]:
    """An index on loopback which uv is configured with, empty caches, and no Python but the suite's own."""
    stand_in = StandInIndex(tmp_path / "index")
    for name in [name for name in os.environ if name.startswith("UV_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("UV_DEFAULT_INDEX", stand_in.url)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv-pythons"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CONFORMANCE_NIGHTLY_INDEX", stand_in.url.replace("/simple", "/nightly"))
    yield stand_in
    stand_in.close()


@pytest.fixture(scope="session", params=OF_EACH_GENERATION)
def version(request: pytest.FixtureRequest) -> str:
    """A version of each generation."""
    return str(request.param)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def lasting(version: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Subject]:
    """A subject for all tests of its version, as a run has it for its cases: to load NautilusTrader takes longest."""
    logs = tmp_path_factory.mktemp("logs")
    async with RealSubject(await installed(version), logs, environment=CREDENTIALS) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def subject(lasting: Subject) -> AsyncIterator[Subject]:
    """A subject of each generation, without a trader."""
    yield lasting
    if lasting.trader is not None:
        # One that does not stop gives way to a new process; which versions stop cleanly is for the cases to say.
        with contextlib.suppress(SubjectError):
            await lasting.trader.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def venue() -> AsyncIterator[Simulator]:
    """A venue with a fresh account."""
    simulator = Simulator(options=Options(lenient_routes=True))
    await simulator.start()
    yield simulator
    await simulator.close()


@pytest.fixture
def events() -> Events:
    """What the trader tells."""
    return Events()


@pytest_asyncio.fixture(loop_scope="session")
async def counter(venue: Simulator) -> AsyncIterator[Counter]:
    """Relays HTTP to the venue and notes what was asked."""
    async with Counter(venue.url) as counting:
        yield counting
