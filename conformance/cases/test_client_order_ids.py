"""Client order ids as strategies have them: sent in a form that the venue takes, and known by their own to the end."""

import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    OrderRequest,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    limit,
    market_order,
    require,
    stop_market,
)

_PREFIX = re.compile(r"x-[A-Za-z0-9]{8}")
_RULE = "New Order, newClientOrderId: ^[\\.A-Z\\:/a-z0-9_-]{1,36}$; New Algo Order, clientAlgoId"


@dataclass(frozen=True, kw_only=True)
class Form(AxisValue):
    """A form of client order ids; `make` returns one of it, another for each number."""

    make: Callable[[int], str]


def _made(date: str, *tags: str, since: int = 0) -> Callable[[int], str]:
    """As an order factory makes them: `O`, the second, the tags of trader and strategy, and a count."""
    return lambda number: f"O{datetime.now(UTC):{date}}{''.join(tags)}{since + number}"


def _of(length: int) -> Callable[[int], str]:
    """As somebody's own system may make them, with all the signs that the venue takes."""
    return lambda number: f"desk.a:b/c_d-{number}{uuid.uuid4().hex}"[:length]


_HYPHENS = "-%Y%m%d-%H%M%S"
_TWO_SIGNS = Form(name="two-signs", words="made with a tag of two signs", make=_made(_HYPHENS, "-V2", "-001", "-"))
FORMS = (
    Form(name="made", words="as a strategy's factory makes it", make=_made(_HYPHENS, "-001", "-002", "-")),
    Form(name="made-bare", words="made without hyphens", make=_made("%Y%m%d%H%M%S", "001", "002")),
    Form(name="short-tags", words="made with tags of one digit", make=_made(_HYPHENS, "-1", "-2", "-")),
    Form(name="long-tags", words="made with tags of four digits", make=_made(_HYPHENS, "-1024", "-2048", "-")),
    Form(name="named-tags", words="made with tags that are words", make=_made(_HYPHENS, "-DESK", "-EMA", "-")),
    _TWO_SIGNS,
    Form(
        name="spawned",
        words="made by an execution algorithm",
        make=lambda number: f"{_made(_HYPHENS, '-001', '-002', '-')(number)}-E1",
    ),
    Form(name="many", words="the millionth of its session", make=_made(_HYPHENS, "-001", "-002", "-", since=1 << 20)),
    Form(name="uuid", words="a UUID", make=lambda _: str(uuid.uuid4())),
    Form(name="uuid-bare", words="a UUID without hyphens", make=lambda _: uuid.uuid4().hex),
    Form(name="uuid-capital", words="a UUID in capital letters", make=lambda _: str(uuid.uuid4()).upper()),
    Form(name="24", words="of 24 characters", make=_of(24)),
    Form(name="25", words="of 25 characters", make=_of(25)),
    Form(name="36", words="of 36 characters", make=_of(36)),
)


@dataclass(frozen=True)
class Desk:
    """An order on its way through the world."""

    traders: Traders
    market: Market
    name: str

    def rests(self) -> OrderRequest:
        """Return an order that waits below the market."""
        return limit("BUY", "0.010", self.market.below_last("2%")).named(self.name)

    async def accepts(self, request: OrderRequest) -> Trader:
        """Start a trader and let it submit the order; return the trader once the order is accepted."""
        trader = await self.traders.start()
        passes_over_what_is_free(trader)
        await (await trader.submit(request)).reaches("ACCEPTED")
        return trader


async def _fills(desk: Desk) -> Trader:
    trader = await desk.traders.start()
    passes_over_what_is_free(trader)
    order = await trader.submit(market_order("BUY", "0.010").named(desk.name))
    await order.reaches("FILLED")
    return trader


async def _is_cancelled(desk: Desk) -> Trader:
    trader = await desk.accepts(desk.rests())
    order = trader.order(desk.name)
    await order.cancel()
    await order.reaches("CANCELED")
    return trader


async def _is_amended(desk: Desk) -> Trader:
    trader = await desk.accepts(desk.rests())
    order = trader.order(desk.name)
    await order.modify(price=str(desk.market.below_last("3%")))
    await order.reaches("UPDATED")
    return trader


async def _waits(desk: Desk) -> Trader:
    trigger = desk.market.below_last("2%")
    return await desk.accepts(stop_market("SELL", "0.010", trigger=trigger).named(desk.name))


async def _stop_is_cancelled(desk: Desk) -> Trader:
    trader = await _waits(desk)
    order = trader.order(desk.name)
    await order.cancel()
    await order.reaches("CANCELED")
    return trader


async def _triggers(desk: Desk) -> Trader:
    trader = await _waits(desk)
    await desk.market.moves_to(desk.market.below_last("3%"))
    await trader.order(desk.name).reaches("FILLED")
    return trader


async def _is_inherited(desk: Desk) -> Trader:
    await desk.accepts(desk.rests())
    await desk.traders.stop()
    trader = await desk.traders.start_again()
    passes_over_what_is_free(trader)
    await trader.has_open(desk.name)
    await trader.order(desk.name).cancel()
    return trader


async def _is_asked_for(desk: Desk) -> Trader:
    trader = await desk.accepts(desk.rests())
    await trader.settles()
    await trader.order(desk.name).query()
    await trader.has_its_answers()
    return trader


@dataclass(frozen=True, kw_only=True)
class Life(AxisValue):
    """What becomes of the order, and how it then stands ("": open)."""

    happens: Callable[[Desk], Awaitable[Trader]]
    status: str


LIVES = (
    Life(name="filled", words="fills", happens=_fills, status="FILLED"),
    Life(name="cancelled", words="is cancelled", happens=_is_cancelled, status="CANCELED"),
    Life(name="amended", words="is amended", happens=_is_amended, status=""),
    Life(name="queried", words="is asked for", happens=_is_asked_for, status=""),
    Life(name="stop-cancelled", words="is a stop and is cancelled", happens=_stop_is_cancelled, status="CANCELED"),
    Life(name="stop-filled", words="is a stop and triggers", happens=_triggers, status="FILLED"),
    Life(
        name="inherited",
        words="is cancelled by the next session",
        happens=_is_inherited,
        status="CANCELED",
        needs=("orders_of_others",),
    ),
)


@case.each(
    "COID-010",
    axes={"form": FORMS, "life": LIVES},
    tier="full",
    core=[
        *(f"made.{life.name}" for life in LIVES),
        "made-bare.cancelled",
        "short-tags.filled",
        "short-tags.cancelled",
        "short-tags.stop-cancelled",
        "long-tags.filled",
        "named-tags.stop-filled",
        "two-signs.cancelled",
        "two-signs.inherited",
        "spawned.amended",
        "many.cancelled",
        "uuid.filled",
        "uuid.stop-cancelled",
        "uuid.inherited",
        "uuid-bare.amended",
        "uuid-capital.cancelled",
        "24.stop-filled",
        "25.inherited",
        "36.cancelled",
        "36.stop-filled",
    ],
    rule=_RULE,
    needs=["market_moves", "unrecordable"],
)
async def test_order_keeps_its_client_order_id(
    traders: Traders, market: Market, venue: Venue, form: Form, life: Life
) -> None:
    """An order whose client order id is {form} MUST be known by it, to trader and venue, when it {life}."""
    desk = Desk(traders, market, form.make(1))

    trader = await life.happens(desk)

    await venue.confirms(trader.order(desk.name), life.status or None)
    await trader.holds(await venue.position())


@case.each(
    {f"COID-{number}": {"form": form} for number, form in enumerate(FORMS, 110)},
    tier="full",
    core=["COID-110", "COID-112", "COID-119", "COID-123"],
    rule=_RULE,
    needs=["order_lists", "unrecordable"],
)
async def test_orders_of_one_command_keep_their_client_order_ids(trader: Trader, market: Market, form: Form) -> None:
    """Orders of one list whose client order ids are {form} MUST each be accepted, and be cancelled together."""
    requests = [limit("BUY", "0.010", market.below_last(f"{number}%")).named(form.make(number)) for number in (2, 3)]
    orders = await trader.submit_list(requests)
    for order in orders:
        await order.reaches("ACCEPTED")

    await trader.cancel_all()

    for order in orders:
        await order.reaches("CANCELED")


_REFUSALS = (
    AxisValue(name="503", words="answered 503"),
    AxisValue(name="not-found", words="answered -2013, as it has been seen of live stops"),
)
_UNANSWERED = {
    "503": (503, {"code": -1, "msg": "Service Unavailable."}),
    "not-found": (400, {"code": -2013, "msg": "Order does not exist."}),
}


@case.each(
    "COID-410",
    axes={"form": (FORMS[0], _TWO_SIGNS), "answer": _REFUSALS},
    tier="full",
    core=["two-signs.503", "made.not-found"],
    rule="Cancel Algo Order: clientAlgoId or algoId is enough, whatever a question about it is answered",
    needs=["unrecordable"],
)
async def test_stop_is_cancelled_whatever_is_answered_about_it(
    traders: Traders, market: Market, venue: Venue, faults: Faults, form: Form, answer: AxisValue
) -> None:
    """A stop whose id is {form} MUST be cancelled while questions about it are {answer}: the venue needs none."""
    trader = await traders.start()
    trigger = market.below_last("2%")
    order = await trader.submit(stop_market("SELL", "0.010", trigger=trigger).named(form.make(1)))
    await order.reaches("ACCEPTED")
    await trader.settles()
    status, body = _UNANSWERED[answer.name]
    faults.answer(("GET /fapi/v1/algoOrder", "GET /fapi/v1/order"), status, body, times=None, optional=True)

    await order.cancel()

    await order.reaches("CANCELED")
    await venue.confirms(order, "CANCELED")


@case("COID-210", rule="Link and Trade: newClientOrderId begins with x- and the broker's id", upstream=["#5055"])
async def test_every_order_is_the_brokers(trader: Trader, wire: Wire, market: Market) -> None:
    """If a version has its orders begin with a broker's id, it MUST do so where a tag of the trader is two signs."""
    plain = limit("BUY", "0.010", market.below_last("2%"))
    for request in (plain, plain.named(_TWO_SIGNS.make(1))):
        await (await trader.submit(request)).reaches("ACCEPTED")

    sent = [each.params["newClientOrderId"] for each in await wire.exactly(2, "place order")]
    brokers = {found[0] if (found := _PREFIX.match(name)) else "none" for name in sent}
    require(len(brokers) == 1, "one broker's id before both, or before neither", seen=", ".join(sent))
