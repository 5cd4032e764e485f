"""Invariant 3: what the venue said about each order, and whether the trader's conclusions rest on it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.checks.failure import error_code
from conformance.checks.invariants.rule import Violation, invariant
from conformance.checks.wire import client_order_id, client_order_id_of, event_of
from conformance.gateway.history import History
from conformance.gateway.record import Record

_PLACE = ("POST /fapi/v1/order", "POST /fapi/v1/algoOrder", "WS order.place", "WS algoOrder.place")
_CANCEL = ("DELETE /fapi/v1/order", "DELETE /fapi/v1/algoOrder", "WS order.cancel", "WS algoOrder.cancel")
_CANCEL_MANY = ("DELETE /fapi/v1/allOpenOrders", "DELETE /fapi/v1/algoOpenOrders", "DELETE /fapi/v1/batchOrders")
_ENDED = {
    "OrderCanceled": {"CANCELED", "EXPIRED", "EXPIRED_IN_MATCH"},
    "OrderExpired": {"EXPIRED", "EXPIRED_IN_MATCH", "CANCELED"},
    "OrderFilled": {"FILLED", "PARTIALLY_FILLED", "FINISHED"},
}


def route(request: Record) -> str:
    """Return `METHOD path` of a request record."""
    return f"{request['method']} {request['path']}"


def fate(answer: Record | None) -> str:
    """Return what an answer says about the order it was to place: `placed`, `refused` or `unknown`.

    Unknown are a dropped connection, a missing answer, 200 without JSON, 408, -1006 and -1007, and every 5xx but the
    ones that Binance defines as failed: -1008, -1001 and "Service Unavailable." (reference: binance-usdm, section 5).
    """
    if answer is None or answer.get("dropped"):
        return "unknown"
    status, body = int(answer.get("status") or 0), answer.get("body")
    code = body.get("code") if isinstance(body, dict) else None
    if status == 200:
        if not isinstance(body, dict):
            return "unknown"
        return "refused" if isinstance(code, int) and code < 0 else "placed"
    if status == 408 or code in (-1006, -1007):
        return "unknown"
    if status >= 500:
        failed = code in (-1008, -1001) or (isinstance(body, dict) and body.get("msg") == "Service Unavailable.")
        return "refused" if failed else "unknown"
    return "refused" if status >= 400 else "unknown"


def placements(history: History) -> dict[str, list[tuple[Record, Record | None]]]:
    """Return the trader's placing requests with their answers, by client order id."""
    answers = {answer["to"]: answer for answer in history.of("answer")}
    found: dict[str, list[tuple[Record, Record | None]]] = defaultdict(list)
    for request in history.of("request"):
        order = client_order_id_of(request["params"])
        if request["by"] == "trader" and order and route(request) in _PLACE:
            found[order].append((request, answers.get(request["id"])))
    return found


def acknowledgements(history: History) -> dict[str, int]:
    """Return when the venue first said that each order exists, in monotonic ns, by client order id."""
    words: dict[str, int] = {}
    for record, order, _ in _words(history):
        words[order] = min(record.ns, words.get(order, record.ns))
    return words


def _words(history: History) -> Iterator[tuple[Record, str, Mapping[str, Any]]]:
    """Yield what the venue said about orders: the record, the client order id, and the order as it described it."""
    for record in history.of("frame", "answer"):
        if record.kind == "frame":
            data = event_of(record)
            if data.get("e") in ("ORDER_TRADE_UPDATE", "ALGO_UPDATE"):
                order = data["o"]
                yield record, client_order_id(str(order.get("c") or order.get("caid"))), {"status": order.get("X")}
            elif data.get("e") == "TRADE_LITE":
                yield record, client_order_id(str(data.get("c"))), {"status": "PARTIALLY_FILLED"}
        elif not record.get("dropped") and record.get("status") == 200:
            yield from _described(record)


def _described(answer: Record) -> Iterator[tuple[Record, str, Mapping[str, Any]]]:
    body = answer.get("body")
    for row in body if isinstance(body, list) else [body]:
        if isinstance(row, dict) and (row.get("clientOrderId") or row.get("clientAlgoId")):
            name = client_order_id(str(row.get("clientOrderId") or row.get("clientAlgoId")))
            status = row.get("status") or row.get("algoStatus") or ("CANCELED" if row.get("code") == "200" else None)
            yield answer, name, {"status": status}


@invariant(3)
def no_conclusion_without_evidence(history: History) -> Iterator[Violation]:
    """No terminal event without the venue's evidence; an unknown fate is no rejection and never a second live order."""
    placed = placements(history)
    seen: dict[str, set[str]] = defaultdict(set)
    for _, order, described in _words(history):
        seen[order].add(str(described["status"]))
    for event in history.of("event"):
        order = event.get("client_order_id")
        if not order or event.get("reconciliation"):
            continue
        if event["event"] == "OrderRejected" and order in placed:
            yield from _rejection(event, placed[order], seen[order], history)
        if event["event"] in _ENDED and order in placed and not seen[order] & _ENDED[event["event"]]:
            if event["event"] == "OrderCanceled" and _cancelled_by_answer(history, order):
                continue
            yield Violation(3, f"{event['event']} without the venue's word for it", f"order {order}")
    for order, attempts in placed.items():
        numbers = {_number(answer) for _, answer in attempts if answer is not None and fate(answer) == "placed"}
        if len(numbers) > 1:
            yield Violation(3, "one order was placed twice", f"order {order}: {sorted(map(str, numbers))}")


def _rejection(
    event: Record, attempts: list[tuple[Record, Record | None]], statuses: set[str], history: History
) -> Iterator[Violation]:
    earlier = [answer for _, answer in attempts if answer is not None and answer.ns <= event.ns]
    fates = [fate(answer) for answer in earlier]
    unknown = [answer for answer in earlier if fate(answer) == "unknown"]
    if "refused" in fates and not unknown:
        return
    if "REJECTED" in statuses or _denied_by_query(history, attempts[0][0], before_ns=event.ns):
        return
    if unknown:
        yield Violation(3, f"OrderRejected though its fate was unknown ({_manner(unknown[0])})", f"#{event.seq}")
    else:
        code = error_code(event.get("reason"))
        yield Violation(
            3, f"OrderRejected without the venue's word for it{f' ({code})' if code else ''}", f"#{event.seq}"
        )


def _manner(answer: Record) -> str:
    if answer.get("dropped"):
        return "connection dropped"
    body = answer.get("body")
    code = body.get("code") if isinstance(body, dict) else "no JSON"
    return f"{answer.get('status')}, {code}"


def _denied_by_query(history: History, placement: Record, before_ns: int) -> bool:
    """Whether the venue answered a query of this order, after its placement, that it does not exist (-2013)."""
    answers = {answer["to"]: answer for answer in history.of("answer")}
    order = client_order_id_of(placement["params"])
    for request in history.of("request", since=placement.seq):
        asked = route(request) in ("GET /fapi/v1/order", "GET /fapi/v1/algoOrder", "WS order.status")
        answer = answers.get(request["id"])
        if asked and client_order_id_of(request["params"]) == order and answer and answer.ns <= before_ns:
            body = answer.get("body")
            if isinstance(body, dict) and body.get("code") == -2013:
                return True
    return False


def _cancelled_by_answer(history: History, order: str) -> bool:
    answers = {answer["to"]: answer for answer in history.of("answer")}
    for request in history.of("request"):
        answer = answers.get(request["id"])
        if answer is None or answer.get("status") != 200:
            continue
        if route(request) in _CANCEL_MANY:
            return True
        if route(request) in _CANCEL and client_order_id_of(request["params"]) == order:
            return True
    return False


def _number(answer: Record) -> Any:
    body = answer.get("body")
    assert isinstance(body, dict)
    return body.get("orderId") or body.get("algoId")
