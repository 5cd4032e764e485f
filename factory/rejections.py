"""What a rejection means, whether a retry can help, and what to do.

The table is data, with its source, in `rejections.json`. This module needs no NautilusTrader.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

# NautilusTrader words a rejection differently in every version: "{'code': -2019, 'msg': …}", "code=-2019: …",
# "submit-order-error: Binance error -2019 (HTTP 400): …". The code is what they have in common.
_SAID_TO_BE_A_CODE = re.compile(r"\b(?:code|error)\W{0,4}?(-\d{4})(?!\d)", re.IGNORECASE)
_LOOKS_LIKE_A_CODE = re.compile(r"(?<![\w.=-])-\d{4}(?!\d|\.\d)")
_HTTP_STATUS = re.compile(r"\b(?:HTTP|status)(?:[ _]?(?:code|status))?\W{0,3}([45]\d{2})\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class RejectionExplained:
    """A rejection, explained. It repeats nothing of the reason, which may hold a signed URL.

    code        Binance's error code, or None where the reason has none
    name        Binance's name for the code, or None where it is unknown
    category    a key of `categories` in `rejections.json`, such as "insufficient_margin" or "fate_unknown"
    retryable   whether sending the same order again, after a pause, can help and is safe
    what_to_do  one or two sentences
    """

    code: int | None
    name: str | None
    category: str
    retryable: bool
    what_to_do: str


def explain_rejection(reason: str | int | None) -> RejectionExplained:
    """Explain the reason of an `OrderRejected`, `OrderDenied`, `…CancelRejected` or `…ModifyRejected`, or a code.

    `reason` is the event's text in any version's wording, an error code (-2019), or an HTTP status (503). What is not
    recognised is explained as "unknown", whose advice is the cautious one. Never raises.
    """
    table = _table()
    text = "" if reason is None else str(reason).strip()
    code = _code(text, table)
    entry = table["codes"].get(str(code), {})
    category = entry.get("category") or (None if code is not None else _by_text(text, table)) or "unknown"
    advice = table["categories"][category]
    return RejectionExplained(
        code=code,
        name=entry.get("name"),
        category=category,
        retryable=advice["retryable"],
        what_to_do=advice["what_to_do"],
    )


def _code(text: str, table: dict[str, Any]) -> int | None:
    if said := _SAID_TO_BE_A_CODE.search(text):
        return int(said[1])
    return next((int(each[0]) for each in _LOOKS_LIKE_A_CODE.finditer(text) if each[0] in table["codes"]), None)


def _by_text(text: str, table: dict[str, Any]) -> str | None:
    lowered = text.lower()
    for entry in table["texts"]:
        if lowered == entry.get("is") or ("contains" in entry and entry["contains"] in lowered):
            return str(entry["category"])
    status = _HTTP_STATUS.search(text)
    found: str | None = table["http_statuses"].get(status[1] if status else text)
    return found


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(Path(__file__).with_name("rejections.json").read_text(encoding="utf-8"))
    return table
