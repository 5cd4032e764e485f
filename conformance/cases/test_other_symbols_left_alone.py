"""A trader that is to reconcile one symbol alone: what others come to have of another symbol stays theirs, for good."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.cases.asking import BY, Asking, By
from conformance.cases.situations import hears_no_more, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Traders,
    UserStream,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    stop_market,
)

_ELSEWHERE: Mapping[str, Any] = {"symbol": "ETHUSDT"}
_ONE_SYMBOL: Mapping[str, Any] = {"reconciliation_instrument_ids": ["BTCUSDT-PERP.BINANCE"]}


@dataclass(frozen=True, kw_only=True)
class What(AxisValue):
    """What another client has of the other symbol."""

    comes: Callable[[Venue], Awaitable[object]]


WHAT = (
    What(
        name="position",
        words="a position",
        comes=lambda venue: venue.places(market_order("SELL", "0.100").but(**_ELSEWHERE).named("ELSEWHERE-1")),
    ),
    What(
        name="order",
        words="an open order",
        comes=lambda venue: venue.places(limit("BUY", "0.100", "2000.00").but(**_ELSEWHERE).named("ELSEWHERE-2")),
    ),
    What(
        name="stop",
        words="a waiting stop",
        comes=lambda venue: venue.places(
            stop_market("SELL", "0.100", trigger="2000.00").but(**_ELSEWHERE).named("ELSEWHERE-3")
        ),
    ),
)


@case.each(
    "RECON-995",
    axes={"what": WHAT, "by": BY},
    but={"a position check asks for no open order": {"what": ("order", "stop"), "by": "position-check"}},
    tier="full",
    core=["order.reconnect"],
    rule="Position Information V3; Current All Open Orders: without a symbol those of all symbols; "
    "NautilusTrader, reconciliation_instrument_ids: only these are reconciled",
    needs=["orders_of_others", "unclaimed_orders", "other_symbols", "unrecordable"],
)
async def test_another_symbol_is_left_alone(
    traders: Traders,
    venue: Venue,
    market: Market,
    wire: Wire,
    faults: Faults,
    user_stream: UserStream,
    what: What,
    by: By,
) -> None:
    """A trader that is to reconcile one symbol alone MUST NOT take over {what} of another, unheard, {by}."""
    trader = await traders.start(exec_engine={**_ONE_SYMBOL, **by.engine})
    passes_over_what_is_free(trader)
    own = await trader.submit(limit("BUY", "0.010", market.below_last("3%")).named("OWN-1"))
    await own.reaches("ACCEPTED")
    await trader.settles()
    heard = hears_no_more(trader, faults)
    await what.comes(venue)

    await by.asks(Asking(trader, wire, user_stream, heard))

    await trader.settles()
    await trader.has_open(own.id, within_s=1.0)
    await trader.holds("0", "ETHUSDT", within_s=1.0)
    equal("orders known", [row["client_order_id"] for row in (await trader.books())["orders"]], [own.id])
