"""STRATEGY_UPDATE and GRID_UPDATE (section 9.6): what Binance's own trading bots tell on the same stream.

The matching engine has no part in them; an adapter must bear them.
"""

from decimal import Decimal
from typing import Any

from conformance.simulator.numbers import ZERO, trimmed


def strategy_update(strategy_id: int, status: str, symbol: str, now_ms: int) -> dict[str, Any]:
    """Return the event of a grid bot's new status; code 8001 says that its owner changed it."""
    body = {"si": strategy_id, "st": "GRID", "ss": status, "s": symbol, "ut": now_ms, "c": 8001}
    return {"e": "STRATEGY_UPDATE", "T": now_ms, "E": now_ms, "su": body}


def grid_update(strategy_id: int, status: str, symbol: str, now_ms: int, realised: Decimal = ZERO) -> dict[str, Any]:
    """Return the event of a grid's sub-order having filled."""
    body = {
        "si": strategy_id,
        "st": "GRID",
        "ss": status,
        "s": symbol,
        "r": trimmed(realised),
        "up": "0",
        "uq": "0",
        "uf": "0",
        "mp": trimmed(realised),
        "ut": now_ms,
    }
    return {"e": "GRID_UPDATE", "T": now_ms, "E": now_ms, "gu": body}
