"""The upgrade itself: the first start of a version on the cache that the version before it has kept."""

from decimal import Decimal

from conformance.cases.emulated import HELD, UNASKED, Held, is_released_once
from conformance.cases.emulated import NEEDS as EMULATED
from conformance.cases.held_dates import HOLDS_DATES, is_not_before, resting_limit, seconds_until, until
from conformance.cases.inherited import LIMIT, PARTIAL, STOP, TAKE_PROFIT, UPGRADES, Estate, Left, Memory
from conformance.kit import Market, Traders, Venue, Wire, case, equal

_RULE = "Current All Open Orders; Position Information V3: one account, the sessions of two versions"

_STOP, _, _LIMIT, _ = HELD


@case.each(
    "UPG-010",
    axes={"left": (LIMIT, PARTIAL, STOP, TAKE_PROFIT), "memory": UPGRADES},
    tier="full",
    core=["limit.1x", "stop.1x-crash", "partial.2x", "stop.2x-crash"],
    rule=_RULE,
    needs=["market_moves", "orders_of_others"],
)
async def test_order_of_the_version_before_is_the_strategys_own(
    traders: Traders, venue: Venue, market: Market, left: Left, memory: Memory
) -> None:
    """{left} left {memory} MUST be the strategy's own after the upgrade: it ends when the strategy cancels all."""
    trader, order = await Estate(traders, venue, market).finds(left, memory)

    await trader.cancel_all()

    await venue.confirms(order, "CANCELED")
    await order.stands("CANCELED")


@case.each(
    "UPG-020",
    axes={"side": ("long", "short"), "memory": UPGRADES},
    tier="full",
    core=["short.2x-crash"],
    rule=_RULE,
    needs=["close_position", "orders_of_others"],
)
async def test_position_of_the_version_before_is_the_strategys_own(
    traders: Traders, venue: Venue, market: Market, side: str, memory: Memory
) -> None:
    """A {side} position opened {memory} MUST be the strategy's own after the upgrade, which closes all that it has."""
    trader = await Estate(traders, venue, market).holds(side, memory)

    await trader.close_all_positions()

    await trader.holds("0", within_s=8.0)
    equal("position at the venue", await venue.position(), Decimal(0))


@case.each(
    "UPG-030",
    axes={"held": (_STOP, _LIMIT), "memory": UPGRADES},
    tier="full",
    core=["stop.1x", "limit.2x-crash"],
    rule="New Order: what was never placed is the trader's to keep",
    needs=EMULATED,
    trader=UNASKED,
)
async def test_order_that_the_version_before_held_back_is_kept(
    traders: Traders, wire: Wire, market: Market, held: Held, memory: Memory
) -> None:
    """{held} that was held back {memory} MUST be held back after the upgrade too, and be sent once in time."""
    beyond = held.at(market, "2%")
    trader = await memory.begins(traders)
    order = await trader.submit(held.make(market).but(emulation_trigger="LAST_PRICE"))
    await order.reaches("EMULATED")
    await trader.settles()
    await traders.have_time_to_keep(order.id)
    await memory.ends(traders)

    again = await traders.start_again()
    await is_released_once(again.order(order.id), wire, market, beyond)


@case.each(
    {f"UPG-04{nth}": {"memory": memory} for nth, memory in enumerate(UPGRADES)},
    tier="full",
    core=["UPG-040", "UPG-043"],
    rule="New Order: an order that is sent as GTC, without goodTillDate, rests until it is cancelled",
    needs=["managed_dates", "unrecordable"],
    trader=HOLDS_DATES,
)
async def test_date_that_the_version_before_held_is_kept(
    traders: Traders, venue: Venue, market: Market, wire: Wire, memory: Memory
) -> None:
    """An order whose date was held {memory} MUST be cancelled at that date after the upgrade."""
    asked = until(resting_limit(market), 6)
    trader = await memory.begins(traders)
    order = await trader.submit(asked)
    await order.reaches("ACCEPTED")
    await trader.settles()
    await traders.have_time_to_keep(order.id)
    await memory.ends(traders)

    again = await traders.start_again()
    kept = again.order(order.id)

    await kept.reaches("CANCELED", within_s=seconds_until(asked) + 6.0)
    is_not_before(wire, asked)
    await venue.confirms(kept, "CANCELED")
