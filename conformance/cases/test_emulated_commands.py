"""Commands about emulated orders: what the trader holds back it amends and cancels itself, unseen by the venue."""

from dataclasses import dataclass

from conformance.cases.emulated import HELD, NEEDS, UNASKED, WRITING, Held
from conformance.kit import (
    AxisValue,
    Market,
    Order,
    Trader,
    Venue,
    Wire,
    case,
    equal,
    limit,
    stop_market,
)

_RULE = "New Order, Modify Order, Cancel Order: of orders that the venue has"


@dataclass(frozen=True, kw_only=True)
class When(AxisValue):
    """When the trader is told: right behind the submission, or once it has come to rest."""

    settled: bool


WHEN = (
    When(name="at-once", words="right behind its submission", settled=False),
    When(name="later", words="when it has long been held", settled=True),
)


@case.each(
    "EMU-110",
    axes={"held": HELD, "when": WHEN},
    tier="full",
    core=["stop.at-once", "limit.later"],
    rule=_RULE,
    upstream=["#4848", "#5008"],
    needs=NEEDS,
    trader=UNASKED,
)
async def test_amended_order_is_released_at_its_new_price(
    trader: Trader, wire: Wire, market: Market, held: Held, when: When
) -> None:
    """{held} that is held back and amended {when} MUST be released at its new price only, and with its new quantity."""
    between, beyond = held.at(market, "2%"), held.at(market, "4%")
    order = await trader.submit(held.make(market).but(emulation_trigger="LAST_PRICE"))
    if when.settled:
        await trader.settles()

    await order.modify(**{held.field: str(held.at(market, "3%")), "quantity": "0.020"})
    await order.reaches("UPDATED")
    await market.moves_to(between)
    await trader.settles()
    wire.none("place order")
    await market.moves_to(beyond)
    await order.reaches("FILLED")

    # That it is sent as amended, invariant 13 judges.
    await wire.one("place order", newClientOrderId=order.id)
    wire.none("modify")


@case.each(
    "EMU-120",
    axes={"held": HELD, "when": WHEN, "command": ("cancel", "cancel-all")},
    tier="full",
    core=["stop.at-once.cancel", "limit.later.cancel-all"],
    rule=_RULE,
    needs=NEEDS,
    trader=UNASKED,
)
async def test_cancelled_order_is_never_released(
    trader: Trader, wire: Wire, market: Market, held: Held, when: When, command: str
) -> None:
    """{held} that is held back and ended {when} by {command} MUST be CANCELED at once and never be sent."""
    beyond = held.at(market, "2%")
    order = await trader.submit(held.make(market).but(emulation_trigger="LAST_PRICE"))
    if when.settled:
        await trader.settles()
    since = trader.moment

    await _ends(trader, order, command)
    await order.reaches("CANCELED")
    await market.moves_to(beyond)
    await trader.settles()

    await order.stands("CANCELED")
    equal("writing requests", [each.route for each in wire.asked(WRITING, since=since)], [])


async def _ends(trader: Trader, order: Order, command: str) -> None:
    if command == "cancel":
        await order.cancel()
    else:
        await trader.cancel_all()


@case("EMU-130", rule="Cancel All Open Orders", needs=NEEDS, trader=UNASKED)
async def test_cancel_all_ends_what_is_held_beside_what_is_live(
    trader: Trader, wire: Wire, venue: Venue, market: Market
) -> None:
    """A cancellation of all orders MUST end what the trader holds back beside what is live, the one unheard."""
    beyond = market.below_last("2%")
    live = await trader.submit(limit("BUY", "0.010", market.below_last("3%")))
    await live.reaches("ACCEPTED")
    held = await trader.submit(
        stop_market("SELL", "0.010", trigger=market.below_last("1%")).but(emulation_trigger="LAST_PRICE")
    )
    await held.reaches("EMULATED")

    await trader.cancel_all()
    await held.reaches("CANCELED")
    await live.reaches("CANCELED")
    await market.moves_to(beyond)
    await trader.settles()

    await held.stands("CANCELED")
    await venue.confirms(live, "CANCELED")
    wire.none("place order", newClientOrderId=held.id)
    wire.none("cancel", origClientOrderId=held.id)
