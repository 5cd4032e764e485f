"""Accounts that hold what NautilusTrader has no currency for, or less than nothing of an asset."""

from collections.abc import Callable
from typing import Any

from conformance.cases.questions import ACCOUNT
from conformance.kit import Faults, Market, Traders, case, limit

_SOON = {"timeout_connection_s": 3.0, "timeout_stop_s": 1.0}
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
