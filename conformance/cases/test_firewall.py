"""Answers of the firewall in front of the venue: no JSON of Binance's, and the order never got there."""

from conformance.kit import Faults, Market, Trader, case, limit, stop_market

_FORBIDDEN = "<html><head><title>403 Forbidden</title></head><body>403 Forbidden</body></html>"
_BLOCKED = "<html><body><h1>Error 429: Too Many Requests</h1></body></html>"


@case.each(
    {
        "ERR-110": {"status": 403, "text": _FORBIDDEN, "what": "LIMIT order"},
        "ERR-120": {"status": 403, "text": "", "what": "LIMIT order"},
        "ERR-130": {"status": 403, "text": _FORBIDDEN, "what": "stop"},
        "ERR-140": {"status": 429, "text": _BLOCKED, "what": "LIMIT order"},
    },
    tier="full",
    core=["ERR-110", "ERR-130"],
    rule="General info: HTTP 403 is answered where the limit of the web application firewall is broken",
    upstream=["#2281"],
    needs=["unrecordable"],
)
async def test_order_that_the_firewall_stops_ends(
    trader: Trader, market: Market, faults: Faults, status: int, text: str, what: str
) -> None:
    """A {what} that the firewall answers {status}, without JSON, MUST end REJECTED, not hang in flight."""
    asked = limit("BUY", "0.010", market.below_last("2%"))
    if what == "stop":
        asked = stop_market("SELL", "0.010", trigger=market.below_last("2%"))
    faults.garble("place", text, status=status, processed=False, times=None)

    order = await trader.submit(asked)

    await order.reaches("REJECTED")
