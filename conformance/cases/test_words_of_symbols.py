"""Words that the venue's documents have for its symbols: a trader that meets each of them loses no other symbol."""

from typing import Any

from conformance.cases.symbols import INFORMATION
from conformance.kit import Faults, Market, Traders, case, limit, require

#: Of contractStatus, but TRADING; production has TRADING_HALT since 2026 as well.
_STATUSES = (
    "PENDING_TRADING",
    "TRADING_HALT",
    "PRE_DELIVERING",
    "DELIVERING",
    "DELIVERED",
    "PRE_SETTLE",
    "SETTLING",
    "CLOSE",
)
_TERMS = ("CURRENT_MONTH", "NEXT_MONTH", "NEXT_QUARTER")
_SOON = {"timeout_connection_s": 5.0}


def _row(body: Any, symbol: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in body["symbols"] if row["symbol"] == symbol)
    return found


def _with_every_status(body: Any) -> Any:
    """Return the market with a perpetual in each state beside those that trade."""
    model = _row(body, "ETHUSDT")
    for number, status in enumerate(_STATUSES):
        coin = f"S{number}S"
        body["symbols"].append(
            model | {"symbol": f"{coin}USDT", "pair": f"{coin}USDT", "baseAsset": coin, "status": status}
        )
    return body


@case(
    "INST-955",
    rule="Enum definitions, contractStatus: what a symbol can be beside TRADING",
    upstream=["#4320"],
    needs=["unrecordable"],
    trader=_SOON,
)
async def test_symbols_in_every_state_keep_from_no_other(traders: Traders, market: Market, faults: Faults) -> None:
    """Symbols in every state that the venue's documents know MUST NOT keep the trader from one that trades."""
    faults.rewrite_answer(INFORMATION, _with_every_status, times=None)
    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("ACCEPTED")


def _with_every_term(body: Any) -> Any:
    """Return the market with a delivery contract of each term beside that of the quarter."""
    model = _row(body, "BTCUSDT_261225")
    for number, term in enumerate(_TERMS):
        body["symbols"].append(model | {"symbol": f"BTCUSDT_27010{number + 1}", "contractType": term})
    return body


@case(
    "INST-956",
    rule="Enum definitions, contractType: CURRENT_MONTH, NEXT_MONTH, CURRENT_QUARTER, NEXT_QUARTER",
    needs=["unrecordable", "other_symbols"],
    trader=_SOON,
)
async def test_delivery_contract_of_each_term_is_known(traders: Traders, faults: Faults) -> None:
    """A delivery contract of each term that the venue's documents know MUST be an instrument of the trader."""
    faults.rewrite_answer(INFORMATION, _with_every_term, times=None)
    trader = await traders.start()

    known = {symbol: row["type"] for symbol, row in (await trader.instruments()).items()}

    wanted = {f"BTCUSDT_27010{number + 1}" for number in range(len(_TERMS))}
    require(wanted <= known.keys(), "an instrument for each of them", seen=sorted(wanted - known.keys()))
    types = {known[symbol] for symbol in wanted}
    require(types == {"CryptoFuture"}, "a future for each of them", seen=sorted(types))
