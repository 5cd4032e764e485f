"""Emulated orders that another symbol's price releases: a hedge in one market, triggered by what happens in another."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.emulated import NEEDS, UNASKED
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    OrderRequest,
    Trader,
    Venue,
    Wire,
    case,
    stop_market,
    take_profit_market,
)
from conformance.kit.needs import Need

_RULE = "New Order: what the venue does not have yet is the trader's to release and to end"
_NEEDS: tuple[Need, ...] = (*NEEDS, "other_symbols")
#: It hears both symbols' quotes before an order is held for one: a subscription of the emulator's own comes late.
_PRICED = {**UNASKED, "symbols": ["BTCUSDT", "ETHUSDT"], "subscribe": ["quotes"]}


@dataclass(frozen=True, kw_only=True)
class Released(AxisValue):
    """An order in BTCUSDT that ETHUSDT's price releases, a share of it away; and the way that price goes."""

    make: Callable[[Decimal], OrderRequest]
    falls: bool

    def beyond(self, market: Market, percent: str) -> Decimal:
        """Return the price that lies so far away in the direction of its release."""
        return market.below_last(percent) if self.falls else market.above_last(percent)


RELEASED = (
    Released(
        name="stop",
        words="a STOP_MARKET order",
        make=lambda trigger: stop_market("SELL", "0.010", trigger=trigger),
        falls=True,
    ),
    Released(
        name="take-profit",
        words="a MARKET_IF_TOUCHED order",
        make=lambda trigger: take_profit_market("SELL", "0.010", trigger=trigger),
        falls=False,
    ),
)


def _held(kind: Released, other: Market) -> OrderRequest:
    request = kind.make(kind.beyond(other, "1%"))
    return request.but(emulation_trigger="BID_ASK", trigger_symbol="ETHUSDT")


@case.each(
    "EMU-480",
    axes={"kind": RELEASED, "command": ("cancel", "cancel-all")},
    tier="full",
    core=["stop.cancel-all"],
    rule=f"{_RULE}; Cancel All Open Orders: of a symbol",
    needs=_NEEDS,
    trader=_PRICED,
)
async def test_order_that_another_symbol_is_to_release_ends_with_its_own(
    trader: Trader, wire: Wire, market: Market, kind: Released, command: str
) -> None:
    """{kind} that waits for another symbol's price MUST be CANCELED by {command} of its own symbol, and not be sent."""
    other = await market.of("ETHUSDT")
    beyond = kind.beyond(other, "2%")
    order = await trader.submit(_held(kind, other))
    await order.reaches("EMULATED")

    await (order.cancel() if command == "cancel" else trader.cancel_all("BTCUSDT"))

    await order.reaches("CANCELED", within_s=2.0)
    await other.moves_to(beyond)
    await trader.settles()
    wire.none("place order")


@case.each(
    {"EMU-485": {"kind": RELEASED[0]}, "EMU-486": {"kind": RELEASED[1]}},
    tier="full",
    core=["EMU-485"],
    rule=_RULE,
    needs=_NEEDS,
    trader=_PRICED,
)
async def test_order_is_released_by_another_symbols_price_alone(
    trader: Trader, wire: Wire, venue: Venue, market: Market, kind: Released
) -> None:
    """{kind} that waits for another symbol's price MUST be sent at that price, once, and at no price of its own."""
    passes_over_what_is_free(trader)
    other = await market.of("ETHUSDT")
    beyond = kind.beyond(other, "2%")
    order = await trader.submit(_held(kind, other))
    await order.reaches("EMULATED")
    await market.moves_to(kind.beyond(market, "2%"))
    await trader.settles()
    wire.none("place order")

    await other.moves_to(beyond)

    await order.reaches("FILLED")
    await wire.one("place order", newClientOrderId=order.id, symbol="BTCUSDT")
    await trader.holds(await venue.position())
