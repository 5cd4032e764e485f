"""At which price: what is learned of an order by asking has the price that the venue has, of a fill or of the order."""

from decimal import Decimal

from conformance.cases.learned import LEARNED, Learned, Learner
from conformance.cases.situations import passes_over_what_is_free
from conformance.cases.stops import LIMITS, QUANTITY, Kind, Stop
from conformance.kit import Faults, Market, Traders, UserStream, Venue, Wire, case, equal, limit

_BALANCE = "the trader's balance is not the venue's"
_WHY = "STRM-220 is about the balance"


@case.each(
    "FATE-250",
    axes={"kind": LIMITS, "learned": LEARNED},
    tier="full",
    core=["take-limit.reconnect", "stop-limit.reconnect"],
    rule="Query Order, All Orders, Current All Open Orders: price as it is now; Modify Order; actualOrderId of a stop",
    needs=["market_moves", "venue_acts", "unrecordable"],
)
async def test_amendment_of_a_triggered_stop_is_learned(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    kind: Kind,
    learned: Learned,
) -> None:
    """The limit order that {kind} became, amended unheard, MUST have the venue's price once {learned}."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    trader.may_differ(_BALANCE, why=_WHY)
    stop = Stop.of(trader, wire, market, venue, kind)
    order = await stop.rests_triggered()
    number = await stop.child_id(order)
    learner = Learner(trader, wire, faults, user_stream)
    heard = learner.is_deaf()
    price = market.above_last("9%")

    await venue.amends(number, stop.side, quantity=QUANTITY, price=price)
    await learned.happens(learner, order)

    await venue.confirms(order, price=price)
    heard.set()


@case.each(
    "FATE-260",
    axes={"learned": LEARNED, "steps": ("one", "many")},
    tier="full",
    core=["query.one", "reconnect.many"],
    rule="Account Trade List: price; Query Order, All Orders: cumQuote is exact, avgPrice is rounded",
    needs=["market_moves", "venue_acts", "unrecordable"],
)
async def test_fill_that_is_learned_has_its_own_price(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    learned: Learned,
    steps: str,
) -> None:
    """The last hundredth of an order, filled {steps} ticks off the rest, MUST be told at its price once {learned}."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    trader.may_differ(_BALANCE, why=_WHY)
    taken = market.above_last("0.2%")
    # Of so little the average tells the price in its last digit alone.
    rests = taken + market.tick * (1 if steps == "one" else 305)
    await market.offers(asks=[(taken, "0.099"), (market.above_last("5%"), "1.000")])
    order = await trader.submit(limit("BUY", "0.100", rests))
    first = await order.reaches("PARTIALLY_FILLED")
    equal("last_px", Decimal(first["last_px"]), taken)
    await trader.settles()
    number = str((await order.row())["venue_order_id"])
    learner = Learner(trader, wire, faults, user_stream)
    heard = learner.is_deaf()

    await market.takes(number, "0.001")
    await learned.happens(learner, order)

    last = await order.reaches("FILLED")
    heard.set()
    equal("last_px", Decimal(last["last_px"]), rests)
