"""Errors: what the venue refuses stays refused, what it delays is retried, and what it does not say is not guessed."""

import itertools

from conformance.cases.throttles import PROTECTED, TOO_MUCH, Throttle
from conformance.kit import Faults, Market, Order, Trader, Wire, case, equal, limit, require, stop_market

_PLACE = "place order"


@case(
    "ERR-010",
    rule="Error codes: -2019 MARGIN_NOT_SUFFICIEN",
    needs=["large_orders"],
    profile="quiet",
    why="the risk engine of 2.x denies by itself what the account cannot pay: here the venue is to refuse",
)
async def test_insufficient_margin_is_a_rejection(trader: Trader, wire: Wire, market: Market) -> None:
    """An order that the venue refuses for lack of margin MUST end REJECTED with the venue's code, after one request."""
    order = await trader.submit(limit("BUY", "100", market.below_last("2%")))

    rejected = await order.reaches("REJECTED")

    told = "-2019" in rejected["reason"] or "Margin is insufficient" in rejected["reason"]
    require(told, "the venue's code or words in the rejection's reason", seen=rejected["reason"])
    request = await wire.one(_PLACE, newClientOrderId=order.id)
    equal("code", request.answer["code"], -2019)


@case("ERR-020", rule="General info: limits, HTTP 429: the request was not executed")
async def test_rate_limited_order_ends_as_at_the_venue(
    trader: Trader, wire: Wire, market: Market, faults: Faults
) -> None:
    """An order answered 429 MUST end REJECTED, or ACCEPTED if it was sent again, and rest at the venue at most once."""
    faults.answer(_PLACE, 429, {"code": -1003, "msg": "Too many requests; current limit of IP is 2400 per minute."})
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("ACCEPTED", "REJECTED")

    equal("sent again", len(wire.requests(_PLACE, newClientOrderId=order.id)) > 1, order.state == "ACCEPTED")


@case("ERR-030", rule="General info: 503 Unknown error, execution status UNKNOWN", card="TC-E74", upstream=["#4215"])
async def test_unknown_fate_is_no_rejection(trader: Trader, wire: Wire, market: Market, faults: Faults) -> None:
    """An order answered 503 "Unknown error" that is live at the venue MUST NOT be rejected, and MUST be accepted."""
    body = {"code": -1000, "msg": "Unknown error, please check your request or try again later."}
    faults.answer(_PLACE, 503, body, processed=True)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await wire.frame("ORDER_TRADE_UPDATE", c=order.id, x="NEW")
    await wire.one(_PLACE, newClientOrderId=order.id)

    await order.stands("ACCEPTED")


@case("ERR-040", rule="General info: 408, -1007 execution status UNKNOWN", card="TC-E74", upstream=["#4215"])
async def test_timeout_at_the_venue_is_no_rejection(trader: Trader, wire: Wire, market: Market, faults: Faults) -> None:
    """An order answered 408 (-1007) that is live at the venue MUST NOT be rejected, sent again or not."""
    body = {"code": -1007, "msg": "Timeout waiting for response from backend server. Send status unknown."}
    faults.answer(_PLACE, 408, body, processed=True)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await wire.frame("ORDER_TRADE_UPDATE", c=order.id, x="NEW")
    await order.stands("ACCEPTED", after_s=1.0)


@case("ERR-050", rule="General info: an answer that is no JSON says nothing of the order", card="TC-E74")
async def test_answer_without_json_is_no_rejection(trader: Trader, wire: Wire, market: Market, faults: Faults) -> None:
    """An order answered 200 with a page instead of JSON that is live at the venue MUST NOT be rejected."""
    faults.garble(_PLACE)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await wire.frame("ORDER_TRADE_UPDATE", c=order.id, x="NEW")
    await wire.one(_PLACE, newClientOrderId=order.id)

    await order.stands("ACCEPTED")


@case(
    "ERR-025",
    rule="General info: limits, HTTP 429",
    # The in-flight check asks once all repetitions are over.
    trader={
        "retry_delay_initial_ms": 200,
        "retry_delay_max_ms": 2000,
        "inflight_check": {"interval_ms": 100, "threshold_ms": 1500, "retries": 2},
    },
)
async def test_repetition_waits_as_configured(trader: Trader, wire: Wire, market: Market, faults: Faults) -> None:
    """An order answered 429 again and again MUST be sent again, if at all, only after the delay that was configured."""
    body = {"code": -1003, "msg": "Too many requests; current limit of IP is 2400 per minute."}
    faults.answer(_PLACE, 429, body, times=2, optional=True)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("ACCEPTED", "REJECTED")

    waited_ms = _pauses_ms(wire, order)
    require(all(each >= 100 for each in waited_ms), "at least 100 ms before each repetition", seen=waited_ms)


@case.each(
    {"ERR-026": {"throttle": TOO_MUCH}, "ERR-027": {"throttle": PROTECTED}},
    tier="full",
    core=["ERR-026"],
    rule="General info, limits: back off after 429, which earns a ban where it goes on; 503, -1008",
    # The in-flight check asks once all repetitions are over.
    trader={
        "max_retries": 3,
        "retry_delay_initial_ms": 100,
        "retry_delay_max_ms": 200,
        "inflight_check": {"interval_ms": 100, "threshold_ms": 1000, "retries": 2},
    },
)
async def test_repetitions_come_to_an_end(
    trader: Trader, wire: Wire, market: Market, faults: Faults, throttle: Throttle
) -> None:
    """Where every attempt is answered {throttle}, an order MUST be sent again three times at the most, and be REJECTED.

    A trader chooses its pauses at random between the delays that are configured: none may be shorter than the least.
    """
    throttle.meets(faults, _PLACE, times=None)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("REJECTED")

    await order.stands("REJECTED", after_s=0.4)
    waited_ms = _pauses_ms(wire, order)
    require(len(waited_ms) <= 3, "three repetitions at the most", seen=waited_ms)
    require(all(each >= 90 for each in waited_ms), "at least 100 ms before each repetition", seen=waited_ms)


@case(
    "ERR-028",
    tier="full",
    rule="General info, limits: back off after 429, which earns a ban where it goes on",
    needs=["unrecordable"],
    trader={
        "retry_delay_initial_ms": None,
        "retry_delay_max_ms": None,
        "inflight_check": {"interval_ms": 500, "threshold_ms": 3000, "retries": 2},
    },
)
async def test_delay_by_default(trader: Trader, wire: Wire, market: Market, faults: Faults) -> None:
    """Where no delay is configured, an order answered 429 MUST NOT be sent again within 500 ms."""
    TOO_MUCH.meets(faults, _PLACE)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("ACCEPTED", "REJECTED", within_s=10.0)

    waited_ms = _pauses_ms(wire, order)
    require(all(each >= 500 for each in waited_ms), "at least 500 ms before the repetition", seen=waited_ms)


def _pauses_ms(wire: Wire, order: Order) -> list[int]:
    """Return how long after the one before each further request to place the order came."""
    sent = wire.requests(_PLACE, newClientOrderId=order.id)
    return [(later.ns - earlier.ns) // 10**6 for earlier, later in itertools.pairwise(sent)]


@case("ERR-060", rule="General info: 503, -1008 is a failure and can be retried")
async def test_throttled_order_ends_as_at_the_venue(trader: Trader, wire: Wire, market: Market, faults: Faults) -> None:
    """An order answered 503 (-1008), which the venue has not taken, MUST end REJECTED, or ACCEPTED if sent again."""
    faults.answer(_PLACE, 503, {"code": -1008, "msg": "Request throttled by system-level protection."})
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("ACCEPTED", "REJECTED")

    equal("sent again", len(wire.requests(_PLACE, newClientOrderId=order.id)) > 1, order.state == "ACCEPTED")


@case(
    "ERR-064",
    rule="General info: 503, -1008 is a failure: whether it is sent again is the user's choice",
    needs=["retries"],
    trader={"max_retries": 0},
)
async def test_trader_without_retries_sends_once(trader: Trader, wire: Wire, market: Market, faults: Faults) -> None:
    """A trader that is configured for no retries MUST send a throttled order once, and end it REJECTED."""
    body = {"code": -1008, "msg": "Request throttled by system-level protection."}
    faults.answer(_PLACE, 503, body, times=None)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("REJECTED")

    equal("requests", len(wire.requests(_PLACE, newClientOrderId=order.id)), 1)


@case("ERR-070", rule="Query Order")
async def test_lost_acceptance_is_learned_by_query(trader: Trader, wire: Wire, market: Market, faults: Faults) -> None:
    """A LIMIT order whose first event was lost MUST be ACCEPTED once the trader queries it."""
    faults.lose("ORDER_TRADE_UPDATE", x="NEW")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await wire.one(_PLACE, newClientOrderId=order.id)

    await order.query()

    await order.reaches("ACCEPTED")


@case("ERR-075", rule="Query Algo Order", upstream=["#3287"])
async def test_lost_acceptance_of_a_stop_is_learned_by_query(
    trader: Trader, wire: Wire, market: Market, faults: Faults
) -> None:
    """A STOP_MARKET whose first event was lost MUST be ACCEPTED once the trader queries it."""
    faults.lose("ALGO_UPDATE", X="NEW")
    order = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("2%")))
    await wire.one("POST /fapi/v1/algoOrder", clientAlgoId=order.id)

    await order.query()

    await order.reaches("ACCEPTED")
