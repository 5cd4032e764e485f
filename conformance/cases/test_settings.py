"""What a trader sets at the venue before it trades: one that is refused, or so already, keeps it from nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
)

_LEVERAGE = "POST /fapi/v1/leverage"
_MARGIN_TYPE = "POST /fapi/v1/marginType"
_WORDS = {
    -2028: "Leverage is smaller than permitted: insufficient margin balance.",
    -4028: "Leverage 50 is not valid",
    -4161: "Leverage reduction is not supported in Isolated Margin Mode with open positions",
    -4046: "No need to change margin type.",
}
_SOON = {"timeout_connection_s": 5.0, "timeout_stop_s": 1.0}


@case.each(
    {
        "CONN-310": {"code": -2028, "route": _LEVERAGE, "setting": {"leverages": {"BTCUSDT": 50}}},
        "CONN-311": {"code": -4028, "route": _LEVERAGE, "setting": {"leverages": {"BTCUSDT": 50}}},
        "CONN-312": {"code": -4161, "route": _LEVERAGE, "setting": {"leverages": {"BTCUSDT": 50}}},
        "CONN-320": {"code": -4046, "route": _MARGIN_TYPE, "setting": {"margin_types": {"BTCUSDT": "ISOLATED"}}},
    },
    tier="full",
    core=["CONN-310", "CONN-320"],
    rule="Change Initial Leverage; Change Margin Type; Error codes",
    upstream=["#4289"],
    needs=["unrecordable"],
    trader=_SOON,
)
async def test_refused_setting_keeps_it_from_nothing(
    traders: Traders, market: Market, faults: Faults, code: int, route: str, setting: dict[str, Any]
) -> None:
    """A setting that the venue refuses with {code} MUST NOT keep the trader from starting and trading."""
    refused = faults.answer(route, 400, {"code": code, "msg": _WORDS[code]}, times=None)

    trader = await traders.start(**setting)

    await refused.happens()
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")


@case.each(
    {"CONN-330": {"held": "a position"}, "CONN-331": {"held": "an open order"}},
    tier="full",
    core=["CONN-330"],
    rule="Change Margin Type: -4046 where it is so already, -4047 and -4048 with orders and positions",
    needs=["unrecordable", "orders_of_others"],
    trader={**_SOON, "margin_types": {"BTCUSDT": "CROSS"}},
)
async def test_setting_that_is_so_already(traders: Traders, market: Market, venue: Venue, held: str) -> None:
    """A margin type that is what it is to be, on an account with {held}, MUST NOT keep the trader from starting."""
    if held == "a position":
        await venue.opens_position("BUY", "0.010")
    else:
        await venue.places(limit("BUY", "0.010", market.below_last("3%")).named("FOREIGN-1"))

    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")


_NOT_NOW = "Change Margin Type: -4047 with open orders, -4048 with a position"
_ISOLATED = {**_SOON, "margin_types": {"BTCUSDT": "ISOLATED"}}


@case("CONN-335", rule=_NOT_NOW, upstream=["#4289"], needs=["unrecordable", "orders_of_others"], trader=_ISOLATED)
async def test_margin_type_that_a_position_keeps_as_it_is(
    traders: Traders, market: Market, venue: Venue, wire: Wire
) -> None:
    """A margin type that the venue refuses to set for a position (-4048) MUST NOT keep the trader from managing it."""
    await venue.opens_position("BUY", "0.010")

    trader = await traders.start()

    await wire.one(_MARGIN_TYPE)
    await trader.holds("0.010")
    order = await trader.submit(limit("SELL", "0.010", market.above_last("2%"), reduce_only=True))
    await order.reaches("ACCEPTED")


@case(
    "CONN-336",
    tier="full",
    rule=_NOT_NOW,
    upstream=["#4289"],
    needs=["unrecordable", "orders_of_others"],
    trader=_ISOLATED,
)
async def test_margin_type_that_an_open_order_keeps_as_it_is(
    traders: Traders, market: Market, venue: Venue, wire: Wire
) -> None:
    """A margin type that the venue refuses to set for an open order (-4047) MUST NOT keep the trader from ending it."""
    await venue.places(limit("BUY", "0.010", market.below_last("3%")).named("FOREIGN-1"))

    trader = await traders.start()

    await wire.one(_MARGIN_TYPE)
    await trader.has_open("FOREIGN-1")
    await trader.order("FOREIGN-1").cancel()
    await venue.confirms(trader.order("FOREIGN-1"), "CANCELED")


@dataclass(frozen=True, kw_only=True)
class _Setting(AxisValue):
    """A setting of the trader's configuration, where it is sent, and what the venue then says of the symbol."""

    route: str
    config: Mapping[str, Any]
    told: str
    value: object


_SETTINGS = (
    _Setting(name="leverage", route=_LEVERAGE, config={"leverages": {"BTCUSDT": 7}}, told="leverage", value="7"),
    _Setting(
        name="margin-type",
        words="margin type",
        route=_MARGIN_TYPE,
        config={"margin_types": {"BTCUSDT": "ISOLATED"}},
        told="marginType",
        value="ISOLATED",
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Passing(AxisValue):
    """A refusal that says: not done, send it again."""

    status: int
    code: int
    message: str


_PASSING = (
    _Passing(name="429", words="429 (-1003)", status=429, code=-1003, message="Too many requests."),
    _Passing(name="503", words="503 (-1)", status=503, code=-1, message="Service Unavailable."),
    _Passing(name="408", words="408 (-1007)", status=408, code=-1007, message="Timeout waiting for response."),
    _Passing(
        name="1021", words="400 (-1021)", status=400, code=-1021, message="Timestamp for this request is outside."
    ),
)


@case.each(
    "CONN-350",
    axes={"setting": _SETTINGS, "refusal": _PASSING},
    tier="full",
    core=["leverage.429", "margin-type.503"],
    rule="General info: 429, 503, 408, -1021: not done, or not known to be; it can be sent again",
    needs=["unrecordable"],
    trader=_SOON,
)
async def test_setting_refused_in_passing_is_set(
    traders: Traders, market: Market, venue: Venue, faults: Faults, setting: _Setting, refusal: _Passing
) -> None:
    """A {setting} whose request is answered {refusal} once MUST be set before a trader that starts with it trades."""
    body = {"code": refusal.code, "msg": refusal.message}
    faults.answer(setting.route, refusal.status, body, headers={"Retry-After": "0"})

    # A start that fails and says so has traded with no other setting: it can be made again.
    trader = await traders.try_to_start(**setting.config) or await traders.start(**setting.config)

    equal(f"{setting} at the venue", str((await venue.settings())[setting.told]), setting.value)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")


@case(
    "CONN-340",
    rule="Account Information: a question changes nothing",
    needs=["query_account", "unrecordable"],
    trader={"leverages": {"BTCUSDT": 7}},
)
async def test_question_about_the_account_changes_nothing(trader: Trader, venue: Venue, wire: Wire) -> None:
    """A query of the account MUST NOT change the leverage that another client has chosen since the start."""
    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")
    await venue.changes_leverage(5)
    before = len(wire.requests(_LEVERAGE))

    await trader.query_account()
    await trader.settles()

    changes = len(wire.requests(_LEVERAGE)) - before
    require(changes == 0, "no change of leverage by a question", seen=f"{changes} requests {_LEVERAGE}")
