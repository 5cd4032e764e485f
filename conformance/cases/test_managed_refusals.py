"""Exits whose entry never comes to the book: the venue refuses it, or the trader itself does before it is sent."""

from decimal import Decimal

from conformance.cases.emulated import UNASKED
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Faults, Market, Trader, Venue, Wire, case, equal, limit, market_order, stop_market
from conformance.kit.needs import Need

_RULE = "New Order has no contingencies; PRICE_FILTER: what an order's price may be"
_NEEDS: tuple[Need, ...] = ("brackets", "order_lists", "risk_engine", "unrecordable")
_BY_VENUE = "the venue refuses"
_BY_TRADER = "the trader itself denies"
_NO_MARGIN = {"code": -2019, "msg": "Margin is insufficient."}


def _price(market: Market, faults: Faults, refuses: str) -> Decimal:
    """Return a price for the entry, 1 % below the market: one of too many decimals where the trader is to deny it."""
    if refuses == _BY_VENUE:
        faults.answer("place order", 400, _NO_MARGIN)
        return market.below_last("1%")
    return market.below_last("1%") + market.tick / 1000


@case.each(
    {"MNG-090": {"refuses": _BY_TRADER}, "MNG-091": {"refuses": _BY_VENUE}},
    tier="full",
    core=["MNG-090"],
    rule=_RULE,
    needs=[*_NEEDS, "market_moves"],
    trader={"strategy": {"manage_contingent_orders": True}},
)
async def test_exits_of_a_refused_entry_do_not_rest(
    trader: Trader, venue: Venue, market: Market, faults: Faults, refuses: str
) -> None:
    """Where {refuses} an entry, the exits that a strategy has managed for it MUST NOT rest beside what it holds."""
    passes_over_what_is_free(trader)
    before = await trader.submit(market_order("BUY", "0.010"))
    await before.reaches("FILLED")
    entry, take, stop = await trader.bracket(
        limit("BUY", "0.010", _price(market, faults, refuses)),
        limit("SELL", "0.010", market.above_last("2%")),
        stop_market("SELL", "0.010", trigger=market.below_last("4%")),
        contingency="OUO",
        apart=True,
    )

    await entry.reaches("DENIED" if refuses == _BY_TRADER else "REJECTED")

    for leg in (take, stop):
        await leg.reaches("CANCELED", "DENIED", within_s=2.0)
    equal("orders left at the venue", [row["client_order_id"] for row in (await venue.books())["orders"]], [])


@case.each(
    {"MNG-095": {"refuses": _BY_TRADER}, "MNG-096": {"refuses": _BY_VENUE}},
    tier="full",
    core=["MNG-096"],
    rule=_RULE,
    needs=[*_NEEDS, "emulation"],
    trader=UNASKED,
)
async def test_held_exits_of_a_refused_entry_end(
    trader: Trader, wire: Wire, market: Market, faults: Faults, refuses: str
) -> None:
    """Where {refuses} the entry of a bracket whose exits the trader holds, both MUST end, and not be held for good."""
    entry, take, stop = await trader.bracket(
        limit("BUY", "0.010", _price(market, faults, refuses)),
        limit("SELL", "0.010", market.above_last("2%")),
        stop_market("SELL", "0.010", trigger=market.below_last("4%")),
        contingency="OUO",
        emulation_trigger="LAST_PRICE",
        hold_entry=False,
    )

    await entry.reaches("DENIED" if refuses == _BY_TRADER else "REJECTED")

    for leg in (take, stop):
        await leg.reaches("CANCELED", "DENIED", within_s=2.0)
        wire.none("place order", newClientOrderId=leg.id)
