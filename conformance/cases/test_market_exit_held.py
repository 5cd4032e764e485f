"""Ends of all that a strategy has, of which the venue does not have some yet: none outlives it, and no other ends."""

from conformance.cases.emulated import HELD, NEEDS, UNASKED, Held
from conformance.cases.situations import BESIDE, passes_over_what_is_free
from conformance.kit import AxisValue, Market, Trader, Traders, Venue, Wire, case, market_order, stop_market


@case.each(
    "LIFE-560",
    axes={"held": HELD, "beside": BESIDE},
    tier="full",
    core=["stop.alone", "limit.alone", "stop-limit.position"],
    rule="NautilusTrader, market_exit: cancels all the strategy's orders and closes all its positions",
    card="TC-E82",
    needs=[*NEEDS, "market_exit"],
    trader=UNASKED,
)
async def test_market_exit_ends_what_is_held_back(
    trader: Trader, wire: Wire, market: Market, held: Held, beside: AxisValue
) -> None:
    """{held} that is held back, {beside}, MUST be CANCELED by a market exit, and never be sent afterwards."""
    passes_over_what_is_free(trader)
    beyond = held.at(market, "2%")
    if beside.name == "position":
        entry = await trader.submit(market_order("BUY", "0.010"))
        await entry.reaches("FILLED")
    order = await trader.submit(held.make(market).but(emulation_trigger="LAST_PRICE"))
    await order.reaches("EMULATED")

    await trader.market_exit()

    await order.reaches("CANCELED", within_s=2.0)
    await trader.holds("0")
    await market.moves_to(beyond)
    await trader.settles()
    wire.none("place order", newClientOrderId=order.id)
    await trader.holds("0")


EXIT = AxisValue(name="exit", words="a market exit", needs=("market_exit",))
CANCEL_ALL = AxisValue(name="cancel-all", words="cancelling all orders")


@case.each(
    {"LIFE-570": {"end": EXIT}, "LIFE-571": {"end": CANCEL_ALL}},
    tier="full",
    core=["LIFE-571"],
    rule="NautilusTrader, market_exit, cancel_all_orders: the strategy's own orders and positions",
    card="TC-E82",
    upstream=["#4470"],
    needs=NEEDS,
    trader=UNASKED,
)
async def test_what_another_strategy_holds_back_stays_held(
    traders: Traders, wire: Wire, market: Market, venue: Venue, end: AxisValue
) -> None:
    """A stop that a strategy holds back MUST outlive {end} by another one, and be sent at its price."""
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    if end is EXIT:
        # Without anything of its own at the venue 1.x takes the exit for done.
        await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    stop = stop_market("SELL", "0.010", trigger=market.below_last("1%")).but(emulation_trigger="LAST_PRICE")
    own, others = await trader.submit(stop), await trader.strategy(2).submit(stop)
    for order in (own, others):
        await order.reaches("EMULATED")

    await (trader.market_exit() if end is EXIT else trader.cancel_all())

    await own.reaches("CANCELED")
    await others.stands("EMULATED")
    await market.moves_to(market.below_last("2%"))
    await others.reaches("FILLED")
    await trader.settles()
    wire.none("place order", newClientOrderId=own.id)
    await trader.holds(await venue.position())
