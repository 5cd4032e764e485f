"""What an order lost, or gained, against the price that it was aimed at."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, OrderRequest, Side, Trader, case, limit, require, stop_market

_CLOSE = Decimal("0.000001")


@dataclass(frozen=True, kw_only=True)
class _Aimed(AxisValue):
    """An order whose price, or trigger, lies `percent` to the dear side of the market, and how far that goes there."""

    order: Callable[[Side, str, Decimal], OrderRequest]
    percent: int
    goes: int = 0

    def request(self, side: Side, market: Market) -> OrderRequest:
        """Return the order: a purchase is dear above the market, a sale below it."""
        return self.order(side, "0.010", _at(market, side, self.percent))


def _at(market: Market, side: Side, percent: int) -> Decimal:
    to_above = (percent > 0) is (side == "BUY")
    return market.above_last(f"{abs(percent)}%") if to_above else market.below_last(f"{abs(percent)}%")


_AIMED = (
    _Aimed(name="better", words="filled at a better price than its own", order=limit, percent=1),
    _Aimed(name="exact", words="filled at its price", order=limit, percent=-1, goes=-2),
    _Aimed(
        name="stop",
        words="filled beyond its trigger",
        order=lambda side, quantity, price: stop_market(side, quantity, trigger=price),
        percent=1,
        goes=3,
    ),
)


@case.each(
    "READ-030",
    axes={"aimed": _AIMED, "side": ("buy", "sell")},
    tier="full",
    core=["better.buy", "stop.sell"],
    rule="Event: Order Update: p, sp and ap; Order.slippage: the total price slippage for the order",
    needs=["market_moves", "unrecordable"],
)
async def test_slippage_is_what_was_lost_or_gained(trader: Trader, market: Market, aimed: _Aimed, side: str) -> None:
    """Of a {side} {aimed}, the slippage MUST be by how much the average price was worse, negative if it was better."""
    passes_over_what_is_free(trader)
    buys = side == "buy"
    request = aimed.request("BUY" if buys else "SELL", market)
    order = await trader.submit(request)
    if aimed.goes:
        await order.reaches("ACCEPTED")
        await trader.settles()
        await market.moves_to(_at(market, request.side, aimed.goes))
    await order.reaches("FILLED")
    await trader.settles()

    (row,) = (await trader.readouts())["orders"]
    worse = Decimal(row["avg_px"]) - Decimal(request.price or request.trigger_price or 0)
    wanted, seen = worse if buys else -worse, row.get("slippage")
    told = f"{seen}, it was {wanted}"
    require(abs(Decimal(seen or 0) - wanted) <= _CLOSE, "the slippage at which it was filled", seen=told)
