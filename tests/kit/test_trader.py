"""The trader's verifiers: what they wait for, when they give up, and the signature that they give up with."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from conformance.history.entries import Answer, Request, Snapshot
from conformance.history.history import DeadlineError, History
from conformance.kit.failure import CheckError
from conformance.kit.order import Order
from conformance.kit.trader import Trader
from conformance.subject.orders import OrderRequest, limit, market, stop_market
from tests.kit.scripted_trader import ScriptedLink, order_event, soon

SOON_S = 0.02
LIMIT = limit("BUY", "0.010", "49000.00")


def trading(mark: str = "", **books: Any) -> tuple[Trader, ScriptedLink, History]:
    """Return a trader with its script and its history."""
    link, history = ScriptedLink(**books), History()
    return Trader(link, history, "CASE-010", mark=mark), link, history


async def submitted(request: OrderRequest = LIMIT) -> tuple[Order, History]:
    """Return an order of a scripted trader and the history that its events go to."""
    trader, _, history = trading()
    return await trader.submit(request), history


async def test_orders_are_named_after_their_case() -> None:
    """Orders without an id are numbered within the case, the same in every run; an id that was given is kept."""
    trader, link, _ = trading()
    orders = [await trader.submit(LIMIT), await trader.submit(LIMIT.named("MINE")), await trader.submit(LIMIT)]
    assert [order.id for order in orders] == ["CASE-010-1", "MINE", "CASE-010-2"]
    assert [arguments["order"]["client_order_id"] for _, arguments in link.commands] == [order.id for order in orders]


async def test_order_may_be_ended_in_its_own_handler() -> None:
    """The command by which the strategy ends an order at once goes with its submission, and only where one is given."""
    trader, link, _ = trading()
    await trader.submit(LIMIT)
    await trader.submit(LIMIT, then="cancel_all")
    assert [arguments.get("then", "none") for _, arguments in link.commands] == ["none", "cancel_all"]


async def test_a_world_marks_every_order() -> None:
    """Where an account outlives the run, its mark follows every id, whoever gave the id."""
    trader, _, _ = trading(mark=".k3f9x1")
    assert (await trader.submit(LIMIT)).id == "CASE-010-1.k3f9x1"
    assert (await trader.submit(LIMIT.named("MINE"))).id == "MINE.k3f9x1"


async def test_refused_order_is_not_sent() -> None:
    """An order that the world does not approve never becomes a command, and neither does its amendment."""

    def at_most_one(request: OrderRequest) -> None:
        if Decimal(request.quantity) > 1:
            raise RuntimeError("above the cap")

    link, history = ScriptedLink(), History()
    trader = Trader(link, history, "CASE-010", approve=at_most_one)
    with pytest.raises(RuntimeError, match="cap"):
        await trader.submit(market("BUY", "2"))
    assert link.commands == []
    order = await trader.submit(market("BUY", "1"))
    with pytest.raises(RuntimeError, match="cap"):
        await order.modify(quantity="2")
    assert [op for op, _ in link.commands] == ["submit"]


async def test_commands_name_their_orders() -> None:
    """Each wish of a case becomes one command of the protocol; what an amendment leaves out is not sent."""
    trader, link, _ = trading()
    order = await trader.submit(LIMIT)
    link.commands.clear()
    await order.modify(price="48000.00")
    await order.cancel()
    await order.query()
    await trader.modify_batch({order: {"quantity": "0.012"}})
    await trader.cancel_batch([order])
    await trader.cancel_all()
    await trader.query_account()
    await trader.purges("positions", "orders")
    await trader.sets_trading_state("HALTED")
    await trader.pauses()
    named = {"client_order_id": "CASE-010-1"}
    assert link.commands == [
        ("modify", {**named, "price": "48000.00"}),
        ("cancel", named),
        ("query_order", named),
        ("modify_batch", {"changes": [{**named, "quantity": "0.012"}]}),
        ("cancel_batch", {"client_order_ids": ["CASE-010-1"]}),
        ("cancel_all", {"symbol": "BTCUSDT"}),
        ("query_account", {}),
        ("purge", {"kinds": ["positions", "orders"]}),
        ("set_trading_state", {"state": "HALTED"}),
        ("pause", {}),
    ]


async def test_addressed_commands_name_their_client() -> None:
    """What reaches a client names it, and nothing else does; the trader that was not addressed names none."""
    trader, link, _ = trading()
    order = await trader.addressed("BINANCE").submit(LIMIT)
    await order.cancel()
    await trader.addressed("BINANCE").purges("orders", keep_s=60)
    await trader.order(order.id).cancel()
    to = {"client_id": "BINANCE"}
    assert [(op, arguments.get("client_id")) for op, arguments in link.commands[:2]] == [
        ("submit", "BINANCE"),
        ("cancel", "BINANCE"),
    ]
    assert link.commands[1] == ("cancel", {**to, "client_order_id": "CASE-010-C-1"})
    assert link.commands[2:] == [
        ("purge", {"kinds": ["orders"], "keep_s": 60}),
        ("cancel", {"client_order_id": "CASE-010-C-1"}),
    ]


async def test_state_that_comes_is_returned() -> None:
    """`reaches` waits for the event that brings about the state and returns it; other orders do not count."""
    order, history = await submitted()
    soon(history, order_event("OrderAccepted", "OTHER"), order_event("OrderAccepted", venue_order_id="7"))
    assert (await order.reaches("ACCEPTED"))["venue_order_id"] == "7"
    assert order.state == "ACCEPTED"


async def test_each_state_is_reached_anew() -> None:
    """An event is not counted twice: the second amendment needs an event of its own."""
    order, history = await submitted()
    history.append(order_event("OrderUpdated", price="1"))
    await order.reaches("UPDATED")
    with pytest.raises(CheckError) as failure:
        await order.reaches("UPDATED", within_s=SOON_S)
    assert failure.value.signature == "LIMIT stayed UPDATED, required UPDATED"


async def test_order_without_event_stays_nowhere() -> None:
    """A trader that does nothing fails at the deadline, and the signature says so."""
    order, _ = await submitted(stop_market("SELL", "0.010", trigger="49000.00"))
    with pytest.raises(
        CheckError, match=r"CASE-010-1 \(STOP_MARKET\): required ACCEPTED within 0.02 s, seen"
    ) as failure:
        await order.reaches("ACCEPTED", within_s=SOON_S)
    assert failure.value.signature == "STOP_MARKET stayed (none), required ACCEPTED"


@pytest.mark.parametrize(
    ("reason", "signature"),
    [
        ("{'code': -4120, 'msg': 'order 17 at 49000.10'}", "LIMIT ended REJECTED (-4120), required ACCEPTED"),
        ("Binance error -4120: order 18", "LIMIT ended REJECTED (-4120), required ACCEPTED"),
        ("no venue", "LIMIT ended REJECTED, required ACCEPTED"),
        (None, "LIMIT ended REJECTED, required ACCEPTED"),
    ],
)
async def test_other_end_fails_at_once_with_the_code(reason: str | None, signature: str) -> None:
    """Another terminal state ends the wait; the signature has the venue's code and nothing that varies."""
    order, history = await submitted()
    soon(history, order_event("OrderSubmitted"), order_event("OrderRejected", reason=reason))
    with pytest.raises(CheckError) as failure:
        await order.reaches("ACCEPTED", within_s=60)
    assert failure.value.signature == signature


@pytest.mark.parametrize(
    ("wish", "refusal", "state"),
    [("UPDATED", "OrderModifyRejected", "MODIFY_REJECTED"), ("CANCELED", "OrderCancelRejected", "CANCEL_REJECTED")],
)
async def test_refused_wish_fails_at_once(wish: str, refusal: str, state: str) -> None:
    """The refusal of what a case waits for ends the wait; of anything else it does not."""
    order, history = await submitted()
    soon(history, order_event(refusal, reason="-2011"))
    with pytest.raises(CheckError) as failure:
        await order.reaches(wish, within_s=60)
    assert failure.value.signature == f"LIMIT ended {state} (-2011), required {wish}"


async def test_refused_wish_is_no_end_of_another() -> None:
    """An order whose amendment was refused can still be filled."""
    order, history = await submitted()
    soon(history, order_event("OrderModifyRejected"), order_event("OrderFilled", status="FILLED"))
    await order.reaches("FILLED")


async def test_fill_has_its_own_state() -> None:
    """A partial fill is not the fill of the order."""
    order, history = await submitted()
    soon(history, order_event("OrderFilled", status="PARTIALLY_FILLED"), order_event("OrderFilled", status="FILLED"))
    await order.reaches("PARTIALLY_FILLED")
    await order.reaches("FILLED")


async def test_signature_is_the_same_in_every_run() -> None:
    """Two runs of one failure, with other ids, prices and times, have the same signature."""
    found = []
    for price, reason in (("49000.00", "-2019 at 1795339382565"), ("51234.50", "-2019 at 1795339999999")):
        order, history = await submitted(limit("BUY", "0.010", price))
        soon(history, order_event("OrderRejected", reason=reason))
        with pytest.raises(CheckError) as failure:
            await order.reaches("FILLED")
        found.append(failure.value.signature)
    assert found == ["LIMIT ended REJECTED (-2019), required FILLED"] * 2


async def test_order_that_is_rejected_late_does_not_stand() -> None:
    """`stands` looks when all is quiet: an order accepted first and rejected later is not accepted."""
    trader, link, history = trading()
    order = await trader.submit(LIMIT)
    history.append(order_event("OrderAccepted"))
    await order.reaches("ACCEPTED")
    link.books["orders"] = [{"client_order_id": order.id, "status": "REJECTED"}]
    soon(history, order_event("OrderRejected", reason="-1000 Unknown"))
    with pytest.raises(CheckError, match="-1000 Unknown") as failure:
        await order.stands("ACCEPTED", after_s=SOON_S)
    assert failure.value.signature == "LIMIT stands REJECTED, required ACCEPTED"


async def test_unknown_order_does_not_stand() -> None:
    """An order that the trader's books do not know stands nowhere."""
    order, _ = await submitted()
    with pytest.raises(CheckError) as failure:
        await order.stands("ACCEPTED", after_s=SOON_S)
    assert failure.value.signature == "LIMIT stands unknown, required ACCEPTED"


async def test_what_never_happens_is_not_found() -> None:
    """`never` fails for a state that any event brought about, also when the order went on from there."""
    order, history = await submitted()
    history.append(order_event("OrderRejected", reason="-1007"))
    history.append(order_event("OrderAccepted"))
    order.never("CANCELED", "EXPIRED")
    with pytest.raises(CheckError) as failure:
        order.never("REJECTED")
    assert failure.value.signature == "LIMIT was REJECTED (-1007), required never"


async def test_field_that_an_event_lacks_is_a_broken_requirement() -> None:
    """A version whose event lacks what a case reads has failed it; the suite is not broken."""
    order, history = await submitted()
    soon(history, order_event("OrderAccepted", status="ACCEPTED"))
    accepted = await order.reaches("ACCEPTED")
    assert accepted["status"] == "ACCEPTED"
    with pytest.raises(CheckError) as failure:
        _ = accepted["venue_order_id"]
    assert failure.value.signature == "no venue_order_id in OrderAccepted"


async def test_position_is_waited_for() -> None:
    """`holds` looks again after each event until the trader holds the quantity, over all its positions."""
    trader, link, history = trading()
    soon(history, {"event": "PositionOpened"})
    link.books["positions"] = [
        {"symbol": "BTCUSDT", "signed_qty": "0.015"},
        {"symbol": "BTCUSDT", "signed_qty": "-0.005"},
        {"symbol": "ETHUSDT", "signed_qty": "3"},
    ]
    await trader.holds("0.010")


@pytest.mark.parametrize(
    ("held", "wanted", "signature"),
    [
        ("0.010", "0", "position wrong, required flat"),
        ("0", "0.010", "position flat, required open"),
        ("-0.010", "0.010", "position wrong, required open"),
    ],
)
async def test_wrong_position_fails_with_its_kind(held: str, wanted: str, signature: str) -> None:
    """The signature says flat, open or wrong; the quantities are in the message."""
    trader, _, _ = trading(positions=[{"symbol": "BTCUSDT", "signed_qty": held}])
    with pytest.raises(CheckError, match=f"position in BTCUSDT: required {wanted} within .* s, seen {held}") as failure:
        await trader.holds(wanted, within_s=SOON_S)
    assert failure.value.signature == signature


async def test_open_orders_are_compared_whole() -> None:
    """`has_open` wants exactly these orders open: one more, one less or a closed one fails."""
    rows = [{"client_order_id": "A", "open": True}, {"client_order_id": "B", "open": False}]
    trader, _, _ = trading(orders=rows)
    await trader.has_open("A")
    for wanted, signature in ((("A", "B"), "1 orders open, required 2"), ((), "1 orders open, required 0")):
        with pytest.raises(CheckError) as failure:
            await trader.has_open(*wanted, within_s=SOON_S)
        assert failure.value.signature == signature


async def test_open_orders_are_called_as_the_case_calls_them() -> None:
    """A case names an order without the world's mark, or by the id that it got back: both mean the same order."""
    trader, _, _ = trading(mark=".k3f9x1", orders=[{"client_order_id": "A.k3f9x1", "open": True}])
    await trader.has_open("A")
    await trader.has_open("A.k3f9x1")


@pytest.mark.parametrize(
    ("booked", "trades", "signature"),
    [
        (["1", "2"], ["2", "1"], None),
        (["1"], ["1", "2"], "1 of 2 trades booked under the venue's trade id"),
        (["1", "c0ffee"], ["1"], "1 of 1 trades booked under the venue's trade id, 1 under others"),
        (["c0ffee"], ["1"], "0 of 1 trades booked under the venue's trade id, 1 under others"),
        (None, ["1"], "0 of 1 trades booked under the venue's trade id"),
    ],
)
async def test_trades_of_an_order_are_compared_whole(
    booked: list[str] | None, trades: list[str], signature: str | None
) -> None:
    """`has_booked` wants exactly these trades in the order, in whichever order: one more or one less fails."""
    row = {"client_order_id": "A.k3f9x1", **({} if booked is None else {"trade_ids": booked})}
    trader, _, _ = trading(mark=".k3f9x1", orders=[{"client_order_id": "B.k3f9x1", "trade_ids": ["9"]}, row])
    if signature is None:
        await trader.has_booked("A", trades)
        return
    with pytest.raises(CheckError) as failure:
        await trader.has_booked("A", trades, within_s=SOON_S)
    assert failure.value.signature == signature


async def test_order_that_the_trader_does_not_know_has_no_trades() -> None:
    """`has_booked` about an order that is not there finds nothing, unless nothing is wanted."""
    trader, _, _ = trading()
    await trader.has_booked("A", [])
    with pytest.raises(CheckError):
        await trader.has_booked("A", ["1"], within_s=SOON_S)


async def test_only_news_is_written_down() -> None:
    """Books that are looked at again and again are one snapshot for as long as they stay the same."""
    trader, link, history = trading()
    await trader.books()
    await trader.books()
    link.books["positions"] = [{"symbol": "BTCUSDT", "signed_qty": "1"}]
    await trader.books()
    assert [len(record.positions) for record in history.of(Snapshot)] == [0, 1]


async def test_net_positions_are_written_down() -> None:
    """What the portfolio has is in the history, where it is held against the positions."""
    trader, link, history = trading()
    link.books["net_positions"] = {"BTCUSDT": "1"}

    await trader.books()

    assert [shown.more["net_positions"] for shown in history.of(Snapshot)] == [{"BTCUSDT": "1"}]


async def test_end_of_the_trader_ends_every_wait() -> None:
    """Whoever waits for a trader that died gets its death instead of a deadline."""
    order, history = await submitted()
    history.end(RuntimeError("it died"))
    with pytest.raises(RuntimeError, match="it died"):
        await order.reaches("ACCEPTED", within_s=60)


async def test_deadline_tells_where_the_wait_began() -> None:
    """A failure at the deadline says what it saw last, and since which entry it waited."""
    order, history = await submitted()
    history.append(order_event("OrderSubmitted"))
    with pytest.raises(CheckError, match="seen SUBMITTED, and no more") as failure:
        await order.reaches("ACCEPTED", within_s=SOON_S)
    assert failure.value.since == len(history)
    with pytest.raises(DeadlineError):
        await history.wait(lambda _: False, what="nothing", within_s=SOON_S)


async def test_answers_are_waited_for_but_not_those_that_hang() -> None:
    """`has_its_answers` returns once each request has its answer; one that hangs is given up."""
    trader, link, history = trading()
    history.append(Request(id=1, by="trader", method="POST", path="/fapi/v1/order"))
    soon(history, Answer(to=1, ended="dropped"))

    await trader.has_its_answers()

    assert history.of(Answer)
    assert link.asked == 3

    history.append(Request(id=2, by="trader", method="POST", path="/fapi/v1/order"))
    await asyncio.wait_for(trader.has_its_answers(), 10)


async def test_a_query_is_over_once_its_answer_is_read() -> None:
    """`is_queried` waits for the question itself, then for its answer; a trader that asks nothing has not done it."""
    trader, link, history = trading()
    order = await trader.submit(LIMIT)
    soon(history, Request(id=1, by="trader", method="GET", path="/fapi/v1/order"), Answer(to=1, status=200))

    await order.is_queried()

    assert link.commands[-1] == ("query_order", {"client_order_id": "CASE-010-1"})
    with pytest.raises(CheckError) as failure:
        await order.is_queried(within_s=SOON_S)
    assert failure.value.signature == "LIMIT was not queried at the venue"
