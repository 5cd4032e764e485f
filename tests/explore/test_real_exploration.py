"""A few programs on a real NautilusTrader of each generation. Installs it first: some minutes with cold caches."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from conformance.explore.exploring import Limits, explore
from conformance.explore.findings import Record
from conformance.explore.generating import made_up
from conformance.explore.outcome import OUTCOME, write_outcome
from conformance.explore.playhouse import Playhouse
from conformance.explore.program import Program
from conformance.explore.steps.commands import Cancel, CancelBatch
from conformance.explore.steps.faults import HoldFrames, Release
from conformance.explore.steps.submission import Submit
from conformance.explore.steps.surroundings import Fill, Price
from conformance.explore.weights import load_weights
from conformance.subject.errors import IndexUnreachable
from conformance.subject.profiles import load
from conformance.subject.provision import provision
from conformance.subject.subject import Subject
from tests.explore.scripted_player import OneAfterTheOther
from tests.subject.real import OF_EACH_GENERATION
from tests.support.absent import absent

pytestmark = [pytest.mark.subject, pytest.mark.timeout(600)]
_SEED, _FEW = 5, 6
_BATCH_OF_ONE = Program.of([Submit(order="a", kind="stop"), CancelBatch(orders=("a",))])
_BATCH = "invariant 6: an algo order was cancelled with DELETE /fapi/v1/batchOrders"


@pytest.fixture(params=OF_EACH_GENERATION)
def playhouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Playhouse]:
    """A playhouse for each generation."""
    try:
        installation = provision(request.param)
    except IndexUnreachable as error:
        absent(str(error))
    house = Playhouse(Subject(installation, tmp_path / "logs"), load("default"))
    yield house
    house.close()


def test_what_is_right_shows_nothing(playhouse: Playhouse) -> None:
    """Programs that ask for what every version can do break nothing, whatever order things come in."""
    programs = [
        Program.of([Submit(order="a"), Fill(order="a", quantity="0.004"), Cancel(order="a")]),
        Program.of([HoldFrames(), Submit(order="a"), Release(), Price(), Submit(order="b", kind="market")]),
    ]
    for program in programs:
        played = playhouse(program, timeline=True)
        assert (played.broken, played.signs) == ("", ()), f"{program.text()}\n{played.timeline}"


def test_known_defect_shows_each_time(playhouse: Playhouse) -> None:
    """A batch cancellation of a stop shows where it goes, each time that it is played."""
    assert [playhouse(_BATCH_OF_ONE).shows((_BATCH, "")) for _ in range(2)] == [True, True]


def test_same_programs_come_to_the_same_outcome(playhouse: Playhouse, tmp_path: Path) -> None:
    """What is explored twice leaves the same file both times, with the same findings made as small."""
    files = []
    for name in ("one", "two"):
        # One that shows something on each generation, and some as they come.
        programs = itertools.chain([_BATCH_OF_ONE], made_up(load_weights(), _SEED))
        found = explore(programs, OneAfterTheOther(playhouse), Record("1.0.0"), Limits(programs=_FEW))
        assert not found.broken
        write_outcome(tmp_path / name, found, version="1.0.0", against=None, seed=_SEED)
        files.append((tmp_path / name / OUTCOME).read_bytes())
    assert files[0] == files[1]
    assert msgspec.json.decode(files[0])["findings"]
