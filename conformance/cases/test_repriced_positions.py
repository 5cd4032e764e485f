"""Positions that another client trades at other prices while no trader runs: the next start has to live with them."""

from dataclasses import dataclass
from decimal import Decimal

from conformance.cases.inherited import OWNERS, WARM, Estate, venue_id
from conformance.cases.situations import SEVERAL_POSITIONS
from conformance.kit import AxisValue, Market, Side, Trader, Traders, Venue, case, limit, market_order

_ENTRY_PRICE = "the trader's entry price is not the venue's"


@dataclass(frozen=True, kw_only=True)
class Dealing(AxisValue):
    """What another client does to a long position of 0.010, each step at a price that is 3 % above the one before."""

    steps: tuple[tuple[Side, str], ...]

    async def happens(self, venue: Venue, market: Market) -> None:
        """Move the market and trade, step by step."""
        for number, (side, quantity) in enumerate(self.steps):
            await market.moves_to(market.above_last("3%"))
            await venue.places(market_order(side, quantity).named(f"FOREIGN-{number}"))


DEALINGS = (
    Dealing(name="renewed", words="closed and opened anew", steps=(("SELL", "0.010"), ("BUY", "0.010"))),
    Dealing(name="grown", words="added to", steps=(("BUY", "0.005"),)),
    Dealing(name="turned", words="turned around", steps=(("SELL", "0.015"),)),
)
_RULE = "Position Information V3, entryPrice: of what is open alone, whichever client traded it"


async def _finds(traders: Traders, venue: Venue, market: Market, dealing: Dealing) -> Trader:
    estate = Estate(traders, venue, market)
    await estate.leaves_position("long", WARM)
    await dealing.happens(venue, market)
    trader, _ = await estate.starts(WARM)
    await trader.settles()
    return trader


@case.each(
    "INH-260",
    axes={"dealing": DEALINGS, "owner": OWNERS},
    tier="full",
    core=["renewed.unclaimed", "turned.unclaimed"],
    rule=f"{_RULE}; Account Trade List",
    upstream=["#4736"],
    needs=["cache_database", "market_moves", "orders_of_others", "venue_positions"],
)
async def test_trader_starts_on_a_position_of_another_price(
    traders: Traders, venue: Venue, market: Market, dealing: Dealing, owner: AxisValue
) -> None:
    """With the position in its cache {dealing} at other prices by a client {owner}, a trader MUST start and trade.

    It holds the venue's net quantity. A trader that does not start can neither protect the position nor leave it.
    """
    trader = await _finds(traders, venue, market, dealing)
    for difference in (SEVERAL_POSITIONS, _ENTRY_PRICE):
        trader.may_differ(difference, why="INH-270 is about what the position consists of, and at which price")

    await trader.holds(await venue.position())
    order = await trader.submit(limit("BUY", "0.010", market.below_last("3%")))
    await order.reaches("ACCEPTED")


@case.each(
    "INH-270",
    axes={"dealing": DEALINGS, "owner": OWNERS},
    tier="full",
    core=["renewed.unclaimed"],
    rule=_RULE,
    upstream=["#4736", "#3081"],
    needs=["cache_database", "market_moves", "orders_of_others", "venue_positions"],
)
async def test_position_has_the_price_of_what_another_client_traded(
    traders: Traders, venue: Venue, market: Market, dealing: Dealing, owner: AxisValue
) -> None:
    """The position in its cache, {dealing} at other prices by a client {owner}, MUST have the venue's entry price."""
    trader = await _finds(traders, venue, market, dealing)

    # Invariant 8 judges the price, and that it is one position.
    await trader.holds(await venue.position())


@dataclass(frozen=True, kw_only=True)
class Way(AxisValue):
    """Which way a position is."""

    side: Side


_WAYS = (Way(name="long", side="BUY"), Way(name="short", side="SELL"))
_TOLD = (
    AxisValue(name="told", words="whose trades the venue tells"),
    AxisValue(name="forgotten", words="whose trades the venue tells no more"),
)


@case.each(
    "INH-280",
    axes={"way": _WAYS, "told": _TOLD},
    tier="full",
    core=["long.forgotten"],
    rule=f"{_RULE}: an average of trades, which need not be a tick",
    needs=["market_moves", "orders_of_others", "other_symbols", "venue_acts", "venue_positions"],
)
async def test_entry_price_between_two_ticks_is_the_venues(
    traders: Traders, venue: Venue, market: Market, way: Way, told: AxisValue
) -> None:
    """A {way} position {told}, in a symbol of coarse ticks, MUST be held at its entry price, which is between two."""
    doge = await market.of("DOGEUSDT")
    there = venue.of("DOGEUSDT")
    # Their average has more decimals than a price of the symbol, and no more than the eight that the venue tells.
    for price, quantity in ("0.00100", "10000"), ("0.00101", "30000"):
        await doge.moves_to(Decimal(price))
        await there.opens_position(way.side, quantity, name=f"FOREIGN-{quantity}")
    if told.name == "forgotten":
        await venue.forgets_trades()

    trader = await traders.start(symbols=["DOGEUSDT"])

    # Invariant 8 judges the price.
    await trader.settles()
    await trader.holds(await there.position(), "DOGEUSDT")


@case.each(
    {"INH-290": {"way": _WAYS[0]}, "INH-291": {"way": _WAYS[1]}},
    tier="full",
    core=["INH-290"],
    rule=f"Current All Open Orders, executedQty; Account Trade List; {_RULE}",
    needs=["fresh_account", "market_moves", "orders_of_others", "venue_acts", "venue_positions"],
)
async def test_open_order_that_has_filled_across_flat_keeps_its_trades(
    traders: Traders, venue: Venue, market: Market, way: Way
) -> None:
    """An open {way} order that has filled before and after the account was flat MUST be found with both its trades."""
    is_long = way.side == "BUY"
    price = market.below_last("2%") if is_long else market.above_last("2%")
    await venue.places(limit(way.side, "0.010", price).named("LEFT-1"))
    number = await venue_id(venue, "LEFT-1")
    # Not within a millisecond, in which no trade is before another.
    await market.takes(number, "0.004")
    await venue.ages(60_000)
    await venue.places(market_order("SELL" if is_long else "BUY", "0.004").named("FOREIGN-EXIT"))
    await venue.ages(60_000)
    await market.takes(number, "0.003")
    first, _, last = await venue.trades()

    trader = await traders.start()

    # Invariant 8 judges the position's price, invariant 12 that no trade is made up.
    await trader.has_open("LEFT-1")
    await trader.has_booked("LEFT-1", [first, last])
    await trader.holds("0.003" if is_long else "-0.003")
