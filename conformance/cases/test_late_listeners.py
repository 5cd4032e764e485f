"""Who begins to hear another strategy's events in the middle of its trading: a hedger, a risk guard, a recorder."""

from dataclasses import dataclass

from conformance.cases.situations import passes_over_what_is_free
from conformance.history.entries import Event
from conformance.kit import AxisValue, Market, Trader, Traders, case, limit, market_order, require

_RULE = "Event: Order Update: every fill and the end of each order, of which the whole account is told"
_DOCUMENTED = f"{_RULE}; MessageBus.subscribe: the topic may include the wildcard characters * and ?"
_OWNER = "CASE-001"
_INSTRUMENT = "BTCUSDT-PERP.BINANCE"


@dataclass(frozen=True, kw_only=True)
class Kind(AxisValue):
    """Events of which a topic tells: `names` are those that come to it, by the beginning of their name."""

    topic: str
    names: tuple[str, ...]


_ORDERS = Kind(name="orders", words="the orders", topic=f"events.order.{_OWNER}", names=("Order",))
_KINDS = (
    _ORDERS,
    Kind(name="fills", words="the fills", topic=f"events.fills.{_INSTRUMENT}", names=("OrderFilled",)),
    Kind(
        name="cancels",
        words="the cancellations",
        topic=f"events.cancels.{_INSTRUMENT}",
        names=("OrderCanceled",),
        # 1.221.0 has no such topic.
        needs=("cancels_of_others",),
    ),
    Kind(name="positions", words="the positions", topic=f"events.position.{_OWNER}", names=("Position",)),
)


@dataclass(frozen=True, kw_only=True)
class Named(AxisValue):
    """How the topic is named that is subscribed to."""

    def of(self, topic: str) -> str:
        """Return the topic, or the pattern that it matches."""
        if self.name == "star":
            return f"{'.'.join(topic.split('.')[:2])}.*"
        return f"{topic[:-1]}?" if self.name == "mark" else topic


_STAR = Named(name="star", words="all topics of the kind")
_NAMED = (
    Named(name="exact", words="the topic"),
    _STAR,
    Named(name="mark", words="a topic with one letter open"),
)


@dataclass(frozen=True, kw_only=True)
class Comes(AxisValue):
    """How the listener comes to its subscription: `before` it has had the same one already."""

    before: bool


@case.each(
    "STRAT-080",
    axes={
        "kind": _KINDS,
        "named": _NAMED,
        "comes": (
            Comes(name="late", words="subscribes", before=False),
            Comes(name="again", words="subscribes again", before=True),
        ),
    },
    tier="full",
    core=["orders.star.late", "fills.star.again", "cancels.exact.late", "positions.mark.late"],
    rule=_DOCUMENTED,
    upstream=["5bbf66abb2"],
    needs=["bus_topics", "unrecordable"],
)
async def test_listener_that_comes_late_hears_what_happens_from_then_on(
    traders: Traders, market: Market, kind: Kind, named: Named, comes: Comes
) -> None:
    """A strategy that {comes} to {named}, of {kind} of another that has traded, MUST be told each next event, once."""
    trader = await traders.start(strategies=2)
    passes_over_what_is_free(trader)
    topic, listener = named.of(kind.topic), trader.strategy(2)
    if comes.before:
        await listener.hears(topic)
        await listener.hears_no_more(topic)
    await _trades(trader, market)

    await listener.hears(topic)
    since = len(trader.history)
    await _trades(trader, market)

    await listener.has_heard(*_told(trader, kind, since))


@case.each(
    "STRAT-081",
    axes={
        "named": _NAMED,
        "leaves": (
            AxisValue(name="leaves", words="has left"),
            AxisValue(name="returns", words="has left and come again"),
        ),
    },
    tier="full",
    core=["star.leaves", "star.returns"],
    rule=_DOCUMENTED,
    upstream=["5bbf66abb2"],
    needs=["bus_topics", "unrecordable"],
)
async def test_listener_that_leaves_takes_nobodys_hearing(
    traders: Traders, market: Market, named: Named, leaves: AxisValue
) -> None:
    """Where one of two that hear of another's orders by {named} {leaves}, each MUST hear what it is subscribed to."""
    trader = await traders.start(strategies=3)
    passes_over_what_is_free(trader)
    topic, one, other = named.of(_ORDERS.topic), trader.strategy(2), trader.strategy(3)
    since = len(trader.history)
    for listener in (one, other):
        await listener.hears(topic)
    await _trades(trader, market)
    heard = _told(trader, _ORDERS, since)

    await one.hears_no_more(topic)
    left = len(trader.history)
    if leaves.name == "returns":
        await one.hears(topic)
    await _trades(trader, market)

    await other.has_heard(*_told(trader, _ORDERS, since))
    await one.has_heard(*heard, *(_told(trader, _ORDERS, left) if leaves.name == "returns" else ()))


async def _trades(trader: Trader, market: Market) -> None:
    """Have the first strategy buy, so that its position opens or grows, and place and cancel an order."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await order.cancel()
    await order.reaches("CANCELED")
    await trader.settles()


def _told(trader: Trader, kind: Kind, since: int) -> list[tuple[str, str, str | None]]:
    """Return what of the kind has been told since then, as whoever hears it is told it."""
    told: list[tuple[str, str, str | None]] = []
    for entry in trader.history.entries[since:]:
        if isinstance(entry, Event) and entry.name.startswith(kind.names):
            of_order = entry.name.startswith("Order")
            about = entry.client_order_id if of_order else entry.position_id
            told.append((entry.name, str(about), entry.trade_id if of_order else None))
    require(bool(told), f"events of {kind.words}", seen="none")
    return told
