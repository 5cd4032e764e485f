"""What is bound as margin where positions in several symbols, each with a leverage of its own, share an account."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import AxisValue, Side, Traders, Venue, case, market_order, require
from conformance.kit.waiting import comes_true

_RULE = "Account Information V3: initialMargin, maintMargin of all positions; Symbol Configuration: leverage"
_CENT = Decimal("0.01")
_OTHER = "ETHUSDT"
_SYMBOLS = ("BTCUSDT", _OTHER)
_MARGINS = {"initial": "initialMargin", "maintenance": "maintMargin"}
_LEVERAGES = {"BTCUSDT": 7, _OTHER: 20}


@dataclass(frozen=True, kw_only=True)
class _Held(AxisValue):
    """What is held of each symbol."""

    other: tuple[Side, str]


_HELD = (
    _Held(name="same", words="a long in each of two symbols", other=("BUY", "0.200")),
    _Held(name="opposite", words="a long in one symbol and a short in another", other=("SELL", "0.200")),
)
_WHEN = (
    AxisValue(name="start", words="at the start"),
    AxisValue(name="fills", words="after the fills"),
    AxisValue(name="query", words="after a query of the account", needs=("query_account",)),
)


@case.each(
    "ACC-980",
    axes={"held": _HELD, "when": _WHEN},
    tier="full",
    rule=_RULE,
    upstream=["#3420"],
    needs=["account_leverage", "fresh_account", "orders_of_others", "other_symbols", "unrecordable"],
)
async def test_margins_of_several_symbols(traders: Traders, venue: Venue, held: _Held, when: AxisValue) -> None:
    """Of {held}, the trader MUST have the account's initial and maintenance margin of the venue {when}."""
    sides: dict[str, tuple[Side, str]] = {"BTCUSDT": ("BUY", "0.010"), _OTHER: held.other}
    for symbol, of in (("BTCUSDT", venue), (_OTHER, venue.of(_OTHER))):
        await of.changes_leverage(_LEVERAGES[symbol])
        if when.name == "start":
            side, quantity = sides[symbol]
            await of.opens_position(side, quantity)
    trader = await traders.start(symbols=list(_SYMBOLS))
    passes_over_what_is_free(trader)
    if when.name != "start":
        for symbol, (side, quantity) in sides.items():
            await (await trader.submit(market_order(side, quantity).but(symbol=symbol))).reaches("FILLED")
    await trader.settles()
    if when.name == "query":
        await trader.query_account()

    account = await venue.account()
    wanted = {name: Decimal(account[field]) for name, field in _MARGINS.items()}
    found: list[dict[str, Any]] = []

    async def agreed() -> bool:
        rows = [row for row in (await trader.books())["margins"] if row["currency"] == "USDT"]
        # Of the whole account where the trader has that; a symbol's is a figure of its own beside it.
        found[:] = [row for row in rows if "symbol" not in row] or rows
        return all(abs(_sum(found, name) - figure) < _CENT for name, figure in wanted.items())

    agrees = await comes_true(trader.history, agreed, within_s=1.0)
    seen = {name: f"{_sum(found, name)}, venue {figure}" for name, figure in wanted.items()}
    require(agrees, "the account's margins as at the venue", seen=seen)


def _sum(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))
