"""What a strategy commands in its handlers (`when`), or right behind a submission (`then`), counts from then on."""

from typing import Any

import pytest

from conformance.history.entries import Event, Request
from conformance.invariants import violations
from tests.invariants.histories import Scripted

PLACE, AMEND = "POST /fapi/v1/order", "PUT /fapi/v1/order"
LIMIT = {"client_order_id": "T-1", "type": "LIMIT", "side": "BUY", "quantity": "1", "price": "9", "symbol": "BTCUSDT"}
STOP = {"client_order_id": "T-1", "type": "STOP_MARKET", "side": "SELL", "quantity": "1", "trigger_price": "9"}
SENT = {"newClientOrderId": "T-1", "type": "LIMIT", "side": "BUY", "symbol": "BTCUSDT", "quantity": "1", "price": "9"}
ORDER = {"orderId": 7, "clientOrderId": "T-1", "status": "NEW", "executedQty": "0"}
CANCEL = {"op": "cancel", "client_order_id": "T-1"}
UNASKED = "an order was placed that nobody asked for, after a restart or reconnect"
AMENDED = {"orderId": "7", "symbol": "BTCUSDT", "side": "BUY", "quantity": "1"}


def broken(script: Scripted, number: int) -> list[str]:
    """Return what breaks one invariant in a scripted history."""
    found = [each.signature for each in violations(script.history) if each.number == number]
    return [signature.removeprefix(f"invariant {number}: ") for signature in found]


def armed(script: Scripted, do: dict[str, Any], n: int = 5) -> Scripted:
    """A handler is armed with a command, by command `n`."""
    return script.command("when", n=n, event="OrderFilled", do=do)


def resting() -> Scripted:
    """An order rests at the venue as order 7."""
    return Scripted().command("submit", order=LIMIT).request(PLACE, **SENT).answer(200, ORDER).order_frame("NEW", i=7)


@pytest.mark.parametrize(
    ("acts", "shown"),
    [([5], []), ([], ["OrderAccepted shows its order PENDING_CANCEL"])],
)
def test_order_is_wished_gone_once_its_handler_has_acted(acts: list[int], shown: list[str]) -> None:
    """An order that only would be cancelled in a handler is not to be cancelled yet."""
    script = armed(resting(), CANCEL).event("OrderFilled", "T-2", acts=acts)
    assert broken(script.event("OrderAccepted", status="PENDING_CANCEL"), 1) == shown


@pytest.mark.parametrize(("acts", "unasked"), [([5], []), ([], [UNASKED])])
def test_order_is_asked_for_once_a_strategy_has_started(acts: list[int], unasked: list[str]) -> None:
    """What a strategy is to submit in its on_start is asked for when that is called, and not before."""
    kept = {"cache_database": "localhost:6379", "at_start": [{"op": "submit", "order": LIMIT}]}
    script = Scripted().command("start", n=4, config={**kept, "at_start": []}).command("start", n=5, config=kept)
    script.event("Started", "", trader=5, acts=acts).request(PLACE, **SENT).answer(200, ORDER)
    assert broken(script, 11) == unasked


@pytest.mark.parametrize(
    ("acts", "without"),
    [
        ([5], []),
        ([], ["OrderCanceled without the venue's word for it"]),
        ([4], ["OrderCanceled without the venue's word for it"]),
    ],
)
def test_held_order_ends_once_its_handler_has_acted(acts: list[int], without: list[str]) -> None:
    """A stop that the trader holds back is not ended by a handler whose event never came, nor by another's."""
    script = Scripted().command("submit", order={**STOP, "emulation_trigger": "LAST_PRICE"})
    script.event("OrderInitialized").event("OrderEmulated", status="EMULATED")
    armed(script, {"op": "cancel_all", "symbol": "BTCUSDT"}).event("OrderTriggered", "T-2", acts=acts)
    assert broken(script.event("OrderCanceled"), 3) == without


@pytest.mark.parametrize(
    ("then", "without"),
    [("cancel_all", []), ("cancel", []), (None, ["OrderCanceled without the venue's word for it"])],
)
def test_held_order_ends_in_the_handler_that_submitted_it(then: str | None, without: list[str]) -> None:
    """What ends a submission in the same handler comes after it, in whichever handler that is."""
    order = {**STOP, "emulation_trigger": "LAST_PRICE"}
    ended = {} if then is None else {"then": then}
    script = Scripted().command("submit", order=order, **ended)
    assert broken(script.event("OrderInitialized").event("OrderEmulated").event("OrderCanceled"), 3) == without
    script = armed(Scripted(), {"op": "submit", "order": order, **ended}).event("OrderAccepted", "T-2", acts=[5])
    assert broken(script.event("OrderInitialized").event("OrderEmulated").event("OrderCanceled"), 3) == without


@pytest.mark.parametrize(
    ("before", "price", "wrong"),
    [
        (True, "8", ["price of a LIMIT was not amended as asked"]),
        (True, "9", []),
        (False, "8", []),
        (False, "9", ["price of a LIMIT was not amended as asked"]),
    ],
)
def test_amendment_is_as_asked_by_then(before: bool, price: str, wrong: list[str]) -> None:
    """What a handler wishes is no wish before it has acted, and one afterwards."""
    script = armed(resting(), {"op": "modify", "client_order_id": "T-1", "price": "8"})
    if before:
        script.request(AMEND, **AMENDED, price=price).event("OrderFilled", "T-2", acts=[5])
    else:
        script.event("OrderFilled", "T-2", acts=[5]).request(AMEND, **AMENDED, price=price)
    assert broken(script, 13) == wrong


def test_order_of_a_handler_is_sent_as_asked() -> None:
    """What is submitted in a handler is held to its terms, and of two of one name the one that acted."""
    script = armed(Scripted(), {"op": "submit", "order": LIMIT}, n=4)
    armed(script, {"op": "submit", "order": {**LIMIT, "price": "8"}}).event("OrderFilled", "T-2", acts=[4])
    assert broken(script.request(PLACE, **SENT, timeInForce="GTC"), 13) == []
    assert broken(script.request(PLACE, **{**SENT, "price": "8"}), 13) == ["price of a LIMIT was not sent as asked"]


def test_number_is_of_the_process_that_tells_it() -> None:
    """A process that is replaced counts its commands anew: the handler is of the latest command of that number."""
    script = armed(resting(), {"op": "modify", "client_order_id": "T-1", "price": "7"}).command("start", config={})
    armed(script, {"op": "modify", "client_order_id": "T-1", "price": "8"}).event("OrderFilled", "T-2", acts=[5])
    assert broken(script.request(AMEND, **AMENDED, price="7"), 13) == ["price of a LIMIT was not amended as asked"]
    assert broken(script.request(AMEND, **AMENDED, price="8"), 13)[1:] == []


def test_request_that_was_read_before_the_event_comes_of_it() -> None:
    """The wire and the trader's events come on two ways: what came of a handler may be read before its event."""
    script = armed(resting(), {"op": "modify", "client_order_id": "T-1", "price": "8"})
    told_ns = script.history.entries[-1].ns + 1
    script.request(AMEND, **AMENDED, price="8")
    script.history.append(Event(name="OrderFilled", client_order_id="T-2", acts=[5]), at_ns=told_ns)
    assert isinstance(script.history.entries[-2], Request)
    assert broken(script, 13) == []
