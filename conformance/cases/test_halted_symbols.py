"""Symbols that stop trading with something left in them, before a start or while the trader runs."""

from dataclasses import dataclass

from conformance.cases.questions import INSTRUMENTS
from conformance.cases.situations import SEVERAL_POSITIONS, hears_no_more, passes_over_what_is_free
from conformance.cases.symbols import INFORMATION, told_as
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
    stop_market,
)
from conformance.kit.waiting import comes_true

_OTHER = "ETHUSDT"
_NAME = "LEFT-ETH"
_RULE = (
    "Exchange Information: status is of trading; Position Information, Current All Open Orders, Current All Algo Open "
    "Orders: what the account has, whatever the status of its symbol"
)
_SOON = {"timeout_connection_s": 5.0}
#: After five misses 1.x concludes that an order is gone.
_CHECKED = 8
_UNKNOWN = (
    ("the trader's position is not the venue's", _OTHER),
    ("an order is live at the venue but unknown in the trader", _NAME),
)
#: Versions that look again only at a restart have nothing to forget meanwhile.
_LOOKS_AGAIN = {
    "client": {"instrument_refresh_interval_secs": 1},
    "optional": ["client.instrument_refresh_interval_secs"],
}


@dataclass(frozen=True, kw_only=True)
class _Left(AxisValue):
    """What the account has in the symbol."""

    request: OrderRequest


_POSITION = _Left(name="position", words="a position", request=market_order("BUY", "0.100"))
_ORDER = _Left(name="order", words="an order", request=limit("BUY", "0.100", "2000.00"))
_STOP = _Left(name="stop", words="a stop", request=stop_market("SELL", "0.100", trigger="2000.00"))
_LEFT = (_POSITION, _ORDER, _STOP)
_STATUS = (
    AxisValue(name="halt", words="TRADING_HALT"),
    AxisValue(name="pre-settle", words="PRE_SETTLE"),
    AxisValue(name="settling", words="SETTLING"),
)


@case.each(
    "CONN-415",
    axes={"left": _LEFT, "status": _STATUS},
    tier="full",
    core=["position.halt", "order.settling", "stop.halt"],
    rule=_RULE,
    upstream=["#4320"],
    needs=["unrecordable", "other_symbols", "orders_of_others"],
    trader=_SOON,
)
async def test_what_is_left_in_a_halted_symbol_keeps_from_no_other(
    traders: Traders, market: Market, venue: Venue, faults: Faults, left: _Left, status: AxisValue
) -> None:
    """{left} in a symbol whose status is {status} MUST NOT keep the trader from what the account has in another."""
    await venue.of(_OTHER).places(left.request.but(symbol=_OTHER).named(_NAME))
    await venue.opens_position("BUY", "0.010")
    faults.rewrite_answer(INFORMATION, told_as(_OTHER, status=status.words), times=None)

    trader = await traders.start()

    passes_over_what_is_free(trader)
    for what, about in _UNKNOWN:
        trader.may_differ(what, about=about, why="CONN-416 is about what is left in the halted symbol")
    await trader.holds("0.010")
    leaving = await trader.submit(limit("SELL", "0.010", market.above_last("2%"), reduce_only=True))
    await leaving.reaches("ACCEPTED")


@case.each(
    "CONN-416",
    axes={"left": _LEFT, "status": _STATUS},
    tier="full",
    core=["position.halt", "order.halt", "stop.settling"],
    rule=_RULE,
    needs=["unrecordable", "other_symbols", "orders_of_others"],
    trader=_SOON,
)
async def test_what_is_left_in_a_halted_symbol_is_known(
    traders: Traders, venue: Venue, faults: Faults, left: _Left, status: AxisValue
) -> None:
    """{left} in a symbol whose status is {status} MUST be known after a start: the venue tells it with all others."""
    await venue.of(_OTHER).places(left.request.but(symbol=_OTHER).named(_NAME))
    faults.rewrite_answer(INFORMATION, told_as(_OTHER, status=status.words), times=None)

    trader = await traders.start()

    passes_over_what_is_free(trader)
    if left is _POSITION:
        await trader.holds("0.100", _OTHER)
    else:
        await trader.has_open(_NAME)


async def _stops_trading(trader: Trader, wire: Wire, faults: Faults, status: str) -> None:
    """Let the symbol stop trading, and the trader hear of it where it asks again."""
    since = trader.moment
    faults.rewrite_answer(INFORMATION, told_as(_OTHER, status=status), times=None, optional=True)

    async def has_asked_twice() -> bool:
        return len(wire.asked(INSTRUMENTS.routes, since=since)) > 1

    # Whoever does not ask is looked at for as long.
    await comes_true(trader.history, has_asked_twice, within_s=3.0)
    await trader.has_its_answers()


@case.each(
    {"OTH-360": {"status": "TRADING_HALT"}, "OTH-361": {"status": "PRE_SETTLE"}},
    tier="full",
    core=["OTH-360"],
    rule=_RULE,
    needs=["position_check", "unrecordable", "other_symbols", "orders_of_others"],
    profile="checks",
    why="what the stream did not tell, the position check has to find",
    trader=_LOOKS_AGAIN,
)
async def test_position_check_goes_on_when_a_symbol_is_halted(
    traders: Traders, wire: Wire, venue: Venue, faults: Faults, status: str
) -> None:
    """With a position in a symbol that comes to be {status}, the position check MUST find a close in another one."""
    await venue.of(_OTHER).places(_POSITION.request.but(symbol=_OTHER).named(_NAME))
    await venue.opens_position("BUY", "0.010")
    trader = await traders.start()
    await trader.holds("0.010")
    passes_over_what_is_free(trader)
    trader.may_differ(SEVERAL_POSITIONS, why="OTH-058 is about what it consists of")
    await _stops_trading(trader, wire, faults, status)
    hears_no_more(trader, faults)

    await venue.closes_position()

    await trader.holds("0")


@case.each(
    {"OTH-370": {"left": _ORDER}, "OTH-371": {"left": _STOP}},
    tier="full",
    rule=_RULE,
    needs=["open_check", "unrecordable", "other_symbols", "orders_of_others"],
    profile="checks",
    why="the requirement is about what the open-order check concludes",
    trader=_LOOKS_AGAIN,
)
async def test_order_of_a_halted_symbol_stays_open_under_the_check(
    traders: Traders, wire: Wire, venue: Venue, faults: Faults, left: _Left
) -> None:
    """{left} in a symbol that comes to be halted MUST stay open under the open-order check: the venue lists it."""
    await venue.of(_OTHER).places(left.request.but(symbol=_OTHER).named(_NAME))
    trader = await traders.start()
    await trader.has_open(_NAME)
    await _stops_trading(trader, wire, faults, "TRADING_HALT")
    since = trader.moment

    async def checked() -> bool:
        return len(wire.asked("open orders order", since=since)) >= _CHECKED

    # A trader that asks otherwise is looked at for as long.
    await trader.asks_until(checked, "open orders order", silence_s=6.0)

    await trader.order(_NAME).stands("ACCEPTED")


@case(
    "OTH-380",
    tier="full",
    rule=f"{_RULE}; Query Order",
    needs=["unrecordable", "other_symbols", "orders_of_others"],
    trader={**_LOOKS_AGAIN, "inflight_check": None},
)
async def test_order_of_a_halted_symbol_is_learned_by_a_query(
    traders: Traders, wire: Wire, venue: Venue, faults: Faults
) -> None:
    """What became of an order in a symbol that has come to be halted MUST be learned by a query of it."""
    there = venue.of(_OTHER)
    trader = await traders.start()
    order = await trader.submit(_ORDER.request.but(symbol=_OTHER))
    accepted = await order.reaches("ACCEPTED")
    await trader.settles()
    await _stops_trading(trader, wire, faults, "TRADING_HALT")
    faults.lose("ORDER_TRADE_UPDATE", times=None, optional=True)
    await there.cancels(str(accepted["venue_order_id"]))
    await trader.is_told()

    await order.query()

    await there.confirms(order, "CANCELED")
