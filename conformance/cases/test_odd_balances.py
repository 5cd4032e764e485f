"""Accounts that hold what NautilusTrader has no currency for, or less than nothing of an asset."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from conformance.cases.questions import ACCOUNT
from conformance.kit import Faults, Market, Trader, Traders, Venue, case, limit, require
from conformance.kit.waiting import comes_true

_SOON = {"timeout_connection_s": 5.0, "timeout_stop_s": 1.0}
Change = Callable[[Any], Any]


def _holding(asset: str, amount: str) -> Change:
    def change(body: Any) -> Any:
        rows = body["assets"] if isinstance(body, dict) else body
        held = {"walletBalance": amount, "marginBalance": amount, "crossWalletBalance": amount, "balance": amount}
        available = "0.00000000" if amount.startswith("-") else amount
        first = rows[0]
        figures = {name: value for name, value in {**held, "availableBalance": available}.items() if name in first}
        rows[:] = [row for row in rows if row["asset"] != asset] + [{**first, "asset": asset, **figures}]
        return body

    return change


@case.each(
    {
        "CONN-610": {"asset": "BNFCR", "amount": "123.45000000"},
        "CONN-620": {"asset": "ASSETOFTOMORROW", "amount": "1.50000000"},
        "CONN-640": {"asset": "USDC", "amount": "-12.50000000"},
    },
    tier="full",
    core=["CONN-610", "CONN-640"],
    rule="Account Information V3: assets; Credits Trading Mode has BNFCR, Multi-Assets Mode debts of an asset",
    upstream=["#728"],
    needs=["unrecordable"],
    trader=_SOON,
)
async def test_account_of_an_odd_asset_trades(
    traders: Traders, market: Market, faults: Faults, asset: str, amount: str
) -> None:
    """An account that has {amount} {asset} beside its USDT MUST start, and trade."""
    faults.rewrite_answer(tuple(ACCOUNT.routes), _holding(asset, amount), times=None, optional=True)

    trader = await traders.start()

    for told in (asset, "USDT"):
        # 2.x books the credits of BNFCR as USDT, as it is configured to (bnfcr_currency).
        trader.may_differ("the trader's balance is not the venue's", about=told, why="only the trader is told of it")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")


_CREDITS = "BNFCR"
_BALANCE = "the trader's balance is not the venue's"


def _with_credits(place: str) -> Change:
    def change(body: Any) -> Any:
        rows = body["assets"] if isinstance(body, dict) else body
        rows.sort(key=lambda row: (row["asset"] == _CREDITS) is (place == "behind"))
        return body

    return change


async def _has_its_dollars(trader: Trader, venue: Venue) -> None:
    """Require that the trader has all USDT that the venue has, be it with the credits or without."""
    wanted = Decimal((await venue.account("USDT"))["walletBalance"])
    had = Decimal(0)

    async def has_them() -> bool:
        nonlocal had
        had = sum(
            (Decimal(row["total"]) for row in (await trader.books())["balances"] if row["currency"] == "USDT"),
            Decimal(0),
        )
        return had >= wanted

    came = await comes_true(trader.history, has_them, within_s=2.0)
    require(came, "the USDT of the wallet, with the credits or without", seen=f"{had} of {wanted} USDT")
    for told in (_CREDITS, "USDT"):
        trader.may_differ(_BALANCE, about=told, why="2.x books the credits as USDT, which bnfcr_currency says it may")


@case.each(
    {"CONN-615": {"place": "behind"}, "CONN-617": {"place": "before"}},
    tier="full",
    core=["CONN-615"],
    rule="Account Information V3: assets; Credits Trading Mode has BNFCR beside the other assets",
    needs=["unrecordable", "venue_acts"],
    trader=_SOON,
)
async def test_credits_do_not_stand_for_the_dollars(
    traders: Traders, venue: Venue, market: Market, faults: Faults, place: str
) -> None:
    """Credits (BNFCR) that are listed {place} the account's USDT MUST NOT take its place in the balances."""
    await venue.transfers("123.45", _CREDITS)
    faults.rewrite_answer(tuple(ACCOUNT.routes), _with_credits(place), times=None, optional=True)

    trader = await traders.start()

    await _has_its_dollars(trader, venue)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")


@case(
    "CONN-616",
    rule="Event: Balance and Position Update: B has the assets that changed, and leaves out all others",
    needs=["unrecordable", "venue_acts"],
    trader=_SOON,
)
async def test_news_of_credits_leaves_the_dollars(trader: Trader, venue: Venue, market: Market) -> None:
    """News of credits (BNFCR) alone MUST leave the USDT of the trader's balances what they are."""
    await venue.transfers("123.45", _CREDITS)
    await trader.is_told()
    await trader.settles()

    await _has_its_dollars(trader, venue)
    # Who hears no news at all keeps its dollars, too: more of them than the credits are to be known when they come.
    await venue.transfers("500")
    await trader.is_told()
    await _has_its_dollars(trader, venue)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
