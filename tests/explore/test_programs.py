"""Programs as data, as text and as cases."""

import ast

import pytest

from conformance.explore.as_case import as_case
from conformance.explore.program import Program
from conformance.explore.steps.commands import Cancel, CancelBatch, Query
from conformance.explore.steps.faults import Fault, HoldFrames, Release
from conformance.explore.steps.submission import Submit
from conformance.explore.steps.surroundings import Price
from tests.explore.scripted_player import BATCH
from tests.explore.some import some


@pytest.fixture(params=range(60))
def program(request: pytest.FixtureRequest) -> Program:
    """A program that was made up."""
    return some()[request.param]


def test_program_survives_being_written(program: Program) -> None:
    """A program that is written and read again is the same program."""
    assert Program.read(program.written()) == program


def test_every_step_says_itself_and_is_code(program: Program) -> None:
    """Each step has a line of its own in the text, and what a case does with it is valid Python."""
    assert len(program.text().splitlines()) == len(program.steps)
    ast.parse(as_case(program, BATCH))


def test_plainer_steps_make_and_need_the_same_orders_or_fewer(program: Program) -> None:
    """A plainer form of a step is another step, and speaks of no order that the step does not speak of."""
    for step in program.steps:
        for plainer in step.plainer():
            assert plainer != step
            assert plainer.makes == step.makes
            assert set(plainer.about) <= set(step.about)


def test_steps_about_missing_orders_are_left_out() -> None:
    """What is about an order that nobody has made is no part of a program: it goes with the step that made it."""
    program = Program.of([Cancel(order="b"), Submit(order="a"), Query(order="a"), Cancel(order="b")])
    assert program.shape == ("submit a resting order", "query")


def test_program_contains_a_smaller_one_in_order() -> None:
    """A program contains another whose steps are all in it, in their order, whatever the letters and figures."""
    whole = Program.of([Submit(order="a"), Price(), Submit(order="b", kind="stop"), CancelBatch(orders=("b",))])
    assert whole.contains(Program.of([Submit(order="x", kind="stop", side="SELL"), CancelBatch(orders=("x",))]))
    assert not whole.contains(Program.of([Submit(order="a", kind="stop"), Price()]))


def test_case_has_the_fixtures_that_it_uses() -> None:
    """A case to paste asks for what its lines use, and says what its venue must be able to do."""
    program = Program.of([Submit(order="a"), Fault(request="cancel", fate="reset-after"), Cancel(order="a"), Price()])
    source = as_case(program, BATCH)
    assert "(trader: Trader, market: Market, faults: Faults)" in source
    assert 'needs=["market_moves"]' in source


def test_case_releases_what_it_holds() -> None:
    """What is held back in a case is released by an event that the case makes."""
    source = as_case(Program.of([HoldFrames(), Submit(order="a"), Release()]), BATCH)
    assert source.index("released = asyncio.Event()") < source.index("released.set()")
