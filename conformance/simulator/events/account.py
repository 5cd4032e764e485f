"""ACCOUNT_UPDATE, ACCOUNT_CONFIG_UPDATE, MARGIN_CALL and listenKeyExpired (sections 9.3, 9.4, 9.6)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from conformance.simulator.model.position import Position
from conformance.simulator.numbers import ZERO, money, trimmed


def balance_row(asset: str, wallet: Decimal, cross: Decimal, change: Decimal = ZERO) -> dict[str, Any]:
    """Return one row of `B`; `change` excludes profit and commission."""
    return {"a": asset, "wb": money(wallet), "cw": money(cross), "bc": trimmed(change)}


def position_row(
    position: Position, mark: Decimal, margin_asset: str, break_even: Decimal, *, isolated: bool
) -> dict[str, Any]:
    """Return one row of `P`."""
    return {
        "s": position.symbol,
        "pa": trimmed(position.amount),
        "ep": trimmed(position.entry),
        "cr": trimmed(position.realised),
        "up": trimmed(position.unrealised(mark)),
        "mt": "isolated" if isolated else "cross",
        "iw": money(position.isolated_wallet) if isolated else "0",
        "ps": position.side,
        "ma": margin_asset,
        "bep": trimmed(break_even),
    }


def account_update(
    reason: str,
    balances: Sequence[dict[str, Any]],
    positions: Sequence[dict[str, Any]],
    now_ms: int,
    symbol: str | None = None,
) -> dict[str, Any]:
    """Return the event of changed balances and positions; `symbol` only with FUNDING_FEE."""
    body: dict[str, Any] = {"B": list(balances), "P": list(positions), "m": reason}
    if symbol is not None:
        body["S"] = symbol
    return {"e": "ACCOUNT_UPDATE", "T": now_ms, "E": now_ms, "a": body}


def leverage_changed(symbol: str, leverage: int, now_ms: int) -> dict[str, Any]:
    """Return the event of a new leverage."""
    return {"e": "ACCOUNT_CONFIG_UPDATE", "E": now_ms, "T": now_ms, "ac": {"s": symbol, "l": leverage}}


def multi_assets_changed(*, multi_assets: bool, now_ms: int) -> dict[str, Any]:
    """Return the event of a new assets mode."""
    return {"e": "ACCOUNT_CONFIG_UPDATE", "E": now_ms, "T": now_ms, "ai": {"j": multi_assets}}


def margin_call(
    rows: Iterable[tuple[Position, Decimal, Decimal, bool]], cross_wallet: Decimal | None, now_ms: int
) -> dict[str, Any]:
    """Return the warning; rows are (position, mark price, maintenance margin, isolated)."""
    event: dict[str, Any] = {"e": "MARGIN_CALL", "E": now_ms}
    if cross_wallet is not None:
        event["cw"] = trimmed(cross_wallet)
    event["p"] = [
        {
            "s": position.symbol,
            "ps": position.side,
            "pa": trimmed(position.amount),
            "mt": "ISOLATED" if isolated else "CROSSED",
            "iw": trimmed(position.isolated_wallet) if isolated else "0",
            "mp": trimmed(mark),
            "up": trimmed(position.unrealised(mark)),
            "mm": trimmed(maintenance),
        }
        for position, mark, maintenance, isolated in rows
    ]
    return event


def listen_key_expired(listen_key: str, now_ms: int) -> dict[str, Any]:
    """Return the last event of a listen key."""
    return {"e": "listenKeyExpired", "E": now_ms, "listenKey": listen_key}
