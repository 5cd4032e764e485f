"""What the trader asked the venue to do with each order: every order request, and the entries of every batch alike.

The invariants about order requests read them from here, so that an order in a batch obeys what a single one does.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from conformance.history.history import History
from conformance.history.record import Record
from conformance.kit.wire import client_order_id_of

What = Literal["place", "modify", "cancel", "query"]
#: What a route asks for, and whether of the Algo service: binance-usdm, sections 6 and 7.
ROUTES: Mapping[str, tuple[What, bool]] = {
    "POST /fapi/v1/order": ("place", False),
    "POST /fapi/v1/batchOrders": ("place", False),
    "POST /fapi/v1/algoOrder": ("place", True),
    "WS order.place": ("place", False),
    "WS algoOrder.place": ("place", True),
    "PUT /fapi/v1/order": ("modify", False),
    "PUT /fapi/v1/batchOrders": ("modify", False),
    "WS order.modify": ("modify", False),
    "DELETE /fapi/v1/order": ("cancel", False),
    "DELETE /fapi/v1/batchOrders": ("cancel", False),
    "DELETE /fapi/v1/algoOrder": ("cancel", True),
    "WS order.cancel": ("cancel", False),
    "WS algoOrder.cancel": ("cancel", True),
    "GET /fapi/v1/order": ("query", False),
    "GET /fapi/v1/openOrder": ("query", False),
    "GET /fapi/v1/algoOrder": ("query", True),
    "WS order.status": ("query", False),
}
_BATCH = "/fapi/v1/batchOrders"


def route(request: Record) -> str:
    """Return `METHOD path` of a request record."""
    return f"{request['method']} {request['path']}"


@dataclass(frozen=True, slots=True)
class OrderAct:
    """One thing asked of one order. `params` and `body` are those of the order's own entry where it was in a batch."""

    what: What
    algo: bool
    request: Record
    params: Mapping[str, str]
    answer: Record | None
    body: Any

    @property
    def route(self) -> str:
        """`METHOD path` of the request."""
        return route(self.request)

    @property
    def order(self) -> str | None:
        """The trader's own client order id that the request names, or None."""
        return client_order_id_of(self.params)

    @property
    def number(self) -> str | None:
        """The venue's id that the request names, an orderId or an algoId, or None."""
        return self.params.get("algoId" if self.algo else "orderId")

    @property
    def status(self) -> int:
        """The HTTP status of the answer; 0 for none."""
        return int(self.answer.get("status") or 0) if self.answer is not None else 0

    @property
    def code(self) -> int | None:
        """The venue's error code (negative), or None."""
        code = self.body.get("code") if isinstance(self.body, dict) else None
        return code if isinstance(code, int) and code < 0 else None

    @property
    def granted(self) -> bool:
        """Whether the venue said that it did what was asked."""
        return self.status == 200 and isinstance(self.body, dict) and self.code is None

    @property
    def fate(self) -> str:
        """What the answer says about an order that was to be placed: `placed`, `refused` or `unknown`.

        Unknown are a dropped connection, a missing answer, 200 without JSON, 408, -1006 and -1007, and every 5xx but
        the ones that Binance defines as failed: -1008, -1001 and "Service Unavailable." (binance-usdm, section 5).
        """
        status, body = self.status, self.body
        if status == 200:
            if not isinstance(body, dict):
                return "unknown"
            return "placed" if self.code is None else "refused"
        if status == 408 or self.code in (-1006, -1007):
            return "unknown"
        if status >= 500:
            failed = self.code in (-1008, -1001) or (
                isinstance(body, dict) and body.get("msg") == "Service Unavailable."
            )
            return "refused" if failed else "unknown"
        return "refused" if status >= 400 else "unknown"

    def __str__(self) -> str:
        return f"#{self.request['id']} {self.route}"


def order_acts(history: History, *what: What) -> Iterator[OrderAct]:
    """Yield what the trader asked for, in the order of its requests; with `what`, only acts of these kinds."""
    answers = {answer["to"]: answer for answer in history.of("answer")}
    for request in history.of("request"):
        if request["by"] != "trader" or route(request) not in ROUTES:
            continue
        act, algo = ROUTES[route(request)]
        if what and act not in what:
            continue
        answer = answers.get(request["id"])
        body = answer.get("body") if answer is not None else None
        for number, params in enumerate(_entries(request)):
            own = body
            if request["path"] == _BATCH and isinstance(body, list):
                # The rows of a batch come in the order of its entries, an error among them in its order's place.
                own = body[number] if number < len(body) else None
            yield OrderAct(act, algo, request, params, answer, own)


def batch_is_readable(request: Record) -> bool:
    """Whether a request is no batch, or one whose list of orders is a JSON list of what its route takes."""
    return request["path"] != _BATCH or bool(_entries(request))


def _entries(request: Record) -> Sequence[Mapping[str, str]]:
    params: Mapping[str, str] = request["params"]
    if request["path"] != _BATCH:
        return [params]
    if request["method"] != "DELETE":
        rows = _json_list(params.get("batchOrders"))
        return [{key: _text(value) for key, value in row.items()} for row in rows if isinstance(row, dict)]
    shared = {"symbol": params["symbol"]} if "symbol" in params else {}
    names = [{**shared, "origClientOrderId": _text(name)} for name in _json_list(params.get("origClientOrderIdList"))]
    return names or [{**shared, "orderId": _text(number)} for number in _json_list(params.get("orderIdList"))]


def _json_list(text: str | None) -> list[Any]:
    try:
        parsed = json.loads(text or "")
    except ValueError:
        return []
    return parsed if isinstance(parsed, list) else []


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def placements(history: History) -> dict[str, list[OrderAct]]:
    """Return the trader's placing requests by client order id."""
    found: dict[str, list[OrderAct]] = {}
    for act in order_acts(history, "place"):
        if act.order:
            found.setdefault(act.order, []).append(act)
    return found
