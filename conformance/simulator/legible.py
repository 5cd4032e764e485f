"""Requests as a person reads them, for a simulator running alone. No signature, key or listen key is shown."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from conformance.simulator.rest.answering import Answer, RestRequest

HIDDEN = ("signature", "timestamp", "recvWindow", "listenKey", "apiKey")
TELLING = ("status", "algoStatus", "orderId", "algoId", "executedQty", "code", "msg")


def describe(request: RestRequest, answer: Answer) -> str:
    """Return one line: time, method, path, parameters, status, and what matters of the answer."""
    pairs = parse_qsl("&".join(part for part in (request.raw_query, request.raw_body) if part), keep_blank_values=True)
    params = " ".join(f"{name}={value[:40]}" for name, value in pairs[:20] if name not in HIDDEN)
    at = datetime.now(UTC).strftime("%H:%M:%S.%f")[:-3]
    return f"{at}  {request.method:6} {request.path} {params}  →  {answer.status} {_gist(answer.body)}".rstrip()


def _gist(body: object) -> str:
    if isinstance(body, list):
        return f"[{len(body)}]"
    if not isinstance(body, dict) or "listenKey" in body:
        return ""
    return " ".join(f"{name}={json.dumps(body[name], ensure_ascii=False)}" for name in TELLING if name in body)
