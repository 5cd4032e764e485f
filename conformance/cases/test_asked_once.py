"""An order of which nothing was heard is asked for before it is given up, however few questions are allowed."""

from typing import Any

from conformance.cases.questions import UNAVAILABLE
from conformance.cases.situations import OF_ORDERS, UNCHECKED
from conformance.kit import Faults, Market, Traders, case, limit, stop_market


def _questions(retries: int) -> dict[str, Any]:
    """Allow so many; each has 1.5 s for its answer, which a busy machine does not exceed."""
    return {"inflight_check": {"interval_ms": 200, "threshold_ms": 1500, "retries": retries}, **UNCHECKED}


@case.each(
    {
        "RECON-860": {"kind": "LIMIT", "retries": 1},
        "RECON-861": {"kind": "STOP_MARKET", "retries": 1},
        "RECON-862": {"kind": "LIMIT", "retries": 2},
    },
    tier="full",
    core=["RECON-860"],
    rule="Query Order, Query Algo Order: what became of an order, which the venue alone knows; NautilusTrader, "
    "inflight_check_retries: attempts for verifying in-flight order status",
    needs=["inflight_check", "unrecordable"],
)
async def test_allowed_question_is_asked(
    traders: Traders, market: Market, faults: Faults, kind: str, retries: int
) -> None:
    """A live {kind} order of unheard fate MUST be asked for, and found, where {retries} questions are allowed."""
    trader = await traders.start(**_questions(retries))
    for event in OF_ORDERS:
        faults.lose(event, times=None, optional=True)
    asked = {
        "LIMIT": limit("BUY", "0.010", market.below_last("2%")),
        "STOP_MARKET": stop_market("SELL", "0.010", trigger=market.below_last("4%")),
    }

    order = await trader.submit(asked[kind])

    await order.reaches("ACCEPTED")


@case.each(
    {"RECON-990": {"kind": "LIMIT"}, "RECON-991": {"kind": "STOP_MARKET"}},
    tier="full",
    core=["RECON-990"],
    rule="Query Order, Query Algo Order; 503 tells nothing of it; NautilusTrader, inflight_check_retries",
    needs=["inflight_check", "unrecordable"],
)
async def test_order_is_asked_for_as_often_as_configured(
    traders: Traders, market: Market, faults: Faults, kind: str
) -> None:
    """A live {kind} order of unheard fate MUST be found where thirty questions are allowed and the first eight fail."""
    trader = await traders.start(
        inflight_check={"interval_ms": 100, "threshold_ms": 200, "retries": 30},
        # 1.x takes fewer failed questions than these, by default three, for a refusal, which others are about.
        client={"max_retries": 10},
        optional=["client.max_retries"],
        **UNCHECKED,
    )
    for event in OF_ORDERS:
        faults.lose(event, times=None, optional=True)
    # 1.x asks both services of an order, and counts that once.
    UNAVAILABLE.meets(faults, "query", times=16)
    asked = {
        "LIMIT": limit("BUY", "0.010", market.below_last("2%")),
        "STOP_MARKET": stop_market("SELL", "0.010", trigger=market.below_last("4%")),
    }

    order = await trader.submit(asked[kind])

    await order.reaches("ACCEPTED", within_s=10.0)
