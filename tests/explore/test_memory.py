"""What is remembered of earlier explorations."""

from pathlib import Path

import pytest
from hypothesis.database import InMemoryExampleDatabase

from conformance.explore.memory import DatabaseError, Memory
from tests.conftest import redis_server
from tests.explore.some import some


def test_programs_come_back_from_a_folder(tmp_path: Path) -> None:
    """What one exploration keeps in a folder, the next finds there, the shortest first."""
    Memory.at(str(tmp_path)).keeps(some()[:5])
    found = list(Memory.at(str(tmp_path)).programs())
    assert set(found) == set(some()[:5])
    assert [len(each.written()) for each in found] == sorted(len(each.written()) for each in some()[:5])


def test_programs_come_back_from_redis() -> None:
    """Several machines can share a Redis."""
    with redis_server() as redis:
        Memory.at(f"redis://{redis}/0").keeps(some()[:3])
        assert set(Memory.at(f"redis://{redis}/0").programs()) == set(some()[:3])


def test_programs_of_another_vocabulary_are_forgotten() -> None:
    """What this version of the suite cannot read is taken out, and does no harm."""
    database = InMemoryExampleDatabase()
    memory = Memory(database)
    memory.keeps(some()[:1])
    (key,) = (key for key in [b"conformance explore: programs"] if list(database.fetch(key)))
    database.save(key, b'{"steps":[{"do":"dance"}]}')
    assert list(memory.programs()) == some()[:1]
    assert len(list(database.fetch(key))) == 1


@pytest.mark.parametrize("place", ["github:nobody", "s3://bucket"])
def test_places_that_cannot_be_are_refused(place: str) -> None:
    """A place that is none of the forms is refused with the forms."""
    with pytest.raises(DatabaseError, match="expected"):
        Memory.at(place)
