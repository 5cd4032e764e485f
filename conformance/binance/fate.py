"""The fate of a request: what its answer says of whether the venue did what was asked.

The source is binance-usdm, section 5: 408 and -1007, -1006, and 503 "Unknown error …" leave it unknown, as does every
answer that is not the venue's own (a page of a proxy, half a body, a connection that ended). -1008, -1001 and 503
"Service Unavailable." say that it was not executed and may be sent again. Every other error is a refusal.
"""

import re
from typing import Any, Literal

Fate = Literal["executed", "refused", "not executed", "unknown"]

UNKNOWN_CODES = frozenset({-1006, -1007})
NOT_EXECUTED_CODES = frozenset({-1001, -1003, -1008, -1015})
TIMEOUT_STATUS = 408
THROTTLED_STATUSES = frozenset({418, 429})
NO_SUCH_ORDER = -2013
CANCEL_REJECTED = -2011
TOO_MANY_ORDERS = -1015
_SERVICE_UNAVAILABLE = "Service Unavailable."
_CODE = re.compile(r"(?<![\w.])-[1-9]\d{3}(?!\d|\.\d)")


def code_of(body: Any) -> int | None:
    """Return the venue's error code (negative) in an answer's parsed body, or None."""
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, int) and code < 0 else None


def fate_of(status: int, body: Any) -> Fate:
    """Return what became of a request, by its answer: its status (0 without an answer) and its parsed body."""
    code = code_of(body)
    if status == 200:
        if not isinstance(body, dict | list):
            return "unknown"
        return "executed" if code is None else "refused"
    if code in UNKNOWN_CODES or status in (0, TIMEOUT_STATUS):
        return "unknown"
    if code in NOT_EXECUTED_CODES or status in THROTTLED_STATUSES:
        return "not executed"
    if status >= 500:
        message = body.get("msg") if isinstance(body, dict) else None
        return "not executed" if message == _SERVICE_UNAVAILABLE else "unknown"
    return "refused" if status >= 400 else "unknown"


def error_code(text: str | None) -> str | None:
    """Return the venue's error code, such as `-2019`, that a reason mentions, or None.

    Reasons are worded differently by version (2.x prefixes them), so only the code is ever compared.
    """
    found = _CODE.search(text or "")
    return found.group() if found else None
