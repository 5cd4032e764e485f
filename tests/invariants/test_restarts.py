"""Invariant 11: who takes up what it knew, finds it as it was."""

from copy import deepcopy
from typing import Any

import pytest

from conformance.history.entries import Event
from conformance.invariants import violations
from tests.invariants.histories import Scripted

PLACE = "POST /fapi/v1/order"
CACHE = {"cache_database": "127.0.0.1:1", "trader_id": "CASE-001"}
ORDER = {"orderId": 7, "clientOrderId": "T-1", "status": "FILLED", "executedQty": "0.4"}
FILL = {"symbol": "BTCUSDT", "side": "BUY"}


def signatures(script: Scripted) -> list[str]:
    """Return the signatures of what breaks invariant 11 in a scripted history."""
    found = [violation.signature for violation in violations(script.history)]
    return [signature for signature in found if signature.startswith("invariant 11")]


def holding(config: dict[str, Any]) -> Scripted:
    """A first trader that has bought 0.4, by one trade of the venue."""
    script = Scripted().command("start", n=1, config=config).stream(1)
    script.command("submit", n=2, order={"client_order_id": "T-1"}).event("OrderSubmitted", trader=1)
    script.request(PLACE, newClientOrderId="T-1", type="MARKET", side="BUY").answer(200, ORDER)
    script.order_frame("FILLED", trade=1, i=7, l="0.4", z="0.4").event("OrderAccepted", trader=1)
    script.fill("1", "0.4", of="0.4", filled="0.4", trader=1, **FILL)
    return position(script, "PositionOpened", 1)


def position(script: Scripted, event: str, trader: int) -> Scripted:
    """Append a change of the trader's position."""
    script.history.append(Event(name=event, symbol="BTCUSDT", trader=trader))
    return script


def reported(script: Scripted, amount: str) -> Scripted:
    """Append the venue's report of the position to the trader."""
    rows = [{"symbol": "BTCUSDT", "positionAmt": amount}]
    return script.request("GET /fapi/v3/positionRisk").answer(200, rows)


def restarted(config: dict[str, Any]) -> Scripted:
    """The same, and a second trader, which the venue tells of the position as it is."""
    script = holding(config).stream(1, "closed").command("stop", n=9).command("start", n=10, config=config)
    return reported(script.stream(2), "0.4")


def reconnected() -> Scripted:
    """The same, with its user stream dropped and open again."""
    return reported(holding({}).stream(1, "closed").stream(2), "0.4")


def queried() -> Scripted:
    """The same, after the trader was told to ask for its account."""
    return reported(holding({}).command("query_account", n=3), "0.4")


RESUMED = [(restarted(CACHE), 10), (reconnected(), 1), (queried(), 1)]


@pytest.mark.parametrize(("script", "trader"), RESUMED)
def test_nothing_changed_and_nothing_happens(script: Scripted, trader: int) -> None:
    """A trader that takes up what it knew and does nothing invents nothing."""
    assert signatures(script) == []


@pytest.mark.parametrize("told_before", [True, False])
def test_what_was_told_before_a_query_may_be_read_after_it(told_before: bool) -> None:
    """A position's event of before the query, which the history has after it, follows from the fill before."""
    script = Scripted().command("start", n=1, config={}).stream(1)
    script.fill("1", "0.4", of="0.4", filled="0.4", trader=1, **FILL)
    opened_ns = script.history.append(Event(name="Other", trader=1)).ns
    script.command("query_account", n=3)
    opened = Event(name="PositionOpened", symbol="BTCUSDT", trader=1)
    script.history.append(opened, at_ns=opened_ns if told_before else None)

    changed = [each for each in signatures(reported(script, "0.4")) if "a position changed without a fill" in each]
    assert bool(changed) is not told_before


@pytest.mark.parametrize(("script", "trader"), RESUMED)
def test_opposite_fill_is_an_invention(script: Scripted, trader: int) -> None:
    """A fill of the trader's own making that leads away from the venue's position is named (#4736)."""
    fill = {"symbol": "BTCUSDT", "side": "SELL", "reconciliation": True, "trader": trader}
    after = deepcopy(script).fill("S-1", "0.4", of="0.4", filled="0.4", order="S-abc", **fill)
    found = "invariant 11: a fill was invented by reconciliation after a restart or reconnect"
    assert signatures(position(after, "PositionClosed", trader)) == [found]


@pytest.mark.parametrize(("script", "trader"), RESUMED)
def test_trade_is_not_applied_again(script: Scripted, trader: int) -> None:
    """The venue's trade lists repeat what is known already."""
    after = deepcopy(script).fill("1", "0.4", of="0.4", filled="0.8", trader=trader, **FILL)
    assert signatures(after) == ["invariant 11: a fill was applied again after a restart or reconnect"]


def test_trade_of_another_symbol_by_the_same_id_is_another() -> None:
    """Of two trades that have one id in two symbols, the second is learned after a reconnect as any other is."""
    script = reconnected().request("GET /fapi/v1/userTrades", symbol="ETHUSDT")
    script.answer(200, [{"id": 1, "orderId": 8, "qty": "0.6", "symbol": "ETHUSDT"}])
    fill = {"symbol": "ETHUSDT", "side": "BUY", "venue_order_id": "8", "trader": 1}
    assert signatures(script.fill("1", "0.6", of="0.6", filled="0.6", order="E-1", **fill)) == []


def test_trade_of_another_symbol_by_the_same_id_explains_no_fill() -> None:
    """A fill under an id that the venue gave in another symbol only was invented."""
    script = reconnected().request("GET /fapi/v1/userTrades", symbol="ETHUSDT")
    script.answer(200, [{"id": 2, "orderId": 8, "qty": "0.6", "symbol": "ETHUSDT"}])
    script.fill("2", "0.6", of="0.6", filled="0.6", order="E-1", trader=1, **FILL)
    assert signatures(script) == ["invariant 11: a fill was invented after a restart or reconnect"]


def test_trade_of_others_explains_a_position_though_another_symbol_had_its_id() -> None:
    """What another client fills in one symbol is told, though a trade of another symbol by its id is booked."""
    trade = {"i": 9, "l": "0.4", "L": "2500", "z": "0.4", "S": "BUY", "s": "ETHUSDT"}
    script = reconnected().order_frame("FILLED", order="OTHER-1", trade=1, x="TRADE", **trade)
    script.history.append(Event(name="PositionOpened", symbol="ETHUSDT", trader=1))
    assert signatures(script) == []


@pytest.mark.parametrize(("script", "trader"), RESUMED)
def test_position_does_not_change_by_itself(script: Scripted, trader: int) -> None:
    """A position that changes without any fill is named."""
    after = position(deepcopy(script), "PositionClosed", trader)
    assert signatures(after) == ["invariant 11: a position changed without a fill after a restart or reconnect"]


@pytest.mark.parametrize(("script", "trader"), RESUMED)
def test_position_changes_by_what_another_client_fills(script: Scripted, trader: int) -> None:
    """A strategy may be shown the position alone: the venue's trade explains what turns it around, and no more."""
    trade = {"i": 9, "l": "0.8", "L": "50000", "z": "0.8", "S": "SELL", "s": "BTCUSDT"}
    after = deepcopy(script).order_frame("FILLED", order="OTHER-1", trade=2, x="TRADE", **trade)
    assert signatures(position(position(after, "PositionClosed", trader), "PositionOpened", trader)) == []
    found = "invariant 11: a position changed without a fill after a restart or reconnect"
    assert signatures(position(after, "PositionChanged", trader)) == [found]


@pytest.mark.parametrize(("script", "trader"), RESUMED)
def test_missed_fill_is_learned(script: Scripted, trader: int) -> None:
    """A trade that the venue did make meanwhile is learned, with its change of the position, and turns it around."""
    after = deepcopy(script).request("GET /fapi/v1/userTrades").answer(200, [{"id": 2, "orderId": 8, "qty": "0.6"}])
    fill = {"symbol": "BTCUSDT", "side": "SELL", "venue_order_id": "8", "trader": trader}
    after.fill("2", "0.6", of="0.6", filled="0.6", order="E-1", **fill)
    assert signatures(position(position(after, "PositionClosed", trader), "PositionOpened", trader)) == []


@pytest.mark.parametrize(("script", "trader"), RESUMED)
def test_fill_without_its_trade_is_learned(script: Scripted, trader: int) -> None:
    """What the venue says an order has filled may be booked although its trade is not told."""
    row = {"orderId": 8, "clientOrderId": "E-1", "status": "FILLED", "executedQty": "0.6"}
    after = deepcopy(script).request("GET /fapi/v1/allOrders").answer(200, [row])
    assert signatures(after.fill("inferred", "0.6", of="0.6", filled="0.6", order="E-1", trader=trader, **FILL)) == []


@pytest.mark.parametrize(("script", "trader"), RESUMED)
def test_order_that_nobody_asked_for_is_named(script: Scripted, trader: int) -> None:
    """A trader that resumes and places an order without a command has invented it; one with a command has not."""
    after = deepcopy(script).request(PLACE, newClientOrderId="T-9", type="MARKET", side="SELL").answer(200, {})
    assert signatures(after) == [
        "invariant 11: an order was placed that nobody asked for, after a restart or reconnect"
    ]
    after = deepcopy(script).command("submit", n=11, order={"client_order_id": "T-9"})
    assert signatures(after.request(PLACE, newClientOrderId="T-9", type="MARKET", side="SELL").answer(200, {})) == []


def test_list_that_was_asked_for_while_the_stream_was_away_may_go_out_afterwards() -> None:
    """The command comes before the stream is back, its requests after: nobody invented them."""
    script = holding({}).stream(1, "closed").command("submit_list", n=11).stream(2)
    assert signatures(script.request(PLACE, newClientOrderId="T-9", type="LIMIT", side="BUY").answer(200, {})) == []


def test_order_is_not_placed_again_after_a_restart() -> None:
    """An order that was asked for before a warm restart is not sent again by the trader that follows."""
    script = restarted(CACHE).request(PLACE, newClientOrderId="T-1", type="MARKET", side="BUY").answer(200, ORDER)
    assert signatures(script) == ["invariant 11: an order was placed again after a restart"]


def test_retry_across_a_reconnect_is_no_new_order() -> None:
    """A stream that comes back while a submit is retried makes no new order of it."""
    assert signatures(reconnected().request(PLACE, newClientOrderId="T-1", type="MARKET").answer(400, {})) == []


def test_cold_trader_may_be_told_of_everything_anew() -> None:
    """A trader with an empty book learns orders, fills and positions that another one knew."""
    script = restarted({}).fill("1", "0.4", of="0.4", filled="0.4", trader=10, **FILL)
    assert signatures(position(script, "PositionOpened", 10)) == []


def test_cold_trader_that_reconnects_has_a_book_of_its_own() -> None:
    """What the first trader knew is no matter when the second one reconnects: only its own second time counts."""
    script = restarted({}).fill("1", "0.4", of="0.4", filled="0.4", trader=10, **FILL)
    script.stream(2, "closed").stream(3)
    assert signatures(script) == []
    script.fill("1", "0.4", of="0.4", filled="0.4", trader=10, **FILL)
    assert signatures(script) == ["invariant 11: a fill was applied again after a restart or reconnect"]


def test_other_cache_is_another_book() -> None:
    """A cache database that another trader id uses is not gone on with."""
    script = holding(CACHE).command("start", n=10, config={**CACHE, "trader_id": "CASE-002"})
    assert signatures(script.fill("1", "0.4", of="0.4", filled="0.4", trader=10, **FILL)) == []


def test_events_of_a_replaced_process_are_told_apart() -> None:
    """A new process counts its commands anew: a start of the same number is another trader from then on."""
    script = holding({}).command("start", n=1, config={}).fill("1", "0.4", of="0.4", filled="0.4", trader=1, **FILL)
    assert [violation.signature for violation in violations(script.history)] == []


@pytest.mark.parametrize("op", ["close_position", "close_all_positions", "market_exit", "submit_list", "bracket"])
def test_an_order_that_a_command_makes_was_asked_for(op: str) -> None:
    """Commands that close positions, or are about several orders, lead to orders of the trader's own naming."""
    script = restarted(CACHE).command(op, n=11)
    script.request(PLACE, newClientOrderId="O-1", type="MARKET", side="SELL").answer(200, ORDER)
    assert signatures(script) == []


def test_pair_asks_for_its_two_orders_alone() -> None:
    """The orders of a pair have the case's names: another one is invented."""
    script = restarted(CACHE).command("pair", n=11, order={"client_order_id": "O-1"}, other={"client_order_id": "O-2"})
    for name in ("O-1", "O-2"):
        script.request(PLACE, newClientOrderId=name, type="LIMIT", side="SELL").answer(200, ORDER)
    assert signatures(script) == []
    script.request(PLACE, newClientOrderId="O-3", type="LIMIT", side="SELL").answer(200, ORDER)
    assert signatures(script) == [
        "invariant 11: an order was placed that nobody asked for, after a restart or reconnect"
    ]


def test_an_order_before_the_command_that_could_have_made_it_was_not_asked_for() -> None:
    """A command explains what follows it, and nothing that came before."""
    script = restarted(CACHE)
    script.request(PLACE, newClientOrderId="O-1", type="MARKET", side="SELL").answer(200, ORDER)
    assert signatures(script.command("market_exit", n=11)) == [
        "invariant 11: an order was placed that nobody asked for, after a restart or reconnect"
    ]
