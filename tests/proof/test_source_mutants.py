"""Source mutants: every one is Python, is its own, and changes what its operator says."""

import ast

import pytest

from conformance.proof.source.beyond import Row, load_beyond
from conformance.proof.source.source_mutants import SourceMutant, mutants_of

SOURCE = '''"""A module."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sys


class Client:
    """A client."""

    limit: int = 5

    def act(self, order: "Order", quantity=None):
        """Do it."""
        if order.side == "BUY" and not order.closed:
            self._log.info(f"{order} is open")
            self.send(order, quantity, price=order.price)
            self.last = order
            raise ValueError("é")
        return quantity * 2 if quantity else None
'''


def found(what: str) -> list[SourceMutant]:
    """Return the mutants of one kind."""
    return [each for each in mutants_of("client.py", SOURCE) if each.what.startswith(what)]


@pytest.mark.parametrize(
    ("what", "line", "becomes"),
    [
        ("comparison", 15, "(order.side != 'BUY') and"),
        ("boolean", 15, "or"),
        ("constant", 11, "limit: int = 6"),
        ("dropped keyword price", 17, "self.send(order, quantity)"),
        ("swapped argument", 17, "self.send(quantity, order, price=order.price)"),
        ("removed statement", 17, "            pass"),
        ("removed statement", 18, "            pass"),
        ("removed statement", 19, "            pass"),
        ("removed value", 20, "return None"),
        ("arithmetic", 20, "quantity / 2"),
        ("condition", 20, "if (not (quantity)) else"),
    ],
)
def test_each_operator_changes_its_line(what: str, line: int, becomes: str) -> None:
    """An operator's mutant has the change in the line that its id names, and no other line is touched."""
    (mutant,) = (each for each in found(what) if each.line == line and not each.logs)

    changed = mutant.applied(SOURCE).splitlines()

    assert becomes in changed[line - 1]
    assert [each for number, each in enumerate(changed, 1) if number != line] == [
        each for number, each in enumerate(SOURCE.splitlines(), 1) if number != line
    ]


def test_every_mutant_is_python_and_its_own() -> None:
    """Every mutant can be parsed, differs from the source, and has an id of its own."""
    mutants = mutants_of("client.py", SOURCE)

    for each in mutants:
        assert ast.dump(ast.parse(each.applied(SOURCE))) != ast.dump(ast.parse(SOURCE))
    assert len({each.id for each in mutants}) == len(mutants)


def test_what_says_nothing_is_left_alone() -> None:
    """Docstrings, annotations and what only type checkers see are not mutated; a call of the log is known as one."""
    lines = {each.line for each in mutants_of("client.py", SOURCE)}

    assert lines.isdisjoint({1, 2, 4, 5, 9, 14})
    assert all(each.logs for each in found("removed statement") if each.line == 16)


def test_reasons_are_known_by_file_function_or_line() -> None:
    """A mutant that no USDⓈ-M trader can meet has its reason from the data file; another has none."""
    beyond = load_beyond()
    (spot,) = mutants_of("spot/execution.py", "x = 1\n")
    (common,) = mutants_of("execution.py", "x = 1\n")

    assert beyond.reason(spot, "x = 1") == "Spot and margin"
    assert beyond.reason(common, "x = 1") is None
    assert beyond.reason(common, "if account_type.is_spot:") == "Spot and margin"


BRANCHES = """if self.is_spot:
    buy(order, price=1)
elif self.is_quick:
    sell(order)
else:
    wait(a=True, b=True)
"""


def branch(line: int) -> list[SourceMutant]:
    """Return the mutants of one line of the branches."""
    return [each for each in mutants_of("client.py", BRANCHES) if each.line == line]


def test_the_conditions_around_a_statement_are_known() -> None:
    """A branch stands under its condition, an `else` under what it is not; a condition itself stands under neither."""
    assert {each.inside for each in branch(1)} == {()}
    assert {each.inside for each in branch(2)} == {("self.is_spot",)}
    assert {each.inside for each in branch(6)} == {("not (self.is_spot)", "not (self.is_quick)")}


@pytest.mark.parametrize(
    ("row", "covered"),
    [
        (Row(why="", inside="^not .*is_quick"), {6}),
        (Row(why="", what="^dropped keyword price$"), {2}),
        (Row(why="", before="b=$"), {6}),
    ],
)
def test_a_row_covers_what_all_its_expressions_match(row: Row, covered: set[int]) -> None:
    """A row can be about one branch, one change of a line, or one of several constants of a line."""
    lines = BRANCHES.splitlines()
    found = [each for each in mutants_of("client.py", BRANCHES) if row.covers(each, lines[each.line - 1])]

    assert {each.line for each in found} == covered
    if row.before:
        assert [each.what for each in found] == ["constant"]
