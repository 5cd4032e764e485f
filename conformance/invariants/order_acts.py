"""What the trader asked the venue to do with each order: every order request, and the entries of every batch alike.

The invariants about order requests read them from here, so that an order in a batch obeys what a single one does.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.binance.client_order_id import id_in
from conformance.binance.endpoint import Act
from conformance.binance.fate import Fate, code_of, fate_of
from conformance.history.entries import Answer, Request

_ACTS: tuple[Act, ...] = ("place", "modify", "cancel", "query")


@dataclass(frozen=True, slots=True)
class OrderAct:
    """One thing asked of one order. `params` and `body` are those of the order's own entry where it was in a batch."""

    what: Act
    algo: bool
    request: Request
    params: Mapping[str, str]
    answer: Answer | None
    body: Any

    @property
    def route(self) -> str:
        """`METHOD path` of the request."""
        return self.request.route

    @property
    def order(self) -> str | None:
        """The trader's own client order id that the request names, or None."""
        return id_in(self.params)

    @property
    def number(self) -> str | None:
        """The venue's id that the request names, an orderId or an algoId, or None."""
        return self.params.get("algoId" if self.algo else "orderId")

    @property
    def status(self) -> int:
        """The HTTP status of the answer; 0 for none."""
        return self.answer.status if self.answer is not None else 0

    @property
    def code(self) -> int | None:
        """The venue's error code (negative), or None."""
        return code_of(self.body)

    @property
    def granted(self) -> bool:
        """Whether the venue said that it did what was asked."""
        return self.status == 200 and isinstance(self.body, dict) and self.code is None

    @property
    def fate(self) -> Fate:
        """What the answer says of whether the venue did what was asked; a batch's answer has a row for each order."""
        return "unknown" if self.status == 200 and not isinstance(self.body, dict) else fate_of(self.status, self.body)

    def __str__(self) -> str:
        return f"#{self.request.id} {self.route}"


def order_acts(requests: Iterable[Request], answers: Mapping[int, Answer]) -> Iterator[OrderAct]:
    """Yield what is asked of single orders, in the order of the requests; `answers` go by the number of a request."""
    for request in requests:
        endpoint = request.endpoint
        if endpoint is None or endpoint.act not in _ACTS:
            continue
        answer = answers.get(request.id)
        body = answer.body if answer is not None else None
        for number, params in enumerate(_entries(request)):
            own = body
            if endpoint.batch and isinstance(body, list):
                # The rows of a batch come in the order of its entries, an error among them in its order's place.
                own = body[number] if number < len(body) else None
            yield OrderAct(endpoint.act, endpoint.algo, request, params, answer, own)


def batch_is_readable(request: Request) -> bool:
    """Whether a request is no batch, or one whose list of orders is a JSON list of what its route takes."""
    return not _is_batch(request) or bool(_entries(request))


def _is_batch(request: Request) -> bool:
    return request.endpoint is not None and request.endpoint.batch


def _entries(request: Request) -> Sequence[Mapping[str, str]]:
    params = request.params
    if not _is_batch(request):
        return [params]
    if request.method != "DELETE":
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
