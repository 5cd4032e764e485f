"""Orders that a case holds without having submitted them one by one: of others, in lists, in brackets."""

from typing import Any

import pytest

from conformance.history.history import History
from conformance.kit.failure import CheckError
from conformance.kit.trader import Trader
from conformance.subject.orders import limit, stop_market
from tests.kit.scripted_trader import ScriptedLink, order_event

SOON_S = 0.02
LIMIT = limit("BUY", "0.010", "49000.00")


def trading(mark: str = "", **books: Any) -> tuple[Trader, ScriptedLink, History]:
    """Return a trader with its script and its history."""
    link, history = ScriptedLink(**books), History()
    return Trader(link, history, "CASE-010", mark=mark), link, history


async def test_an_order_of_somebody_else_can_be_held() -> None:
    """By its name it can be waited for, changed and asked about; its events count from the trader's start."""
    trader, link, history = trading(mark=".k3f9x1")
    order = trader.order("EARLIER-1")
    history.append(order_event("OrderAccepted", "EARLIER-1.k3f9x1"))
    await order.reaches("ACCEPTED")
    await order.modify(price="1")
    await order.cancel()
    assert [(op, given["client_order_id"]) for op, given in link.commands] == [
        ("modify", "EARLIER-1.k3f9x1"),
        ("cancel", "EARLIER-1.k3f9x1"),
    ]
    with pytest.raises(CheckError) as failure:
        await order.reaches("CANCELED", within_s=SOON_S)
    assert failure.value.signature == "EARLIER-1 stayed ACCEPTED, required CANCELED"


async def test_several_orders_go_with_one_command() -> None:
    """Lists and brackets are one command each, and every order of them can be held."""
    trader, link, _ = trading()
    orders = await trader.submit_list([LIMIT, LIMIT.named("MINE")])
    legs = await trader.bracket(LIMIT, LIMIT, stop_market("SELL", "0.010", trigger="1"), contingency="OCO")
    assert [order.id for order in (*orders, *legs)] == [*(f"CASE-010-{n}" if n else "MINE" for n in (1, 0, 2, 3, 4))]
    assert [op for op, _ in link.commands] == ["submit_list", "bracket"]
    assert link.commands[1][1]["contingency"] == "OCO"
    assert link.commands[1][1]["stop_loss"]["client_order_id"] == "CASE-010-4"


async def test_pair_says_how_its_orders_are_linked() -> None:
    """Both go with one command, and each can be held."""
    trader, link, _ = trading()
    first, second = await trader.pair(LIMIT, LIMIT, "OTO")

    ((op, given),) = link.commands
    assert (op, given["contingency"]) == ("pair", "OTO")
    assert [given[each]["client_order_id"] for each in ("order", "other")] == [first.id, second.id]


async def test_commands_of_a_strategy_name_it() -> None:
    """What is asked of one of several strategies is its own command; its orders have names of their own."""
    trader, link, _ = trading()
    second = trader.strategy(2)
    order = await second.submit(LIMIT)
    await order.cancel()
    await second.cancel_all()
    await trader.cancel_all()
    assert order.id == "CASE-010-2-1"
    assert (await trader.strategy(2).submit(LIMIT)).id == "CASE-010-2-2"
    assert [given.get("strategy") for _, given in link.commands] == [2, 2, 2, None, 2]


async def test_commands_for_a_handler_say_when_they_are_due() -> None:
    """Each goes as a `when`, with the event and, where one is given, the order; its orders have names of their own."""
    trader, link, _ = trading()
    entry = await trader.submit(LIMIT)
    exit_order = await trader.when("OrderFilled", entry).submit(LIMIT)
    await trader.when("PositionOpened").order(entry.id).cancel()
    await trader.strategy(2).when("PositionClosed").cancel_all()

    assert exit_order.id == "CASE-010-H1-1"
    handed = [given for op, given in link.commands if op == "when"]
    assert [(given["event"], given.get("of"), given["do"]["op"]) for given in handed] == [
        ("OrderFilled", entry.id, "submit"),
        ("PositionOpened", None, "cancel"),
        ("PositionClosed", None, "cancel_all"),
    ]
    assert [given.get("strategy") for given in handed] == [None, None, 2]


async def test_strategy_of_a_handler_is_named_before_or_after_its_event() -> None:
    """A strategy's handler is the same whichever is said first; what is named last holds."""
    trader, link, _ = trading()
    await trader.strategy(2).when("OrderFilled").cancel_all()
    await trader.when("OrderFilled").strategy(2).cancel_all()
    await trader.strategy(1).when("OrderFilled").strategy(2).cancel_all()

    assert (
        link.commands
        == [("when", {"strategy": 2, "event": "OrderFilled", "do": {"op": "cancel_all", "symbol": "BTCUSDT"}})] * 3
    )


async def test_closing_in_a_handler_names_no_orders_yet() -> None:
    """Its orders are made when the handler acts: the reply, which comes before, has none."""
    trader, link, _ = trading()
    handler = trader.when("PositionOpened")

    assert await handler.close_position("BTCUSDT-PERP.BINANCE-BOTH") == []
    assert await handler.close_all_positions(side="LONG") == []

    assert [given["do"]["op"] for _, given in link.commands] == ["close_position", "close_all_positions"]


async def test_list_is_for_the_position_that_all_its_orders_are_for() -> None:
    """The command names a position where all orders are for the same one; where they are not, each order alone does."""
    trader, link, _ = trading()
    for_long, for_short = (LIMIT.but(position_id=f"BTCUSDT-PERP.BINANCE-{leg}") for leg in ("LONG", "SHORT"))
    for requests in ([for_long, for_long], [for_long, for_short], [for_long, LIMIT], [LIMIT, LIMIT]):
        await trader.submit_list(requests)
    told = [given.get("position_id") for _, given in link.commands]
    assert told == ["BTCUSDT-PERP.BINANCE-LONG", None, None, None]
    assert [order.get("position_id") for order in link.commands[2][1]["orders"]] == ["BTCUSDT-PERP.BINANCE-LONG", None]


async def test_one_side_can_be_cancelled() -> None:
    """What is not given is not sent."""
    trader, link, _ = trading()
    await trader.cancel_all(side="BUY")
    assert link.commands == [("cancel_all", {"symbol": "BTCUSDT", "side": "BUY"})]
