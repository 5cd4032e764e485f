"""The basis: which cases touch a place or line, in which order, and that it is read as it was written."""

from pathlib import Path

import pytest

from conformance.proof.basis import Basis, BasisError, Ground, in_turn, read_ground, write_ground
from conformance.proof.source.source_mutants import mutants_of
from conformance.proof.trying import touching


def case(case_id: str, seconds: float = 1.0, found: str = "passed", **touches: tuple[str, ...]) -> Basis:
    """Return a case as it was on the version as it is."""
    return Basis(case_id=case_id, found=found, seconds=seconds, **touches)


def ground(*cases: Basis, imported: tuple[str, ...] = ()) -> Ground:
    """Return the ground of some cases."""
    return Ground("1.231.0", "default", {each.case_id: each for each in cases}, frozenset(imported))


def test_families_take_turns() -> None:
    """The first cases differ most: one of each family, the quick ones first."""
    cases = [case("AAA-010.x", 1), case("AAA-010.y", 2), case("AAA-010.z", 3), case("BBB-010", 4)]

    assert [each.case_id for each in in_turn(cases)] == ["AAA-010.x", "BBB-010", "AAA-010.y", "AAA-010.z"]


def test_only_what_was_judged_tells() -> None:
    """A case that was unsupported or broken on the version as it is tells no mutant."""
    sound = ground(case("AAA-010", places=("p",)), case("AAA-020", found="unsupported", places=("p",)))

    assert [each.case_id for each in sound.touching("p")] == ["AAA-010"]


def test_a_line_of_the_import_is_everybodys() -> None:
    """A line that runs when the adapter is imported can be told by any case; one that never runs by none.

    That a case starts a process of its own, and so imports it again, makes the line no more its own.
    """
    sound = ground(case("AAA-010", lines=("f:1",)), case("AAA-020", lines=("f:9",)), imported=("f:9",))

    assert [each.case_id for each in sound.running(["f:1"])] == ["AAA-010"]
    assert [each.case_id for each in sound.running(["f:9"])] == ["AAA-010", "AAA-020"]
    assert sound.running(["f:5"]) == []


def test_cases_about_a_function_and_those_that_do_something_rare_there_take_turns() -> None:
    """Every start loads the instruments: its own cases and those that go where few go in it are worth the first try."""
    source = (
        "class Provider:\n    def load(self, all):\n        if not all:\n            self.seen()\n        self.b()\n"
    )
    mutant = next(each for each in mutants_of("futures/providers.py", source) if each.what == "condition")
    every, rare = ("futures/providers.py:3", "futures/providers.py:5"), "futures/providers.py:4"
    others = [case(f"AAA-{number}0", 0.1, lines=every) for number in range(10, 30)]
    about = [case(f"INST-{number}0", 5.0, lines=every) for number in (10, 20)]
    rarely = [case(f"BBB-{number}0", 9.0, lines=(*every, rare)) for number in (10, 20)]
    sound = ground(*others, *about, *rarely)

    tried = [each.case_id for each in touching(mutant, sound, sound.cases)]

    assert tried[:4] == ["INST-100", "BBB-100", "INST-200", "BBB-200"]
    assert len(tried) == len(set(tried)) == 24


def test_a_ground_is_read_as_it_was_written(tmp_path: Path) -> None:
    """All of a ground survives the file; one of another version or profile is refused."""
    whole = ground(case("AAA-010", places=("p", "q"), lines=("f:1",)), imported=("f:9",))
    write_ground(tmp_path / "basis.json", whole)

    assert read_ground(tmp_path / "basis.json", "1.231.0", "default") == whole
    with pytest.raises(BasisError, match=r"not of 2\.0\.0rc7"):
        read_ground(tmp_path / "basis.json", "2.0.0rc7", "default")


def test_cases_about_a_place_are_tried_first() -> None:
    """What every start asks is in every case; those that are about it come first."""
    place = "answer GET /fapi/v1/exchangeInfo symbols[].quoteAsset"
    sound = ground(case("AAA-010", 0.1, places=(place,)), case("INST-010", 5.0, places=(place,)))

    assert [each.case_id for each in sound.touching(place)] == ["INST-010", "AAA-010"]


def test_what_an_object_lacks_is_tried_by_those_who_use_it() -> None:
    """Every case makes an object; one that runs a line of its class that few run is worth the first try."""
    source = "class Client:\n    def __init__(self):\n        self.a = 1\n\n    def act(self):\n        return self.a\n"
    mutant = next(each for each in mutants_of("f.py", source) if each.what == "removed statement")
    others = [case(f"AAA-{number}0", 0.1, lines=("f.py:3",)) for number in range(10, 20)]
    sound = ground(*others, case("BBB-010", 9.0, lines=("f.py:3", "f.py:6")))

    assert touching(mutant, sound, sound.cases)[0].case_id == "BBB-010"


def test_what_every_start_does_is_tried_by_those_who_do_something_rare_there() -> None:
    """Every case runs a function's first line; one that goes where few go in it is worth the first try."""
    source = "class Client:\n    def ask(self, all):\n        if not all:\n            self.seen()\n        self.b()\n"
    mutant = next(each for each in mutants_of("f.py", source) if each.what == "condition")
    others = [case(f"AAA-{number}0", 0.1, lines=("f.py:3", "f.py:5")) for number in range(10, 20)]
    sound = ground(*others, case("BBB-010", 9.0, lines=("f.py:3", "f.py:4", "f.py:5")))

    assert touching(mutant, sound, sound.cases)[0].case_id == "BBB-010"


def test_parameters_of_an_endpoint_are_tried_by_those_who_use_it() -> None:
    """What is a part of an inner class is of the class around it: the lines that its users run are of that one."""
    parameters = "    class Parameters(Struct, omit_defaults=True):\n        a: int\n"
    source = f"class Leverage:\n{parameters}\n    def post(self):\n        send()\n"
    mutant = next(each for each in mutants_of("f.py", source) if each.what == "constant")
    others = [case(f"AAA-{number}0", 0.1, lines=()) for number in range(10, 20)]
    sound = ground(*others, case("BBB-010", 9.0, lines=("f.py:6",)), imported=("f.py:2",))

    assert touching(mutant, sound, sound.cases)[0].case_id == "BBB-010"
