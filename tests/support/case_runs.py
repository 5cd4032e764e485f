"""A simulator that poses as the testnet, and runs of one case whose subject is the stand-in."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from conformance.kit.run import CaseRun
from conformance.simulator import DEFAULT_KEY, DEFAULT_SECRET, Options, Simulator
from conformance.subject.subject import Subject
from conformance.worlds.testnet import KEY_VARIABLE, SECRET_VARIABLE, URL_VARIABLE, TestnetWorld
from conformance.worlds.world import World
from tests.plugin.stand_in import StandInSubject

CASE = "AAA-010"


@pytest.fixture
async def testnet() -> AsyncIterator[Simulator]:
    """A simulator that plays the testnet: one account that outlives every case."""
    simulator = Simulator(options=Options(enforce_weight_limit=False, lenient_routes=True))
    await simulator.start()
    yield simulator
    await simulator.close()


def environment_of(simulator: Simulator, **more: str) -> dict[str, str]:
    """Return the environment variables that make the simulator the testnet."""
    given = {URL_VARIABLE: simulator.url, KEY_VARIABLE: DEFAULT_KEY, SECRET_VARIABLE: DEFAULT_SECRET}
    return {**given, **more}


type Opener = Callable[..., CaseRun]


@pytest.fixture
def case_run(testnet: Simulator) -> Opener:
    """Returns a run of one case on the stand-in, by default in the testnet world; not yet open."""

    def make(version: str = "1.0.0", world: World | None = None, **more: Any) -> CaseRun:
        world = world or TestnetWorld(environment=environment_of(testnet))
        return CaseRun(CASE, cast(Subject, StandInSubject(version)), world, **more)

    return make


def holdings(simulator: Simulator) -> dict[str, list[Any]]:
    """Return what the account holds open at the venue."""
    books = simulator.control.books()
    return {name: list(books[name]) for name in ("orders", "algo_orders", "positions")}


@pytest.fixture
def cassettes(tmp_path: Path) -> Path:
    """An empty folder for cassettes."""
    folder = tmp_path / "cassettes"
    folder.mkdir()
    return folder
