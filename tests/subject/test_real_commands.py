"""What a trader can be asked to do, asked of the oldest and the newest of each generation."""

import time
import tomllib
from decimal import Decimal
from typing import Any

import pytest

from conformance.simulator import Simulator
from conformance.subject import profiles
from conformance.subject.errors import CommandRefused, NotSupported, SubjectMisused
from conformance.subject.subject import Subject, TraderLink
from tests.subject.real import AT_BOTH_ENDS, REAL, Events, below, config, order, submitted, trade

pytestmark = [
    *REAL,
    pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True),
]

SYMBOL = "BTCUSDT"


async def books(trader: TraderLink) -> dict[str, Any]:
    """Return the trader's own books, its orders by id."""
    snapshot = await trader.command("snapshot")
    return {**snapshot, "orders": {row["client_order_id"]: row for row in snapshot["orders"]}}


async def test_version_declares_what_it_has(subject: Subject) -> None:
    """Every native field is in the suite's list, by which slips in profiles are told."""
    listed = tomllib.loads(profiles.NATIVE_FIELDS.read_text())

    assert {section: sorted(set(names) - set(listed[section])) for section, names in subject.fields.items()} == {
        section: [] for section in listed
    }


async def test_purge_forgets_what_is_closed(subject: Subject, venue: Simulator, events: Events) -> None:
    """Orders go that are closed, those that rest stay; a kind that there is not is the suite's mistake."""
    trader = await subject.start_trader(config(subject, venue), events)
    await trade(trader, events, venue)
    await submitted(trader, events, order("M-2", type="MARKET", side="SELL"))
    await events.find(lambda event: event["event"] == "OrderFilled" and event.get("client_order_id") == "M-2")
    await submitted(trader, events, order("L-2", type="LIMIT", side="BUY", price=below(venue)))
    assert {"M-1", "L-1", "M-2", "L-2"} <= (await books(trader))["orders"].keys()

    await trader.command("purge", kinds=["orders", "positions", "account_events"])

    assert list((await books(trader))["orders"]) == ["L-2"]
    with pytest.raises(SubjectMisused, match="unknown order; known: orders, positions, account_events"):
        await trader.command("purge", kinds=["order"])


async def test_order_is_ended_in_the_handler_that_submits_it(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """Both commands are carried out as one; how an order cannot be ended is the suite's mistake."""
    trader = await subject.start_trader(config(subject, venue), events)
    terms = order("L-1", type="LIMIT", side="BUY", price=below(venue))
    with pytest.raises(SubjectMisused, match="then 'forget'; known: cancel, cancel_batch, cancel_all, market_exit"):
        await trader.command("submit", order=terms, then="forget")

    await trader.command("submit", order=terms, then="cancel")

    await events.find(lambda event: event["event"] in ("OrderCanceled", "OrderCancelRejected"))


async def test_command_of_a_handler_waits_for_its_event(subject: Subject, venue: Simulator, events: Events) -> None:
    """It is carried out once, when that order's event is told; what no handler does is the suite's mistake."""
    trader = await subject.start_trader(config(subject, venue), events)
    exit_order = order("X-1", type="LIMIT", side="BUY", price=below(venue))
    await trader.command("when", event="OrderAccepted", of="L-2", do={"op": "submit", "order": exit_order})
    for name in ("L-1", "L-2", "L-3"):
        await submitted(trader, events, order(name, type="LIMIT", side="BUY", price=below(venue)))
        assert ("X-1" in (await books(trader))["orders"]) is (name != "L-1")

    await events.wait("OrderAccepted", "X-1")
    with pytest.raises(SubjectMisused, match="'stop' is no command of a handler"):
        await trader.command("when", event="OrderAccepted", do={"op": "stop"})


async def test_handler_is_told_what_its_own_strategy_is(subject: Subject, venue: Simulator, events: Events) -> None:
    """The act of one strategy is not due when another one's order fills; a position's event is of its order."""
    trader = await subject.start_trader(config(subject, venue, strategies=2), events)
    with pytest.raises(SubjectMisused, match="the nearest is OrderFilled"):
        await trader.command("when", event="OrderFiled", do={"op": "cancel_all", "symbol": SYMBOL})

    async def handles(name: str, **event: str) -> None:
        do = {"op": "submit", "order": order(name, type="LIMIT", side="BUY", price=below(venue))}
        await trader.command("when", strategy=2, do=do, **event)

    await handles("X-1", event="PositionOpened", of="M-1")
    await trader.command("submit", strategy=2, order=order("M-1", type="MARKET", side="BUY"))
    assert (await events.wait("OrderAccepted", "X-1"))["strategy"] == "CASE-002"
    await handles("X-2", event="OrderFilled")
    await submitted(trader, events, order("M-2", type="MARKET", side="BUY"))
    await submitted(trader, events, order("L-2", type="LIMIT", side="BUY", price=below(venue)))
    assert "X-2" not in (await books(trader))["orders"]
    await trader.command("submit", strategy=2, order=order("M-3", type="MARKET", side="BUY"))
    assert (await events.wait("OrderAccepted", "X-2"))["strategy"] == "CASE-002"


async def test_order_list_is_submitted_as_one(subject: Subject, venue: Simulator, events: Events) -> None:
    """Each order of a list lives a life of its own."""
    trader = await subject.start_trader(config(subject, venue), events)
    terms = [order(name, type="LIMIT", side="BUY", price=below(venue)) for name in ("A-1", "A-2")]

    await trader.command("submit_list", orders=terms)

    for name in ("A-1", "A-2"):
        assert (await events.wait("OrderAccepted", name))["type"] == "LIMIT"


async def test_bracket_is_built_and_answered(subject: Subject, venue: Simulator, events: Events) -> None:
    """All three orders of a bracket are linked; what the version does with them, it tells of each."""
    trader = await subject.start_trader(config(subject, venue), events)

    await trader.command(
        "bracket",
        entry=order("B-1", type="MARKET", side="BUY"),
        take_profit={"client_order_id": "B-2", "price": below(venue, -5)},
        stop_loss={"client_order_id": "B-3", "trigger_price": below(venue)},
    )

    for name in ("B-1", "B-2", "B-3"):
        await events.wait("OrderInitialized", name)
    known = (await books(trader))["orders"]
    assert sorted(known["B-1"]["linked_order_ids"]) == ["B-2", "B-3"]
    assert known["B-2"]["parent_order_id"] == known["B-3"]["parent_order_id"] == "B-1"


async def test_linked_orders_are_submitted_one_by_one(subject: Subject, venue: Simulator, events: Events) -> None:
    """A bracket whose orders go out apart is linked as one that goes out at once; so are two, one of which triggers."""
    trader = await subject.start_trader(config(subject, venue), events)

    await trader.command(
        "bracket",
        entry=order("P-1", type="MARKET", side="BUY"),
        take_profit={"client_order_id": "P-2", "price": below(venue, -5)},
        stop_loss={"client_order_id": "P-3", "trigger_price": below(venue)},
        apart=True,
    )
    await trader.command(
        "pair",
        contingency="OTO",
        order=order("O-1", type="LIMIT", side="BUY", price=below(venue)),
        other=order("O-2", type="LIMIT", side="SELL", price=below(venue, -5), reduce_only=True),
    )

    await trader.command(
        "pair",
        contingency="OUO",
        order=order("U-1", type="LIMIT", side="BUY", price=below(venue)),
        other=order("U-2", type="LIMIT", side="BUY", price=below(venue, 5)),
    )

    with pytest.raises(SubjectMisused, match="contingency 'OCO'; known: OTO, OUO"):
        await trader.command("pair", contingency="OCO", order={}, other={})
    for name in ("P-1", "P-2", "P-3", "O-1", "O-2", "U-1", "U-2"):
        await events.wait("OrderSubmitted", name)
    known = (await books(trader))["orders"]
    assert sorted(known["P-1"]["linked_order_ids"]) == ["P-2", "P-3"]
    assert known["O-1"]["linked_order_ids"] == ["O-2"]
    assert known["O-2"]["parent_order_id"] == "O-1"
    assert (known["U-1"]["linked_order_ids"], known["U-2"]["linked_order_ids"]) == (["U-2"], ["U-1"])


async def test_exits_are_held_while_the_entry_rests(subject: Subject, venue: Simulator, events: Events) -> None:
    """Of an emulated bracket whose entry is not to be held the entry goes to the venue, and is linked to its exits."""
    trader = await subject.start_trader(config(subject, venue), events)

    await trader.command(
        "bracket",
        entry=order("R-1", type="LIMIT", side="BUY", price=below(venue)),
        take_profit={"client_order_id": "R-2", "price": below(venue, -5)},
        stop_loss={"client_order_id": "R-3", "trigger_price": below(venue, 5)},
        emulation_trigger="LAST_PRICE",
        hold_entry=False,
    )
    await events.wait("OrderAccepted", "R-1")

    known = (await books(trader))["orders"]
    assert sorted(known["R-1"]["linked_order_ids"]) == ["R-2", "R-3"]
    venue.control.fill(SYMBOL, venue.control.books()["orders"][0]["orderId"], "0.004")
    for name in ("R-2", "R-3"):
        await events.wait("OrderEmulated", name)
    assert len(venue.control.books()["orders"]) == 1


async def test_stop_alone_is_held_while_the_take_profit_rests(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """Of an emulated bracket whose take-profit is not to be held it goes to the venue, linked to the stop."""
    trader = await subject.start_trader(config(subject, venue), events)

    await trader.command(
        "bracket",
        entry=order("R-1", type="MARKET", side="BUY"),
        take_profit={"client_order_id": "R-2", "price": below(venue, -5)},
        stop_loss={"client_order_id": "R-3", "trigger_price": below(venue, 5)},
        emulation_trigger="LAST_PRICE",
        hold_take_profit=False,
        apart=True,
    )
    await events.wait("OrderSubmitted", "R-2")
    await events.wait("OrderEmulated", "R-3")

    known = (await books(trader))["orders"]
    assert (known["R-2"]["linked_order_ids"], known["R-2"]["parent_order_id"]) == (["R-3"], "R-1")


async def test_strategy_clears_up_when_it_is_stopped(subject: Subject, venue: Simulator, events: Events) -> None:
    """What the strategy is to do in its `on_stop` is done at the venue once the trader has stopped."""
    settings = config(subject, venue, at_stop=["cancel", "close"], post_stop_s=1.0)
    trader = await subject.start_trader(settings, events)
    await submitted(trader, events, order("C-1", type="MARKET", side="BUY"))
    await events.wait("OrderFilled", "C-1")
    await submitted(trader, events, order("C-2", type="LIMIT", side="BUY", price=below(venue)))
    await events.wait("OrderAccepted", "C-2")

    await trader.stop(graceful=True)

    left = venue.control.books()
    assert (left["orders"], [row for row in left["positions"] if Decimal(row["positionAmt"])]) == ([], [])


async def test_positions_are_closed_by_command(subject: Subject, venue: Simulator, events: Events) -> None:
    """One position, all of a symbol, or all of the strategy: the orders are the trader's own, and are named."""
    trader = await subject.start_trader(config(subject, venue), events)

    async def opened(name: str) -> str:
        await submitted(trader, events, order(name, type="MARKET", side="BUY"))
        await events.wait("OrderFilled", name)
        await events.find(lambda event: event["event"] == "PositionOpened")
        snapshot = await trader.command("snapshot")
        position: dict[str, Any] = snapshot["positions"][0]
        assert {symbol: Decimal(net) for symbol, net in snapshot["net_positions"].items()} == {
            "BTCUSDT": Decimal("0.010")
        }
        assert (position["side"], position["signed_qty"]) == ("LONG", "0.010")
        return str(position["position_id"])

    async def closed(op: str, **arguments: Any) -> dict[str, Any]:
        reply = await trader.command(op, **arguments)
        await events.find(lambda event: event["event"] == "PositionClosed")
        assert (await trader.command("snapshot"))["positions"] == []
        events.all.clear()
        return reply

    reply = await closed("close_position", position_id=await opened("M-1"))
    assert len(reply["client_order_ids"]) == 1
    await opened("M-2")
    assert len((await closed("close_all_positions", symbol=SYMBOL, side="LONG"))["client_order_ids"]) == 1
    await opened("M-3")
    if "market_exit" in subject.capabilities:
        await closed("market_exit")
    else:
        with pytest.raises(NotSupported, match="has no market_exit"):
            await trader.command("market_exit")
    with pytest.raises(CommandRefused, match="knows no position 'X-1'"):
        await trader.command("close_position", position_id="X-1")


async def test_close_position_stop_says_so_at_the_venue(subject: Subject, venue: Simulator, events: Events) -> None:
    """A close-position stop is one at the venue, or is not asked for; never an ordinary stop in its place."""
    trader = await subject.start_trader(config(subject, venue), events)
    await submitted(trader, events, order("M-1", type="MARKET", side="BUY"))
    stop = order("C-1", type="STOP_MARKET", side="SELL", trigger_price=below(venue), close_position=True)

    if "close_position_stops" not in subject.capabilities:
        with pytest.raises(NotSupported, match="has no close_position_stops"):
            await trader.command("submit", order=stop)
        return
    assert (await submitted(trader, events, stop))["event"] == "OrderAccepted"
    (placed,) = venue.control.books()["algo_orders"]
    assert placed["closePosition"] is True


async def test_terms_of_an_order_are_in_the_books(subject: Subject, venue: Simulator, events: Events) -> None:
    """What an order was asked to be is told of it: flags, times, triggers, the part that is shown."""
    trader = await subject.start_trader(config(subject, venue), events)
    price = below(venue)
    expires_ms = (int(time.time()) + 1000) * 1000
    await submitted(trader, events, order("P-1", type="LIMIT", side="BUY", price=price, post_only=True))
    await submitted(trader, events, order("D-1", type="LIMIT", side="BUY", price=price, display_qty="0.005"))
    emulated = order("E-1", type="STOP_MARKET", side="SELL", trigger_price=price, emulation_trigger="LAST_PRICE")
    await submitted(trader, events, emulated)
    until = order("G-1", type="LIMIT", side="BUY", price=price, time_in_force="GTD", expire_time_ms=expires_ms)
    await submitted(trader, events, until)
    match = order("Q-1", type="LIMIT", side="BUY", price=price, price_match="QUEUE_5")
    assert (await submitted(trader, events, match))["event"] == "OrderAccepted"

    known = (await books(trader))["orders"]

    assert known["P-1"]["post_only"] is True
    assert known["D-1"]["display_qty"] == "0.005"
    assert (known["E-1"]["status"], known["E-1"]["emulated"]) == ("EMULATED", True)
    assert (known["G-1"]["time_in_force"], known["G-1"]["expire_time_ms"]) == ("GTD", expires_ms)
    assert not known["P-1"]["reduce_only"]


async def test_one_side_is_cancelled(subject: Subject, venue: Simulator, events: Events) -> None:
    """`cancel_all` can be told a side. That 1.x and 2.0.0rc3 cancel the other too is for the cases to judge."""
    trader = await subject.start_trader(config(subject, venue), events)
    await submitted(trader, events, order("B-1", type="LIMIT", side="BUY", price=below(venue)))

    await trader.command("cancel_all", symbol=SYMBOL, side="SELL")
    assert (await books(trader))["orders"]["B-1"]["status"] == "ACCEPTED"
    await trader.command("cancel_all", symbol=SYMBOL, side="BUY")

    await events.wait("OrderCanceled", "B-1")


@pytest.mark.parametrize("claimed", [False, True])
async def test_orders_of_other_clients_can_be_changed(
    subject: Subject, venue: Simulator, events: Events, claimed: bool
) -> None:
    """An order that was open before the trader came is queried, amended and cancelled by its client order id."""
    venue.control.place_as_other(
        symbol=SYMBOL, side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.010", price=below(venue),
        newClientOrderId="web_abc123",
    )  # fmt: skip
    told = Events()
    venue.control.observe(lambda event: told(event["o"]) if event["e"] == "ORDER_TRADE_UPDATE" else None)
    claims = [SYMBOL] if claimed else []
    trader = await subject.start_trader(config(subject, venue, external_order_claims=claims), events)

    known = (await books(trader))["orders"]["web_abc123"]
    await trader.command("query_order", client_order_id="web_abc123")
    await trader.command("modify", client_order_id="web_abc123", quantity="0.010", price=below(venue, 3))
    await told.find(lambda event: event["x"] == "AMENDMENT")
    await trader.command("cancel", client_order_id="web_abc123")
    await told.find(lambda event: event["x"] == "CANCELED")

    assert known["strategy"] == ("CASE-001" if claimed else "EXTERNAL")


async def test_both_sides_are_held_in_hedge_mode(subject: Subject, venue: Simulator, events: Events) -> None:
    """Natively, a position id tells which of a symbol's two positions an order is for."""
    venue.control.set_position_mode(hedged=True)
    trader = await subject.start_trader(config(subject, venue, hedge=True), events)

    for name, side, leg in (("L-1", "BUY", "LONG"), ("S-1", "SELL", "SHORT")):
        position_id = f"{SYMBOL}-PERP.BINANCE-{leg}"
        await submitted(trader, events, order(name, type="MARKET", side=side, position_id=position_id))
        await events.wait("OrderFilled", name)
        await events.find(
            lambda event, at=position_id: event["event"] == "PositionOpened" and event["position_id"] == at
        )

    held = (await trader.command("snapshot"))["positions"]
    assert sorted((each["side"], each["signed_qty"]) for each in held) == [("LONG", "0.010"), ("SHORT", "-0.010")]


async def test_each_strategy_has_orders_of_its_own(subject: Subject, venue: Simulator, events: Events) -> None:
    """A command is carried out by the strategy that it names, the first without a name; there is none beyond them."""
    trader = await subject.start_trader(config(subject, venue, strategies=2), events)

    for name, given in (("A-1", {}), ("B-1", {"strategy": 2}), ("A-2", {"strategy": 1})):
        terms = order(name, type="LIMIT", side="BUY", price=below(venue))
        await trader.command("submit", order=terms, **given)
        await events.wait("OrderAccepted", name)
    with pytest.raises(SubjectMisused, match="strategy 3: the trader was started with 2"):
        await trader.command("cancel_all", symbol=SYMBOL, strategy=3)

    owners = {name: row["strategy"] for name, row in (await books(trader))["orders"].items()}
    assert owners == {"A-1": "CASE-001", "A-2": "CASE-001", "B-1": "CASE-002"}


async def test_account_and_instruments_are_told(subject: Subject, venue: Simulator, events: Events) -> None:
    """The snapshot has the balances, free and locked; the instruments their grid, limits and margins."""
    trader = await subject.start_trader(config(subject, venue, leverages={SYMBOL: 7}), events)

    balance = (await trader.command("snapshot"))["balances"][0]
    (instrument,) = (await trader.command("instruments", symbols=[SYMBOL]))["instruments"]

    assert set(balance) == {"currency", "total", "free", "locked"}
    assert (instrument["symbol"], instrument["tick"], instrument["step"]) == (SYMBOL, "0.10", "0.001")
    assert {"min_notional", "margin_init", "margin_maint"} <= set(instrument)


async def test_busy_trader_does_nothing_else(subject: Subject, venue: Simulator, events: Events) -> None:
    """From its reply on, the node's thread is kept; what comes meanwhile is dealt with after it."""
    trader = await subject.start_trader(config(subject, venue), events)
    await submitted(trader, events, order("L-1", type="LIMIT", side="BUY", price=below(venue)))

    reply = await trader.command("busy", ms=300)
    venue.control.cancel_all_as_other(SYMBOL)
    canceled = await events.wait("OrderCanceled", "L-1")

    assert canceled["ns"] - reply["ns_called"] >= 300_000_000
