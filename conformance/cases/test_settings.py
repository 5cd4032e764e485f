"""What a trader sets at the venue before it trades: one that is refused, or so already, keeps it from nothing."""

from typing import Any

from conformance.kit import Faults, Market, Trader, Traders, Venue, Wire, case, limit, market_order, require

_LEVERAGE = "POST /fapi/v1/leverage"
_MARGIN_TYPE = "POST /fapi/v1/marginType"
_WORDS = {
    -2028: "Leverage is smaller than permitted: insufficient margin balance.",
    -4028: "Leverage 50 is not valid",
    -4161: "Leverage reduction is not supported in Isolated Margin Mode with open positions",
    -4046: "No need to change margin type.",
}
_SOON = {"timeout_connection_s": 3.0, "timeout_stop_s": 1.0}


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
