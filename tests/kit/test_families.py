"""Families: one function for several cases, under literal ids that stay the same, and few of them for every pair."""

import itertools
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from conformance.kit import AxisValue, case
from conformance.kit.metadata import Case, cases_of


@dataclass(frozen=True, kw_only=True)
class Fate(AxisValue):
    """An answer that says nothing."""

    status: int = 0


COMMANDS = ("submit", "cancel", "modify", "cancel-all")
FATES = (
    Fate(name="408", words="answered 408", status=408, upstream=("#4215",)),
    Fate(name="page", words="answered with a page", status=200, trader={"transport": "http"}),
    Fate(name="socket", words="cut off on the socket", needs=("ws_trading",)),
)
DONE = ("done", "undone")
TOLD = ("stream", "query", "never")


def family(**more: Any) -> tuple[Case, ...]:
    """Return the cases of a crossed family."""
    axes = {"command": COMMANDS, "fate": FATES, "done": DONE, "told": TOLD}
    but = {
        "what was not done is never told": {"done": "undone", "told": ("stream", "query")},
        "no query names all orders": [{"command": "cancel-all", "told": "query"}],
    }

    @case.each("FATE-010", **{"axes": axes, "but": but, "rule": "General info", "needs": ["retries"], **more})
    async def test_it(command: str, fate: Fate, done: str, told: str) -> None:
        """A {command} {fate} MUST keep the order as it is at the venue ({fate.status})."""

    return cases_of(test_it)


def test_a_crossed_family_has_a_case_for_every_cell_that_can_exist() -> None:
    """The id is the family's and the names of the values, the requirement says them, and the function gets them."""
    cases = {each.id: each for each in family()}

    assert len(cases) == 4 * 3 * (3 + 1) - 1 * 3
    one = cases["FATE-010.cancel.408.done.stream"]
    assert one.requirement == "A cancel answered 408 MUST keep the order as it is at the venue (408)."
    assert one.arguments == {"command": "cancel", "fate": FATES[0], "done": "done", "told": "stream"}
    assert (one.family, one.group) == ("FATE-010", "FATE")
    assert "FATE-010.cancel-all.408.done.query" not in cases


def test_a_value_brings_its_needs_and_issues() -> None:
    """What a value needs is needed in its cells only, and joined to what the family needs."""
    cases = {each.id: each for each in family(upstream=["#1"])}
    assert cases["FATE-010.submit.socket.done.never"].needs == ("retries", "ws_trading")
    assert cases["FATE-010.submit.408.done.never"].needs == ("retries",)
    assert cases["FATE-010.submit.408.done.never"].upstream == ("#1", "#4215")


def test_a_value_has_its_say_in_the_traders_config() -> None:
    """What a value says of a field goes before the family's word, in its cells only; the rest stays."""
    cases = {each.id: each for each in family(trader={"transport": "ws-api", "hedge_mode": True})}
    assert cases["FATE-010.submit.page.done.never"].trader == {"transport": "http", "hedge_mode": True}
    assert cases["FATE-010.submit.408.done.never"].trader == {"transport": "ws-api", "hedge_mode": True}


def pairs(cases: list[Case]) -> set[tuple[tuple[str, str], ...]]:
    """Return every pair of values that some case has."""
    cells = [list(enumerate(each.id.split(".")[1:])) for each in cases]
    return {pair for cell in cells for pair in itertools.combinations(((str(axis), name) for axis, name in cell), 2)}


def test_the_core_covers_every_pair_of_values_in_few_cases() -> None:
    """Whatever two values can meet in some cell meet in one of the core's; most cells are left to the full tier."""
    cases = list(family())
    core = [each for each in cases if each.tier == "core"]

    assert pairs(core) == pairs(cases)
    assert len(core) <= len(cases) / 2


def test_the_core_has_the_cells_that_are_wanted_there() -> None:
    """A cell that a known defect needs is in the core; the pairs that it covers need no other."""
    wanted = "modify.page.done.query"
    without = next(each for each in family() if each.id == f"FATE-010.{wanted}")
    always = {each.id for each in family(core=[wanted]) if each.tier == "core"}
    assert f"FATE-010.{wanted}" in always, without.tier
    assert pairs([each for each in family(core=[wanted]) if each.tier == "core"]) == pairs(list(family()))


def test_the_core_is_the_same_in_every_process() -> None:
    """Two runs, on two machines, run the same cells: the choice depends on no hash of the process."""
    code = "from tests.kit.test_families import family; print([each.id for each in family() if each.tier == 'core'])"

    def said(seed: str) -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(command, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout

    assert said("1") == said("2")


def test_a_family_of_the_full_tier_has_no_core() -> None:
    """A family may be left to the full tier altogether, or but for the cells that a known defect needs."""
    assert {each.tier for each in family(tier="full")} == {"full"}

    wanted = "modify.page.done.query"
    cases = family(tier="full", core=[wanted])
    assert [each.id for each in cases if each.tier == "core"] == [f"FATE-010.{wanted}"]


def test_a_table_gives_each_case_an_id_of_its_own() -> None:
    """Ids that are not made up of names stand in a literal table; one function tests them all."""

    @case.each({"ERR-100": {"code": -2010}, "ERR-110": {"code": -2019}}, rule="Error codes")
    async def test_it(code: int) -> None:
        """An order refused with {code} MUST end REJECTED."""

    first, second = cases_of(test_it)
    assert (first.id, first.arguments, first.tier) == ("ERR-100", {"code": -2010}, "core")
    assert second.requirement == "An order refused with -2019 MUST end REJECTED."


def test_a_table_of_the_full_tier_may_have_some_cases_in_the_core() -> None:
    """Those that are named; a name that the table does not have is refused with the nearest."""
    rows = {"ERR-010": {"code": -1}, "ERR-020": {"code": -2}}

    def family(core: list[str]) -> list[Case]:
        @case.each(rows, rule="r", tier="full", core=core)
        async def test_it(code: int) -> None:
            """It MUST end with {code}."""

        return list(cases_of(test_it))

    assert [each.tier for each in family(["ERR-020"])] == ["full", "core"]
    with pytest.raises(ValueError, match="nearest is 'ERR-020'"):
        family(["ERR-02O"])


def test_a_single_case_may_have_braces_in_its_requirement() -> None:
    """Only a family's docstring is a template."""

    @case("AAA-010", rule="x")
    async def test_it() -> None:
        """It MUST send {}."""

    assert [(each.id, each.requirement) for each in cases_of(test_it)] == [("AAA-010", "It MUST send {}.")]


def crossed(axes: dict[str, Any], **more: Any) -> Callable[[], object]:
    """Return what makes a family of some axes."""
    return lambda: case.each("FATE-010", axes=axes, rule="x", **more)


AXES = {"command": COMMANDS, "done": DONE}


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (crossed({"command": COMMANDS}), "two axes or more"),
        (crossed({"command": ("submit", "submit"), "done": DONE}), "axis command has 2 values, 1 of them"),
        (crossed({"command": ("Submit",), "done": DONE}), "'Submit' is part of an id"),
        (crossed(AXES, but={"why": {"comand": "submit"}}), "no axis 'comand'; the nearest is 'command'"),
        (crossed(AXES, but={"why": {"command": "submitt"}}), "no value 'submitt'; the nearest is 'submit'"),
        (crossed(AXES, but={"a": {"done": "done"}, "b": {"command": "submit", "done": "done"}}), "leaves out no cell"),
        (crossed(AXES, core=["submit.don"]), "no cell 'submit.don'; the nearest is 'submit.done'"),
        (lambda: case("STOP10", rule="x"), "case id 'STOP10'"),
    ],
)
def test_what_makes_no_family_is_refused_at_import(make: Callable[[], object], problem: str) -> None:
    """A word that names nothing, and a rule that leaves nothing out, are refused before anything runs."""
    with pytest.raises(ValueError, match=problem):
        make()


def test_a_need_that_nobody_knows_is_refused_at_import() -> None:
    """A typo in a need would make the case unsupported everywhere, in silence."""

    async def test_it() -> None:
        """It MUST."""

    with pytest.raises(ValueError, match="no need 'ws_tradin'; the nearest is 'ws_trading'"):
        case("AAA-010", rule="x", needs=["ws_tradin"])(test_it)  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"profile": "quiet"}, "says which and why"),
        ({"why": "it is about the stream alone"}, "says which and why"),
        ({"profile": "quite", "why": "x"}, "no built-in profile 'quite'; the nearest is 'quiet'"),
    ],
)
def test_a_profile_of_its_own_has_a_name_and_a_reason(given: dict[str, str], problem: str) -> None:
    """A case that is not run as the run's profile says must say why."""

    async def test_it() -> None:
        """It MUST."""

    with pytest.raises(ValueError, match=problem):
        case("AAA-010", rule="x", profile=given.get("profile"), why=given.get("why", ""))(test_it)


@pytest.mark.parametrize(
    ("docstring", "problem"),
    [("It MUST {cod}.", "placeholder that its cells do not fill in"), ("It does {code}.", "MUST or SHOULD")],
)
def test_a_requirement_is_checked_at_import(docstring: str, problem: str) -> None:
    """A placeholder of no argument, and a docstring that requires nothing, are refused."""

    async def test_it(code: int) -> None: ...

    test_it.__doc__ = docstring
    with pytest.raises(ValueError, match=problem):
        case.each({"ERR-100": {"code": 1}}, rule="x")(test_it)


def test_a_function_must_take_the_values_of_its_family() -> None:
    """A value that the function has no parameter for is a mistake in one of the two."""

    async def test_it() -> None:
        """It MUST."""

    with pytest.raises(ValueError, match="test_it has no parameter 'code'"):
        case.each({"ERR-100": {"code": 1}}, rule="x")(test_it)


def test_one_function_is_one_family() -> None:
    """A second id on the same function would be a second requirement with the words of the first."""
    with pytest.raises(ValueError, match="this one has two"):

        @case("AAA-010", rule="x")
        @case("AAA-020", rule="x")
        async def test_it() -> None:
            """It MUST."""
