"""A client order id that is used again: what is judged is of the order that went by it then."""

import pytest

from conformance.history.entries import Event, Reply
from tests.invariants.histories import Scripted
from tests.invariants.test_told import LIMIT, STOP, accepted, broken

PLACE = "POST /fapi/v1/order"


def test_a_name_that_is_used_again_is_told_as_what_it_then_is() -> None:
    """Each event is of the order that went by its name when it came, of which only its own fills are."""
    script = accepted().fill("7", "0.004", of="0.010", filled="0.004").event("OrderCanceled", filled_qty="0.004")
    script.command("submit", order={**LIMIT, "side": "SELL"}).event("OrderSubmitted", side="SELL", filled_qty="0")
    assert broken(script, 14) == []

    script.event("OrderAccepted", side="BUY")
    assert broken(script, 14) == ["OrderAccepted tells another side"]


def test_what_was_told_before_a_name_is_used_again_is_of_the_order_before() -> None:
    """An event that reaches the history after the command, and was told before it, is not of the new order."""
    ended = Event(name="OrderCanceled", client_order_id="T-1", side="BUY")
    script = accepted().event("OrderPendingCancel")
    told_ns = script.history.entries[-1].ns
    script.command("submit", order={**LIMIT, "side": "SELL"}).history.append(ended, at_ns=told_ns)
    assert broken(script, 14) == []

    script.history.append(ended)
    assert broken(script, 14) == ["OrderCanceled tells another side"]


def test_a_name_that_is_used_again_is_not_released_for_that() -> None:
    """Of an order that has the name of one before it, the beginning of that one counts for nothing."""
    held = {**STOP, "emulation_trigger": "LAST_PRICE"}
    script = Scripted().command("submit", order=held).event("OrderInitialized", type="STOP_MARKET")
    script.event("OrderDenied").command("submit", order=held).event("OrderInitialized", type="STOP_MARKET")

    assert broken(script.event("OrderEmulated", type="STOP_MARKET"), 14) == []


def test_an_order_whose_id_was_refused_is_released_all_the_same() -> None:
    """It begins anew at its release, as what it becomes: that another of its id began and was denied is no part."""
    held = {**STOP, "type": "TRAILING_STOP_MARKET", "emulation_trigger": "LAST_PRICE"}
    script = Scripted().command("submit", order=held)
    script.event("OrderInitialized", type=held["type"]).event("OrderEmulated", type=held["type"])
    script.command("submit", order=LIMIT).event("OrderInitialized", type="LIMIT").event("OrderDenied", type="LIMIT")
    for event in ("OrderInitialized", "OrderReleased", "OrderSubmitted"):
        script.event(event, type="MARKET")

    assert broken(script, 14) == []
    assert broken(script.event("OrderAccepted", type="LIMIT"), 14) == ["OrderAccepted tells another type"]


@pytest.mark.parametrize(("replies", "found"), [([False], []), ([True, False], ["OrderAccepted tells another side"])])
def test_an_order_is_refused_by_the_answer_to_its_own_command(replies: list[bool], found: list[str]) -> None:
    """What is refused with an error is not what the name stands for; a later reply of the same number says nothing."""
    script = accepted().command("submit", order={**LIMIT, "side": "SELL"})
    for ok in replies:
        script.history.append(Reply(n=1, ok=ok))

    assert broken(script.event("OrderAccepted", side="BUY"), 14) == found


def sent(script: Scripted, price: str, **params: str) -> Scripted:
    """Append that the order is placed at a price, and that the venue takes it."""
    terms = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "quantity": "0.010", "timeInForce": "GTC"}
    script.request(PLACE, newClientOrderId="T-1", price=price, **{**terms, **params})
    return script.answer(200, {"orderId": 7, "clientOrderId": "T-1", "status": "NEW"})


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("49000.00", "48000.00", []),
        ("48000.00", "48000.00", ["price of a LIMIT was not sent as asked"]),
        ("49000.00", "49000.00", ["price of a LIMIT was not sent as asked"]),
    ],
)
def test_each_order_is_sent_as_it_was_asked_for(first: str, second: str, found: list[str]) -> None:
    """A placement is held against the submission before it, whatever is submitted by that name later or was before."""
    script = sent(Scripted().command("submit", order=LIMIT), first)
    script.command("submit", order={**LIMIT, "price": "48000.00"})

    assert broken(sent(script, second), 13) == found


def test_what_was_asked_of_the_order_before_is_not_asked_of_this_one() -> None:
    """An amendment is none of the order that takes over the name."""
    script = sent(Scripted().command("submit", order=LIMIT), "49000.00")
    script.command("modify", client_order_id="T-1", price="47000.00").command("submit", order=LIMIT)
    amended = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.010", "price": "47000.00"}
    script.request("PUT /fapi/v1/order", origClientOrderId="T-1", **amended).answer(200, {})

    assert broken(script, 13) == ["price of a LIMIT was not amended as asked"]


def test_an_order_was_asked_for_though_its_name_is_used_again_later() -> None:
    """After a reconnect, what goes out by a submission before it was asked for, whatever is submitted afterwards."""
    script = sent(Scripted().stream(1).stream(1, "closed").stream(2).command("submit", order=LIMIT), "49000.00")

    assert broken(script.command("submit", order=LIMIT), 11) == []


@pytest.mark.parametrize(("told_ms", "found"), [(4_000, []), (6_000, ["OrderSubmitted after its request"])])
def test_each_order_is_told_as_submitted_before_its_own_request(told_ms: int, found: list[str]) -> None:
    """The second order of a name is told as submitted after the first one's request, and before its own."""
    script = sent(Scripted().command("submit", order=LIMIT), "49000.00", timestamp="1000")
    script.command("submit", order=LIMIT).event("OrderSubmitted", ts_event=told_ms * 1_000_000)

    assert broken(sent(script, "49000.00", timestamp="5000"), 4) == found


@pytest.mark.parametrize(("told", "found"), [(["OrderSubmitted"], []), ([], ["OrderAccepted without OrderSubmitted"])])
def test_each_order_of_a_name_that_is_sent_is_told_as_submitted(told: list[str], found: list[str]) -> None:
    """That the first order of a name was told as submitted says nothing of the second one."""
    script = sent(Scripted().command("submit", order=LIMIT).event("OrderSubmitted"), "49000.00")
    script.event("OrderAccepted").event("OrderCanceled").command("submit", order=LIMIT)
    for name in told:
        script.event(name)

    assert broken(sent(script, "49000.00").event("OrderAccepted"), 4) == found


def test_what_is_told_late_of_the_first_order_asks_for_no_second_one() -> None:
    """A second order of the name that was never sent need not be told as submitted, whatever is told of the first."""
    script = sent(Scripted().command("submit", order=LIMIT).event("OrderSubmitted"), "49000.00")
    script.event("OrderAccepted").command("submit", order=LIMIT)

    assert broken(script.event("OrderCanceled"), 4) == []
