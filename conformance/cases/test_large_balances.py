"""Balances of hundreds of millions, told to the eighth digit: no number of 64 bits holds all of these digits."""

from decimal import Decimal
from typing import Any

from conformance.cases.questions import ACCOUNT
from conformance.kit import Faults, Market, Trader, Traders, Venue, case, limit, require
from conformance.kit.waiting import comes_true

_SOON = {"timeout_connection_s": 5.0, "timeout_stop_s": 1.0}
#: Between two numbers of 64 bits lie 0.00000003 here, three times the last digit that the venue tells.
_TOTAL, _USED = Decimal("250000000.12345678"), Decimal("5000.00000001")

_OFF = {"sixth": Decimal("0.000001"), "last": Decimal(0)}


def _in_use(body: Any) -> Any:
    """Let a part of the balance not be available, as where it is the margin of orders and positions."""
    for row in body["assets"] if isinstance(body, dict) else body:
        if row["asset"] == "USDT" and "availableBalance" in row:
            row["availableBalance"] = str(Decimal(row.get("walletBalance", row.get("balance"))) - _USED)
    return body


async def _grows(venue: Venue) -> None:
    has = Decimal((await venue.account("USDT"))["walletBalance"])
    await venue.transfers(str(_TOTAL - has))


async def _has(trader: Trader, digit: str, **wanted: Decimal) -> None:
    """Require that the trader's balance has these amounts, to its sixth or its last digit, and adds up."""
    had: dict[str, str] = {}

    async def has_them() -> bool:
        nonlocal had
        rows = [row for row in (await trader.books())["balances"] if row["currency"] == "USDT"]
        had = {name: row[name] for row in rows for name in ("total", "free", "locked")}
        if not had:
            return False
        adds_up = Decimal(had["total"]) == Decimal(had["free"]) + Decimal(had["locked"])
        return adds_up and all(abs(Decimal(had[name]) - amount) <= _OFF[digit] for name, amount in wanted.items())

    came = await comes_true(trader.history, has_them, within_s=2.0)
    require(came, f"USDT in the balances, to the {digit} digit: {', '.join(wanted)}", seen=had)


@case.each(
    {
        "ACC-420": {"told": "at the start"},
        "ACC-421": {"told": "by a query of the account"},
        "ACC-422": {"told": "by the stream"},
    },
    tier="full",
    core=["ACC-420"],
    rule="Account Information V3: assets, amounts of eight digits",
    needs=["unrecordable", "venue_acts", "query_account"],
    trader=_SOON,
)
async def test_large_balance_is_kept_to_its_last_digit(
    traders: Traders, venue: Venue, market: Market, faults: Faults, told: str
) -> None:
    """A balance of 250 million USDT and eight digits, told {told}, MUST be kept whole, and the trader trade."""
    faults.rewrite_answer(tuple(ACCOUNT.routes), _in_use, times=None, optional=True)
    if told == "at the start":
        await _grows(venue)

    trader = await traders.start()

    if told != "at the start":
        await _grows(venue)
        await trader.is_told()
    if told == "by a query of the account":
        await trader.query_account()
    await trader.settles()
    trader.may_differ("the trader's free balance is more than the venue has available", about="USDT", why="ACC-210")
    wanted = {"total": _TOTAL} | ({} if told == "by the stream" else {"free": _TOTAL - _USED})
    # What cannot be read at all is another thing than digits of no worth, which are kept all the same by who can.
    await _has(trader, "sixth", **wanted)
    await _has(trader, "last", **wanted)
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
