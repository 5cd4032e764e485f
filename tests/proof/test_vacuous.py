"""Traders that do not do their work: each says what it does, its patch is Python, and every pass needs a reason."""

import ast
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from conformance.datafile import DataFileError
from conformance.gateway.answer import Hung
from conformance.gateway.trader_side import Sent, TraderSide
from conformance.kit.catalogue import contract
from conformance.proof.vacuous import (
    TRADERS,
    UNANSWERED,
    WRITES_UNANSWERED,
    Row,
    Vacuity,
    came_into_play,
    load_rows,
    side_of,
    traders,
)
from tests.invariants.histories import Scripted

READ = Sent("GET", "/fapi/v1/openOrders", b"")
WRITE = Sent("POST", "/fapi/v1/order?symbol=BTCUSDT", b"")
ROW = Row(traders=["does_*"], cases=["STRM-010.*"], why="it gives no command")


def test_each_trader_says_what_it_does() -> None:
    """The name of each leads to a sentence, and each patch is Python."""
    for path in TRADERS.glob("*.py"):
        assert traders()[path.stem] == ast.get_docstring(ast.parse(path.read_text()))
    assert set(traders()) > {"does_nothing", "accepts_without_sending", "never_reconciles", UNANSWERED}


def test_a_silent_gateway_lets_the_trader_wait() -> None:
    """One answers nothing at all, one no write; of every other trader all is passed on."""
    assert side_of(UNANSWERED).sends(READ) == ()
    assert side_of(UNANSWERED).without_sending(READ) == Hung()
    assert (side_of(WRITES_UNANSWERED).sends(READ), side_of(WRITES_UNANSWERED).sends(WRITE)) == ((READ,), ())
    assert side_of("does_nothing").sends(WRITE) == (WRITE,)


def test_a_pass_needs_a_reason_and_a_reason_a_pass() -> None:
    """A pass that no row covers is unexplained; a row that covers none of what was played explains nothing."""
    strm, other = ("does_nothing", "STRM-010.late"), ("does_nothing", "LMT-010")

    assert Vacuity([strm, other], [ROW]).unexplained == [other]
    assert Vacuity([other], [ROW]).idle([strm, other]) == [ROW]
    assert Vacuity([strm], [ROW]).idle([strm]) == []
    assert Vacuity([], [ROW]).idle([other]) == []


def test_each_id_of_a_row_is_to_explain_a_pass() -> None:
    """Of a row of several ids or patterns, those alone are idle that explain nothing."""
    strm, lmt = ("does_nothing", "STRM-010.late"), ("does_nothing", "LMT-010")
    both = Row(traders=["does_nothing"], cases=["STRM-010.*", "LMT-010"], why="it gives no command")

    assert [row.cases for row in Vacuity([strm], [both]).idle([strm, lmt])] == [["LMT-010"]]


def test_a_row_is_judged_only_where_all_that_it_is_about_was_played() -> None:
    """A part of the cases, or of the traders, says nothing of a row that may explain another's pass."""
    one, other = ("does_nothing", "STRM-010.late"), ("does_nothing", "STRM-010.twice")

    assert Vacuity([], [ROW]).idle([one], [other]) == []
    assert Vacuity([], [ROW]).idle([one], [("swallows_the_stream", "STRM-010.late")]) == [ROW]


@pytest.mark.parametrize("each", ["STRM-*", "*", "STRM-3*", "STRM-[12]00", "INH-*.foreign", "STRM-010*"])
def test_a_reason_is_of_no_more_than_a_family(tmp_path: Path, each: str) -> None:
    """A pattern of several families would explain what those pass that are written later; it is refused, with why."""
    file = tmp_path / "vacuity.toml"
    file.write_text(f'[[passes]]\ntraders = ["does_nothing"]\ncases = ["LMT-010", "{each}"]\nwhy = "it is so"\n')

    with pytest.raises(DataFileError, match="is of more than one family"):
        load_rows(file)


def test_every_reason_is_of_cases_that_exist() -> None:
    """An id or a pattern of the data file that is of no case of the contract explains nothing."""
    known = contract()
    lost = [each for row in load_rows() for each in row.cases if not any(fnmatchcase(name, each) for name in known)]

    assert lost == []


def test_every_reason_is_of_a_trader_that_exists() -> None:
    """The data file names no trader that is not there."""
    for row in load_rows():
        assert any(row.covers(trader, row.cases[0].replace("*", "x")) for trader in traders())
        assert row.why


def test_a_vice_that_never_comes_into_play_says_nothing() -> None:
    """A case that gives no command asks nothing of who carries out none; nor does a silent stream of who hears none."""
    idle = Scripted().command("start").command("snapshot")
    busy = Scripted().command("start").command("submit", order={"client_order_id": "T-1"}).order_frame("NEW")
    inherited = Scripted().request("POST /fapi/v1/order", by="suite").command("start")

    assert [came_into_play("does_nothing", each.history, TraderSide()) for each in (idle, busy)] == [False, True]
    assert [came_into_play("swallows_the_stream", each.history, TraderSide()) for each in (idle, busy)] == [False, True]
    assert [came_into_play("never_reconciles", each.history, TraderSide()) for each in (busy, inherited)] == [
        False,
        True,
    ]
