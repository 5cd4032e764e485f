"""A market exit of a strategy that has orders which the venue does not have yet: none of them outlives it."""

from conformance.cases.emulated import HELD, NEEDS, UNASKED, Held
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Trader, Wire, case, market_order

BESIDE = (
    AxisValue(name="alone", words="alone"),
    AxisValue(name="position", words="beside a position"),
)


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
