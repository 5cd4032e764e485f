"""Orders that the trader holds back itself until their price, and that are to end at a date before it."""

from conformance.cases.emulated import HELD, NEEDS, WRITING, Held
from conformance.cases.held_dates import HOLDS_DATES, RULE, has_passed, until
from conformance.cases.inherited import REMEMBERED, Memory
from conformance.kit import AxisValue, Market, OrderRequest, Trader, Traders, Wire, case, equal, require
from conformance.kit.needs import Need
from conformance.kit.waiting import comes_true

_NEEDS: tuple[Need, ...] = (*NEEDS, "gtd", "managed_dates")


WATCHED = (
    AxisValue(name="last", words="the last price"),
    AxisValue(name="bid-ask", words="the best prices"),
)


def _dated(held: Held, market: Market, seconds: int, watched: str = "bid-ask") -> OrderRequest:
    trigger = "LAST_PRICE" if watched == "last" else "BID_ASK"
    return until(held.make(market), seconds).but(emulation_trigger=trigger)


async def _is_never_sent(trader: Trader, market: Market, wire: Wire, held: Held, asked: OrderRequest) -> None:
    """Let the price come to where the order would have been sent, and require that only one without a date is."""
    undated = held.make(market).but(emulation_trigger=asked.emulation_trigger)
    beside = await trader.submit(undated.named("UNDATED-1"))
    await beside.reaches("EMULATED")

    await market.moves_to(held.at(market, "2%"))

    await beside.reaches("FILLED")
    await trader.settles()
    await wire.one("place order", newClientOrderId=beside.id)
    equal("requests that write", len(wire.asked(WRITING)), 1)


@case.each(
    "GTD-130",
    axes={"held": HELD, "watched": WATCHED},
    tier="full",
    core=["stop.last"],
    rule=f"{RULE}; what was never placed is the trader's to end",
    needs=_NEEDS,
    trader=HOLDS_DATES,
)
async def test_held_order_ends_at_its_date(
    trader: Trader, market: Market, wire: Wire, held: Held, watched: AxisValue
) -> None:
    """{held} that waits for {watched} in the trader, good till a date, MUST be CANCELED at that date, unsent."""
    asked = _dated(held, market, 3, watched.name)
    order = await trader.submit(asked)
    await order.reaches("EMULATED")

    await order.reaches("CANCELED", within_s=6.0)
    require(has_passed(asked), "an end at its date", seen="one before it")
    await _is_never_sent(trader, market, wire, held, asked)


WHENS = (
    AxisValue(name="later", words="while the next one runs"),
    AxisValue(name="meanwhile", words="while none runs"),
)


#: One that a trade releases at the market, and one that goes out with its price.
_TWO = tuple(held for held in HELD if held.name in ("stop", "limit"))


@case.each(
    "GTD-120",
    axes={"held": _TWO, "when": WHENS, "memory": REMEMBERED},
    tier="full",
    core=["limit.meanwhile.crash"],
    rule=f"{RULE}; what was never placed is the trader's to end",
    needs=(*_NEEDS, "cache_database"),
    trader=HOLDS_DATES,
)
async def test_date_of_a_held_order_outlives_its_session(
    traders: Traders, market: Market, wire: Wire, held: Held, when: AxisValue, memory: Memory
) -> None:
    """{held}, held back {memory}, whose date passes {when}, MUST be CANCELED by the next one, and never be sent."""
    trader = await traders.start()
    asked = _dated(held, market, 3 if when.name == "meanwhile" else 12)
    order = await trader.submit(asked)
    await order.reaches("EMULATED")
    await trader.settles()
    await traders.have_time_to_keep(order.id)
    await memory.ends(traders)

    async def is_over() -> bool:
        return has_passed(asked)

    if when.name == "meanwhile":
        await comes_true(trader.history, is_over, within_s=6.0)
    again = await traders.start_again()
    kept = again.order(order.id)

    # A start on a busy machine may take until the date.
    if not has_passed(asked):
        await kept.stands("EMULATED")
    await kept.reaches("CANCELED", within_s=14.0)
    require(has_passed(asked), "an end at its date", seen="one before it")
    await _is_never_sent(again, market, wire, held, asked)
