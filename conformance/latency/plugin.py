"""The pytest plugin of a measurement: its options and the order of its series. `conformance latency` loads it."""

import os
import platform
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from conformance.latency.intervals import SERIES
from conformance.latency.measurement import Header, MeasurementWriter, Role, shown_as
from conformance.latency.rounds import orders_in, rounds_for
from conformance.revision import suite_revision
from conformance.subject.provision import provision, resolve
from conformance.subject.subject import Subject


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a measurement."""
    group = parser.getgroup("latency", "NautilusTrader latency")
    group.addoption("--latency-measured", metavar="VERSION", help="the NautilusTrader version to measure")
    group.addoption("--latency-against", metavar="VERSION", help="the version to measure it against, in turns")
    group.addoption("--latency-python", metavar="3.X", help="the Python that runs both")
    group.addoption("--latency-index", metavar="URL", help="the index that the measured version is installed from")
    group.addoption(
        "--latency-samples", type=int, default=400, metavar="N", help="orders of each kind and version (default: 400)"
    )
    group.addoption(
        "--latency-results",
        type=Path,
        default=Path("results/latency"),
        metavar="DIR",
        help="write the measurement, its histories and logs there",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a measurement without a subject before anything is collected."""
    if not config.getoption("--latency-measured"):
        raise pytest.UsageError("which NautilusTrader? Give --latency-measured VERSION; or use `conformance latency`")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make the rounds, the two versions in turns so that a noisy machine disturbs both alike; then the benchmarks."""
    roles = versions(metafunc.config)
    if "number" in metafunc.fixturenames:
        rounds = range(1, rounds_for(metafunc.config.getoption("--latency-samples")) + 1)
        turns = [pytest.param(number, role, id=f"{number}-{role}") for number in rounds for role in roles]
        metafunc.parametrize(("number", "role"), turns)
    elif "series" in metafunc.fixturenames:
        benchmarks = [
            pytest.param(
                series,
                role,
                id=f"{series.key}/{shown_as(roles, role)}",
                marks=pytest.mark.benchmark(group=series.shown),
            )
            for series in SERIES
            for role in roles
        ]
        metafunc.parametrize(("series", "role"), benchmarks)


def versions(config: pytest.Config) -> Mapping[Role, str]:
    """Return the version asked for in each role."""
    asked = {Role.MEASURED: "--latency-measured", Role.AGAINST: "--latency-against"}
    return {role: version for role, option in asked.items() if (version := config.getoption(option))}


def measurement_path(config: pytest.Config) -> Path:
    """Return where the measurement is written."""
    folder: Path = config.getoption("--latency-results")
    return folder / "measurement.jsonl"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def subjects(pytestconfig: pytest.Config) -> AsyncIterator[Mapping[Role, Subject]]:
    """Yield every version, each in a process of its own that is there all the time, so that turns cost no start."""
    logs = pytestconfig.getoption("--latency-results") / "logs"
    python, index = (pytestconfig.getoption(f"--latency-{each}") for each in ("python", "index"))
    places = {Role.MEASURED: index}
    running = {
        role: Subject(
            provision(resolve(version, python=python, index=places.get(role)), python=python, index=places.get(role)),
            logs=logs / role,
        )
        for role, version in versions(pytestconfig).items()
    }
    try:
        for subject in running.values():
            await subject.start()
        yield running
    finally:
        for subject in running.values():
            await subject.close()


@pytest.fixture(scope="session")
def writer(pytestconfig: pytest.Config, subjects: Mapping[Role, Subject]) -> Iterator[MeasurementWriter]:
    """Yield the measurement being written; it is whole only if every round ended."""
    header = Header(
        versions={role: subject.installation.version for role, subject in subjects.items()},
        rounds=rounds_for(pytestconfig.getoption("--latency-samples")),
        samples=pytestconfig.getoption("--latency-samples"),
        suite_revision=suite_revision(),
        python=platform.python_version(),
        platform=platform.platform(),
        cpus=os.cpu_count() or 1,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    written = MeasurementWriter(measurement_path(pytestconfig), header)
    yield written
    written.close()


@pytest.fixture
def orders(pytestconfig: pytest.Config, number: int) -> int:
    """Return how many orders of each kind this round sends."""
    return orders_in(number, pytestconfig.getoption("--latency-samples"))
