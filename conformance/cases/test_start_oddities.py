"""Starts on answers that are odd but right: figures of 0 and of nothing, tiers and symbols that are not known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases.questions import ACCOUNT, INSTRUMENTS, SYMBOL_CONFIG
from conformance.kit import AxisValue, Faults, Market, Traders, Venue, case, limit, market_order

_SOON = {"timeout_connection_s": 5.0, "timeout_stop_s": 1.0}
_BTCUSDT = "BTCUSDT-PERP.BINANCE"


@dataclass(frozen=True, kw_only=True)
class _Oddity(AxisValue):
    """What is odd in the answers to a question."""

    routes: tuple[str, ...]
    change: Callable[[Any], Any]


def _leverage_of_nothing(rows: Any) -> Any:
    return [{**row, "leverage": 0} for row in rows]


def _assets_without_balance(body: Any) -> Any:
    for row in body["assets"]:
        if row["asset"] != "USDT":
            row.update(walletBalance="", availableBalance="", marginBalance="")
    return body


def _tier_of_tomorrow(body: Any) -> Any:
    return {**body, "feeTier": 10} if "feeTier" in body else body


def _symbol_without_filters(body: Any) -> Any:
    for row in body["symbols"]:
        if row["symbol"] == "ETHUSDT":
            row.update(status="PENDING_TRADING", filters=[])
    return body


LEVERAGE_0 = _Oddity(
    name="leverage-0",
    words="a leverage of 0 for symbols that were never traded",
    routes=tuple(SYMBOL_CONFIG.routes),
    change=_leverage_of_nothing,
)
NO_BALANCE = _Oddity(
    name="no-balance",
    words="no balance for assets that are not held",
    routes=tuple(ACCOUNT.routes),
    change=_assets_without_balance,
)
FEE_TIER = _Oddity(
    name="fee-tier", words="a fee tier of tomorrow", routes=tuple(ACCOUNT.routes), change=_tier_of_tomorrow
)
NO_FILTERS = _Oddity(
    name="no-filters",
    words="no filters for a symbol that is still to be listed",
    routes=tuple(INSTRUMENTS.routes),
    change=_symbol_without_filters,
)


@case.each(
    {
        "CONN-510": {"oddity": LEVERAGE_0},
        "CONN-520": {"oddity": NO_BALANCE},
        "CONN-530": {"oddity": FEE_TIER},
        "CONN-540": {"oddity": NO_FILTERS},
    },
    tier="full",
    core=["CONN-510", "CONN-520", "CONN-540"],
    rule="Symbol Configuration; Account Information; Exchange Information",
    upstream=["#4289"],
    needs=["unrecordable", "other_symbols"],
    trader=_SOON,
)
async def test_odd_answer_keeps_it_from_nothing(
    traders: Traders, market: Market, faults: Faults, oddity: _Oddity
) -> None:
    """A start whose answers have {oddity} MUST lead to a trader that trades."""
    faults.rewrite_answer(oddity.routes, oddity.change, times=None, optional=True)

    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")


@case(
    "CONN-550",
    rule="Exchange Information: a symbol that is delisted is listed no longer",
    needs=["unrecordable"],
    trader={
        **_SOON,
        "client": {"instrument_provider": {"load_all": False, "load_ids": [_BTCUSDT, "GONEUSDT-PERP.BINANCE"]}},
    },
)
async def test_delisted_symbol_of_the_config_keeps_from_no_other(traders: Traders, market: Market) -> None:
    """A symbol of the configuration that the venue lists no longer MUST NOT keep the trader from another."""
    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")


@case(
    "CONN-560",
    rule="Event: Order Update: of every symbol of the account",
    upstream=["#3775"],
    needs=["unrecordable", "other_symbols"],
    # What the stream tells of the order must be enough.
    trader={
        **_SOON,
        "inflight_check": None,
        "client": {"instrument_provider": {"load_all": False, "load_ids": ["ETHUSDT-PERP.BINANCE"]}},
    },
)
async def test_symbol_that_only_the_data_client_loads_is_traded(traders: Traders, venue: Venue) -> None:
    """An order for a symbol that the data client alone has loaded MUST be filled by the venue's trade, or be DENIED."""
    trader = await traders.start()

    order = await trader.submit(market_order("BUY", "0.010"))
    reached = await order.reaches("FILLED", "DENIED", "REJECTED")

    if reached["status"] == "FILLED":
        await trader.has_booked(order.id, await venue.trades())
    await trader.holds(await venue.position())


@case.each(
    {
        "CONN-570": {"text": "temporarily unavailable"},
        "CONN-571": {"text": "no healthy upstream"},
        "CONN-572": {"text": "503 Service Temporarily Unavailable"},
    },
    tier="full",
    core=["CONN-570"],
    rule="General info: an answer that is no JSON says nothing",
    needs=["unrecordable"],
    trader=_SOON,
)
async def test_plain_words_at_the_start_do_not_end_it(
    traders: Traders, market: Market, faults: Faults, text: str
) -> None:
    """The words "{text}" in place of the open orders, once, MUST NOT end the start of a trader on an empty account."""
    faults.garble("open orders order", text, times=1, optional=True)

    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
