"""Another client's orders, and what it amends, term by term: the trader's books have each as the venue has it."""

from collections.abc import Callable
from dataclasses import dataclass

from conformance.cases.inherited import LIMIT, NAME, STOP_LIMIT, Left, venue_id
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Market, Trader, Venue, case, equal, limit

_RULE = "User data streams: every event of the account, whichever client caused it"
_MAKER = Left(
    name="limit", words="a LIMIT order", request=lambda m: limit("BUY", "0.010", m.below_last("4%"), post_only=True)
)
_STOP_MAKER = Left(
    name="stop-limit", words="a stop limit order", request=lambda m: STOP_LIMIT.request(m).but(post_only=True)
)


@case.each(
    {"OTH-210": {"left": _MAKER}, "OTH-211": {"left": _STOP_MAKER}},
    rule=f"{_RULE}; f (timeInForce) of ORDER_TRADE_UPDATE and of ALGO_UPDATE: GTX is post-only",
)
async def test_post_only_order_of_another_client_is_known_as_such(
    trader: Trader, venue: Venue, market: Market, left: Left
) -> None:
    """{left} that another client places as post-only (GTX) MUST be post-only in the trader's books."""
    await venue.places(left.request(market).named(NAME))

    await trader.has_open(NAME)

    equal("post_only", (await trader.order(NAME).row())["post_only"], True)


@dataclass(frozen=True, kw_only=True)
class Amended(AxisValue):
    """The terms after another client's amendment."""

    quantity: str
    price: Callable[[Market], str]


_PRICE = Amended(name="price", words="price alone", quantity="0.010", price=lambda m: str(m.below_last("5%")))
_QUANTITY = Amended(name="quantity", words="quantity alone", quantity="0.012", price=lambda m: str(m.below_last("4%")))


@case.each(
    {
        "OTH-220": {"whose": "own", "amended": _PRICE},
        "OTH-221": {"whose": "own", "amended": _QUANTITY},
        "OTH-222": {"whose": "foreign", "amended": _PRICE},
        "OTH-223": {"whose": "foreign", "amended": _QUANTITY},
    },
    tier="full",
    core=["OTH-220"],
    rule=f"{_RULE}; Event: Order Update, execution type AMENDMENT; Modify Order: price and quantity are both sent",
)
async def test_one_term_amended_by_another_client(
    trader: Trader, venue: Venue, market: Market, whose: str, amended: Amended
) -> None:
    """A resting order ({whose}) of which another client amends {amended} MUST have the venue's price and quantity."""
    passes_over_what_is_free(trader)
    request = LIMIT.request(market).named(NAME)
    await (trader.submit(request) if whose == "own" else venue.places(request))
    await trader.has_open(NAME)
    await trader.settles()

    await venue.amends(await venue_id(venue, NAME), "BUY", quantity=amended.quantity, price=amended.price(market))

    await venue.confirms(trader.order(NAME))
