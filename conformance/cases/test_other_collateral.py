"""Multi-assets mode: whatever asset an account holds backs its orders, and the trader's risk engine stops none."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    case,
    limit,
    market_order,
    stop_market,
)

_RULE = (
    "Change Multi-Assets Mode; Account Information V3, availableBalance: all margin assets, at their index, "
    "back the orders of every symbol"
)
_START = "-10000"
"""What every account begins with, taken out."""


@dataclass(frozen=True, kw_only=True)
class Held(AxisValue):
    """What an account holds in multi-assets mode: enough for an order of 490 USDT at any leverage."""

    assets: Mapping[str, str] = field(hash=False)

    async def is_held(self, venue: Venue) -> None:
        """Turn multi-assets mode on, and let the account hold nothing but these assets."""
        for asset, amount in self.assets.items():
            await venue.transfers(amount, asset=asset)
        await venue.turns_multi_assets_on()
        await venue.transfers(_START)


HELD = (
    Held(name="usdc", words="USDC alone", assets={"USDC": "10000"}),
    Held(name="usdc-and-10", words="USDC and 10 USDT", assets={"USDC": "10000", "USDT": "10"}),
    Held(name="btc", words="BTC alone", assets={"BTC": "0.5"}),
)


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """An order that the account can pay; `asked` submits it and waits until it is where it has to come to."""

    asked: Callable[[Trader, Market], Awaitable[None]]


def _submission(request: Callable[[Market], OrderRequest], state: str) -> Callable[[Trader, Market], Awaitable[None]]:
    async def asked(trader: Trader, market: Market) -> None:
        order = await trader.submit(request(market))
        await order.reaches(state)

    return asked


async def _amended(trader: Trader, market: Market) -> None:
    order = await trader.submit(limit("BUY", "0.002", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await order.modify(quantity="0.010")
    await order.reaches("UPDATED")


async def _listed(trader: Trader, market: Market) -> None:
    orders: list[Order] = await trader.submit_list(
        [limit("BUY", "0.010", market.below_last(percent)) for percent in ("2%", "3%")]
    )
    for order in orders:
        await order.reaches("ACCEPTED")


KINDS = (
    Kind(
        name="limit",
        words="LIMIT order",
        asked=_submission(lambda m: limit("BUY", "0.010", m.below_last("2%")), "ACCEPTED"),
    ),
    Kind(name="market", words="MARKET order", asked=_submission(lambda _: market_order("BUY", "0.010"), "FILLED")),
    Kind(
        name="stop",
        words="STOP_MARKET order",
        asked=_submission(lambda m: stop_market("BUY", "0.010", trigger=m.above_last("2%")), "ACCEPTED"),
    ),
    Kind(name="amended", words="LIMIT order amended to more", asked=_amended),
    Kind(name="listed", words="list of LIMIT orders", asked=_listed, needs=("order_lists",)),
)


@case.each(
    "RISK-240",
    axes={"held": HELD, "kind": KINDS},
    tier="full",
    core=["usdc.limit", "usdc-and-10.limit"],
    rule=_RULE,
    needs=["unrecordable", "venue_acts", "risk_engine"],
)
async def test_other_assets_pay_for_orders(
    traders: Traders, venue: Venue, market: Market, held: Held, kind: Kind
) -> None:
    """A {kind} that an account of {held} can pay in multi-assets mode MUST be sent, and be taken by the venue."""
    await held.is_held(venue)
    trader = await traders.start()
    passes_over_what_is_free(trader)

    await kind.asked(trader, market)


@case.each(
    {
        "RISK-245": {"kind": "LIMIT order"},
        "RISK-246": {"kind": "MARKET order"},
        "RISK-247": {"kind": "STOP_MARKET order"},
    },
    tier="full",
    core=["RISK-245"],
    rule=_RULE,
    needs=["unrecordable", "venue_acts", "risk_engine", "other_symbols"],
)
async def test_dollars_pay_for_orders_in_another_coin(
    traders: Traders, venue: Venue, market: Market, kind: str
) -> None:
    """A {kind} in a symbol of USDC that an account of USDT alone can pay in multi-assets mode MUST be sent."""
    symbol = "DOGEUSDC"
    await venue.lists(symbol, quoteAsset="USDC", marginAsset="USDC")
    await venue.turns_multi_assets_on()
    trader = await traders.start(symbols=[symbol])
    passes_over_what_is_free(trader)
    there = await market.of(symbol)
    venue.of(symbol)

    if kind == "LIMIT order":
        request, state = limit("BUY", "1000", there.below_last("2%")), "ACCEPTED"
    elif kind == "MARKET order":
        request, state = market_order("BUY", "1000"), "FILLED"
    else:
        request, state = stop_market("BUY", "1000", trigger=there.above_last("2%")), "ACCEPTED"
    order = await trader.submit(request.but(symbol=symbol))

    await order.reaches(state)
