"""Balances of assets of which NautilusTrader keeps fewer digits than Binance tells."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from conformance.cases.questions import ACCOUNT
from conformance.kit import AxisValue, Faults, Market, Trader, Traders, Venue, case, limit, require
from conformance.kit.waiting import comes_true

_SOON = {"timeout_connection_s": 5.0, "timeout_stop_s": 1.0}
#: What two roundings, of the part that is free and of the part that is not, do not add up to.
_AMOUNT, _FREE = Decimal("100.12345678"), Decimal("50.98765433")
#: NautilusTrader's own precision of both: six digits, where Binance tells eight.
_DIGIT = Decimal("0.000001")


def _in_use(asset: str) -> Callable[[Any], Any]:
    """Let only a part of an asset be available, as where it is the margin of a position (Multi-Assets Mode)."""

    def change(body: Any) -> Any:
        rows = body["assets"] if isinstance(body, dict) else body
        for row in rows:
            if row["asset"] == asset and "availableBalance" in row:
                row["availableBalance"] = str(_FREE)
        return body

    return change


async def _has(trader: Trader, asset: str, **amounts: Decimal) -> None:
    """Require that the trader's balance of an asset has these amounts, to the sixth digit."""
    had: dict[str, str] = {}

    async def has_it() -> bool:
        nonlocal had
        rows = [row for row in (await trader.books())["balances"] if row["currency"] == asset]
        had = {name: row[name] for row in rows for name in amounts}
        return bool(had) and all(abs(Decimal(had[name]) - amount) < _DIGIT for name, amount in amounts.items())

    came = await comes_true(trader.history, has_it, within_s=2.0)
    require(came, f"{asset} in the balances, to the sixth digit: {', '.join(amounts)}", seen=had)


@case.each(
    "ACC-380",
    axes={
        "asset": ("xrp", "ada"),
        "told": (
            AxisValue(name="at-start", words="at the start"),
            AxisValue(name="by-query", words="by a query of the account"),
            AxisValue(name="by-event", words="by the stream"),
        ),
    },
    tier="full",
    core=["xrp.at-start"],
    rule="Account Information V3: assets, amounts of eight digits; Multi-Assets Mode: other assets are margin too",
    needs=["unrecordable", "venue_acts"],
    trader=_SOON,
)
async def test_balance_of_eight_digits_is_kept(
    traders: Traders, venue: Venue, market: Market, faults: Faults, asset: str, told: AxisValue
) -> None:
    """A balance of {asset} of eight digits, partly in use, that is told {told} MUST be kept, and the trader trade."""
    asset = asset.upper()
    faults.rewrite_answer(tuple(ACCOUNT.routes), _in_use(asset), times=None, optional=True)
    if told.name == "at-start":
        await venue.transfers(str(_AMOUNT), asset)

    trader = await traders.start()

    if told.name != "at-start":
        await venue.transfers(str(_AMOUNT), asset)
        await trader.is_told()
    if told.name == "by-query":
        await trader.query_account()
    await trader.settles()
    trader.may_differ("the trader's balance is not the venue's", about=asset, why="it is kept to six digits")
    trader.may_differ("the trader's free balance is more than the venue has available", about=asset, why="ACC-210")
    await _has(trader, asset, total=_AMOUNT, **({} if told.name == "by-event" else {"free": _FREE}))
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
