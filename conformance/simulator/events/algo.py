"""ALGO_UPDATE (section 9.5; untriggered events carry neither ap, aq, act nor rm)."""

from typing import Any

from conformance.simulator.model.algo_order import AlgoOrder
from conformance.simulator.numbers import trimmed


def trigger_rejected(algo: AlgoOrder, now_ms: int) -> dict[str, Any]:
    """Return the deprecated event of a conditional order that the matching engine denied."""
    body = {"s": algo.symbol.name, "i": algo.id, "r": algo.reason}
    return {"e": "CONDITIONAL_ORDER_TRIGGER_REJECT", "E": now_ms, "T": now_ms, "or": body}


MADE_MS, SENT_MS = 11, 7
"""How long after what it tells an event is made, and after that it is sent: trigger time …019, T …030 and E …037 in the
one genuine capture. The Algo service is another one than the matching engine, whose events have one time."""


def algo_update(algo: AlgoOrder, now_ms: int) -> dict[str, Any]:
    """Return the event of one change of an algo order."""
    body: dict[str, Any] = {
        "caid": algo.client_id,
        "aid": algo.id,
        "at": "CONDITIONAL",
        "o": algo.type,
        "s": algo.symbol.name,
        "S": algo.side,
        "ps": algo.position_side,
        "f": algo.tif,
        "q": trimmed(algo.quantity),
        "X": algo.status,
        "ai": str(algo.child_id) if algo.child_id and algo.status != "TRIGGERING" else "",
    }
    if algo.status in ("TRIGGERED", "FINISHED") and algo.child_id:
        finished = algo.status == "FINISHED"
        body["ap"] = trimmed(algo.child_average, algo.symbol.price_precision + 5) if finished else "0"
        body["aq"] = trimmed(algo.child_executed) if finished else "0"
        body["act"] = algo.child_type
    body |= {
        "tp": trimmed(algo.trigger),
        "p": trimmed(algo.price),
        "V": algo.stp,
        "wt": algo.working_type,
        "pm": algo.price_match,
        "cp": algo.close_position,
        "pP": algo.price_protect,
        "R": algo.reduce_only,
        "tt": algo.trigger_ms,
        "gtd": algo.good_till_ms,
    }
    if algo.reason:
        body["rm"] = algo.reason
    body["ia"] = algo.activated
    made_ms = now_ms + MADE_MS
    return {"e": "ALGO_UPDATE", "T": made_ms, "E": made_ms + SENT_MS, "o": body}
