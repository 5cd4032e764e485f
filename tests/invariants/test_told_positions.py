"""Invariant 15, of positions: each follows from its fills, and the portfolio from its positions."""

from decimal import Decimal
from typing import Any

import pytest

from conformance.invariants import INVARIANTS
from conformance.invariants.reading import Reading
from conformance.invariants.symbol_ids import SymbolIds
from tests.invariants.histories import Scripted
from tests.invariants.test_told import broken


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({}, []),
        ({"side": "SHORT"}, ["PositionOpened tells another side"]),
        ({"quantity": "0.020"}, ["PositionOpened tells another quantity"]),
        ({"symbol": "ETHUSDT"}, ["PositionOpened tells another symbol"]),
        ({"last_px": "1"}, ["PositionOpened tells another last_px"]),
        ({"last_qty": "0.020"}, ["PositionOpened tells another last_qty"]),
        ({"avg_px_open": "50000.0"}, []),
        ({"avg_px_open": "100000.0"}, ["PositionOpened tells another entry price"]),
        ({"last_qty": "0.005"}, []),
        # A binary float of NautilusTrader's.
        ({"signed_qty": "0.010000000000000002"}, []),
    ],
)
def test_a_position_is_told_as_its_fill_made_it(other: dict[str, str], found: list[str]) -> None:
    """Side, size and last fill of a position's event agree; a fill that turns a position round is told in parts."""
    position = {"symbol": "BTCUSDT", "side": "LONG", "signed_qty": "0.010", "quantity": "0.010", "position_id": "P"}
    script = Scripted().fill("7", "0.010", of="0.010", filled="0.010", last_px="50000", symbol="BTCUSDT")
    script.event("PositionOpened", **{**position, "last_qty": "0.010", "last_px": "50000.0", **other})

    assert broken(script, 15) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("T-1", ["PositionClosed tells another last_px"]),
        ("T-2", ["PositionClosed tells another last_px"]),
        ("8389766", []),
    ],
)
def test_a_position_that_others_close_is_not_by_the_last_fill_told(order: str, found: list[str]) -> None:
    """What another client's order closes, whose fill a version may not tell, is not held against a fill of its own."""
    position = {"position_id": "P", "last_qty": "0.010", "symbol": "BTCUSDT"}
    script = Scripted().command("submit", order={"client_order_id": "T-2"})
    script.fill("7", "0.010", of="0.010", filled="0.010", last_px="50000", symbol="BTCUSDT")
    script.event("PositionOpened", opening_order_id="T-1", signed_qty="0.010", last_px="50000", **position)
    script.event("PositionClosed", closing_order_id=order, signed_qty="0", last_px="49000", **position)

    assert broken(script, 15) == found


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({}, []),
        ({"last_px": "49001"}, ["PositionChanged tells another last_px"]),
        ({"last_qty": "0.005"}, ["PositionChanged tells another last_px"]),
        ({"ts_event": 1}, ["PositionChanged tells another last_px"]),
        ({"symbol": "ETHUSDT"}, ["PositionChanged tells another symbol", "PositionChanged tells another last_px"]),
    ],
)
def test_a_position_that_others_change_is_by_the_trade_that_it_names(other: dict[str, Any], found: list[str]) -> None:
    """That it changed names no order: time, price and quantity say that it was another client's, whose fill is untold.

    What has the time of the trader's own fill, or what is of no such trade, is held to that fill.
    """
    position = {"position_id": "P", "symbol": "BTCUSDT"}
    script = Scripted().fill("7", "0.010", of="0.010", filled="0.010", last_px="50000", symbol="BTCUSDT", ts_event=1)
    script.event("PositionOpened", signed_qty="0.010", last_qty="0.010", last_px="50000", ts_event=1, **position)
    script.order_frame("FILLED", "BOT-1", trade=8, s="BTCUSDT", S="SELL", l="0.004", L="49000")
    changed = {**position, "signed_qty": "0.006", "last_qty": "0.004", "last_px": "49000", "ts_event": 2}

    assert broken(script.event("PositionChanged", **{**changed, **other}), 15) == found


def test_a_position_that_changed_by_a_trade_that_is_booked_is_of_that_fill() -> None:
    """A trade that a fill of the trader's books is none of others': the last fill before the event is its own."""
    fill = {"symbol": "BTCUSDT", "ts_event": 1}
    script = Scripted().order_frame("FILLED", "T-2", trade=8, s="BTCUSDT", S="SELL", l="0.004", L="49000")
    script.fill("8", "0.004", of="0.004", filled="0.004", order="T-2", last_px="49000", **fill)
    script.fill("7", "0.010", of="0.010", filled="0.010", last_px="50000", **fill)
    script.event("PositionOpened", symbol="BTCUSDT", last_px="50000", ts_event=1)
    script.event("PositionChanged", symbol="BTCUSDT", last_qty="0.004", last_px="49000", ts_event=2)

    assert broken(script, 15) == ["PositionChanged tells another last_px"]


def test_more_changes_of_a_position_do_not_take_more_time_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """The booked trades are gathered once: twice as many changes look at twice as many ids, and not at four times."""
    looked_at: list[str | None] = []
    add = SymbolIds.add

    def counted(self: SymbolIds, symbol: str | None, number: str | None) -> None:
        looked_at.append(number)
        add(self, symbol, number)

    monkeypatch.setattr(SymbolIds, "add", counted)

    def ids_for(changes: int) -> int:
        script = Scripted()
        for number in range(changes):
            script.fill(f"{number}", "0.001", of="1", filled="0.001", symbol="BTCUSDT", last_px="50000")
            name = "PositionChanged" if number else "PositionOpened"
            script.event(name, symbol="BTCUSDT", last_qty="0.001", last_px="50000", ts_event=number + 1)
        looked_at.clear()
        assert list(INVARIANTS[15](Reading(script.history))) == []
        return len(looked_at)

    assert 0 < ids_for(40) <= 2 * ids_for(20)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        # Bought more: the average of 0.010 at 100 and 0.030 at 200.
        ([("PositionChanged", "0.040", "200", "175.0")], []),
        ([("PositionChanged", "0.040", "200", "100.0")], ["PositionChanged tells another entry price"]),
        # Sold a part, then the rest: what was paid does not change.
        ([("PositionChanged", "0.004", "200", "100.0"), ("PositionClosed", "0", "300", "100.0")], []),
        ([("PositionChanged", "0.004", "200", "200.0")], ["PositionChanged tells another entry price"]),
        ([("PositionClosed", "0", "300", "300.0")], ["PositionClosed tells another entry price"]),
    ],
)
def test_an_entry_price_follows_from_the_fills(changes: list[tuple[str, ...]], found: list[str]) -> None:
    """Fills that make a position larger have their share in its entry price, those that reduce it have none."""
    script = Scripted().event("PositionOpened", position_id="P", signed_qty="0.010", last_px="100", avg_px_open="100")
    for name, signed, price, entry in changes:
        script.event(name, position_id="P", signed_qty=signed, last_px=price, avg_px_open=entry)

    assert broken(script, 15) == found


@pytest.mark.parametrize(
    ("name", "signed", "told", "found"),
    [
        # 0.010 bought at 100 for 0.2, then sold at 130 for 0.1.
        ("PositionClosed", "0", "0.00000000 USDT", []),
        ("PositionClosed", "0", "0.30000000 USDT", ["PositionClosed tells another realised profit"]),
        ("PositionClosed", "0", "-0.20000000 USDT", ["PositionClosed tells another realised profit"]),
        # A half of it: half the profit, the whole commission of the fill.
        ("PositionChanged", "0.005", "-0.15000000 USDT", []),
        ("PositionChanged", "0.005", "0.00000000 USDT", ["PositionChanged tells another realised profit"]),
        # Bought more: nothing but the commission.
        ("PositionChanged", "0.020", "-0.30000000 USDT", []),
        ("PositionChanged", "0.020", "0.00000000 USDT", ["PositionChanged tells another realised profit"]),
    ],
)
def test_a_realised_profit_follows_from_the_fills(name: str, signed: str, told: str, found: list[str]) -> None:
    """What closes a part of a position realises its profit, and each fill takes off its commission."""
    opened = {"position_id": "P", "signed_qty": "0.010", "avg_px_open": "100", "last_qty": "0.010", "last_px": "100"}
    fill = {"position_id": "P", "last_px": "100", "commission_currency": "USDT"}
    script = Scripted().fill("7", "0.010", of="0.010", filled="0.010", commission="0.2", **fill)
    script.event("PositionOpened", realized_pnl="-0.20000000 USDT", **opened)
    moved = str(abs(Decimal(signed) - Decimal("0.010")))
    script.fill("8", moved, of="0.020", filled=moved, commission="0.1", **{**fill, "last_px": "130"})
    entry = {"avg_px_open": "115"} if signed == "0.020" else {}
    changed = {**opened, "signed_qty": signed, "last_qty": moved, "last_px": "130", **entry}

    assert broken(script.event(name, realized_pnl=told, **changed), 15) == found


@pytest.mark.parametrize(
    ("net", "found"),
    [
        ("0.020", []),
        ("0.02000000000000001", []),
        ("0", ["the portfolio's net position is not its positions'"]),
        ("-0.020", ["the portfolio's net position is not its positions'"]),
    ],
)
def test_a_net_position_is_the_sum_of_the_positions(net: str, found: list[str]) -> None:
    """What the portfolio has in a symbol is what its positions there come to, short ones counted off."""
    rows = [{"symbol": "BTCUSDT", "signed_qty": each} for each in ("0.030", "-0.010")]
    rows.append({"symbol": "ETHUSDT", "signed_qty": "1"})

    assert broken(Scripted().snapshot("trader", positions=rows, net_positions={"BTCUSDT": net}), 15) == found


def test_a_commission_in_another_currency_is_no_part_of_a_realised_profit() -> None:
    """A commission that is paid in BNB takes nothing off a profit in USDT."""
    fill = {"position_id": "P", "last_px": "100", "commission": "0.001", "commission_currency": "BNB"}
    script = Scripted().fill("7", "0.010", of="0.010", filled="0.010", **fill)
    opened = {"position_id": "P", "signed_qty": "0.010", "avg_px_open": "100", "last_qty": "0.010", "last_px": "100"}

    assert broken(script.event("PositionOpened", realized_pnl="0.00000000 USDT", **opened), 15) == []


def test_a_fill_changes_its_position() -> None:
    """A position that is told changed is not what it was: the event before it was told twice."""
    script = Scripted().event("PositionOpened", position_id="P", signed_qty="0.010")
    script.event("PositionChanged", position_id="P", signed_qty="0.004")

    assert broken(script, 15) == []
    script.event("PositionChanged", position_id="P", signed_qty="0.004")
    assert broken(script, 15) == ["PositionChanged changes nothing"]


def test_no_change_of_a_position_is_left_out() -> None:
    """A position changes by the fill that its event names; and the books have it as its last event told."""
    script = Scripted().event("PositionOpened", position_id="P", signed_qty="0.010", last_qty="0.010")
    script.event("PositionChanged", position_id="P", signed_qty="0.030", last_qty="0.010")

    assert broken(script, 15) == ["PositionChanged leaves out a change"]


@pytest.mark.parametrize(
    ("held", "found"),
    [
        (["0.010"], []),
        (["0.004"], ["a position is not as its last event told"]),
        ([], ["a position is not as its last event told"]),
    ],
)
def test_a_position_is_held_as_its_last_event_told(held: list[str], found: list[str]) -> None:
    """What the trader holds in the end is what it told last of each position."""
    script = Scripted().event("PositionOpened", position_id="P", signed_qty="0.010")
    rows = [{"symbol": "BTCUSDT", "position_id": "P", "signed_qty": signed} for signed in held]
    script.snapshot("trader", positions=rows)

    assert broken(script, 15) == found


def test_a_closed_position_is_flat() -> None:
    """A position that is told closed holds nothing."""
    script = Scripted().event("PositionOpened").event("PositionClosed", signed_qty="0.010", side="LONG")

    assert broken(script, 15) == ["PositionClosed is not flat"]


def test_a_position_is_opened_once_and_closed_once() -> None:
    """A position that is opened again, changed or closed must be in the state for it."""
    script = Scripted()
    for name in ("PositionOpened", "PositionChanged", "PositionClosed", "PositionOpened"):
        script.event(name, position_id="P")
    assert broken(script, 15) == []

    script.event("PositionOpened", position_id="P").event("PositionClosed", position_id="P")
    assert broken(script.event("PositionClosed", position_id="P"), 15) == [
        "PositionOpened after PositionOpened",
        "PositionClosed after PositionClosed",
    ]


def test_a_position_that_is_closed_twice_has_no_entry_price_to_be_judged() -> None:
    """An event of a closed position that comes twice with all its figures is that break and nothing else."""
    terms = {"position_id": "P", "avg_px_open": "50000.0", "last_qty": "0.010", "last_px": "50000.0"}
    script = Scripted().event("PositionOpened", signed_qty="0.010", side="LONG", **terms)
    script.event("PositionClosed", signed_qty="0", side="FLAT", **terms)
    script.event("PositionClosed", signed_qty="0", side="FLAT", **terms)

    assert broken(script, 15) == ["PositionClosed after PositionClosed"]


@pytest.mark.parametrize(("cache", "found"), [("127.0.0.1:1", []), (None, ["PositionClosed after PositionClosed"])])
def test_a_position_may_have_been_opened_by_the_trader_before(cache: str | None, found: list[str]) -> None:
    """A trader that goes on with another's books closes what that one opened; one with empty books does not."""
    script = Scripted().command("start", n=1, config={"cache_database": cache})
    script.event("PositionOpened", position_id="P", trader=1).command("stop")
    script.command("start", n=2, config={"cache_database": cache}).event("PositionClosed", position_id="P", trader=2)

    assert broken(script, 15) == found


@pytest.mark.parametrize(
    ("average", "found"),
    [
        ("50400.0", []),
        ("50400.00000001", []),
        ("50500.0", ["an order has another average price"]),
        ("51000.0", ["an order has another average price"]),
        (None, ["an order has another average price"]),
    ],
)
def test_an_orders_average_price_is_that_of_its_fills(average: str | None, found: list[str]) -> None:
    """By it a strategy places its stop; an order of whose fills not all were told is not judged."""
    script = Scripted().fill("7", "0.006", of="0.010", filled="0.006", last_px="50000")
    script.fill("8", "0.004", of="0.010", filled="0.010", last_px="51000")
    row = {"client_order_id": "T-1", "filled_qty": "0.010", **({} if average is None else {"avg_px": average})}
    assert broken(script.snapshot("trader", orders=[row]), 15) == found

    unheard = Scripted().fill("7", "0.006", of="0.010", filled="0.006", last_px="50000")
    assert broken(unheard.snapshot("trader", orders=[row]), 15) == []
