"""A faulty adapter: does one thing wrong, always, between the trader and the gateway."""

import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from conformance.binance.account import Account, ws_payload
from conformance.binance.events import read_event, unwrap
from conformance.gateway.answer import Answer, Hung, Outcome, encode, scripted
from conformance.gateway.trader_side import Sent, TraderSide
from conformance.proof.wire.alteration import altered
from conformance.proof.wire.places import named
from conformance.proof.wire.wire_mutants import WireMutant

_WS = "WS "
#: What an answer is a field of, so that the answer itself can be changed like one.
_WHOLE = "answer"
_SEVERAL = 2
_CUTS: Mapping[str, Callable[[Any], Any]] = {"cut before": lambda rows: rows[1:], "cut after": lambda rows: rows[:-1]}


class FaultyAdapter(TraderSide):
    """Plays one mutant. `met` says whether what it gets wrong has come by at all."""

    def __init__(self, mutant: WireMutant, account: Account) -> None:
        self.met = False
        self._mutant = mutant
        self._account = account

    def sends(self, request: Sent) -> Sequence[Sent]:
        """Send the request as the mutant does."""
        if not self._is("request", request.route):
            return (request,)
        match self._mutant.act:
            case "sent twice":
                self.met = True
                return (request, request)
            case "swallowed" | "pretended":
                self.met = True
                return ()
        query, changed = self._with_field(request.target.partition("?")[2])
        body, changed_body = self._with_field(request.body.decode("utf-8", "replace"))
        if not (changed or changed_body):
            return (request,)
        self.met = True
        return (self._signed(request, query, body),)

    def without_sending(self, request: Sent) -> Outcome:
        """Let the trader wait, or answer as if it had been done: what was asked for, as the venue says it."""
        if self._mutant.act == "swallowed":
            return Hung()
        given = dict(parse_qsl(request.target.partition("?")[2])) | dict(parse_qsl(request.body.decode()))
        return scripted(200, _as_done(request, given))

    def hears(self, request: Sent, answer: Answer) -> Answer:
        """Read an answer as the mutant does."""
        if answer.status != 200 or not self._is("answer", request.route):
            return answer
        place = self._mutant.place
        change = _CUTS[self._mutant.act] if place.is_list else altered
        body, met = _changed_at(answer.body, self._path(), change)
        self.met |= met
        return answer.with_content(encode(body)[0])

    def sends_text(self, text: str) -> Sequence[str]:
        """Send a request of the WS API as the mutant does."""
        message = _object(text)
        if message is None or not self._is("request", f"{_WS}{message.get('method')}"):
            return (text,)
        match self._mutant.act:
            case "sent twice":
                self.met = True
                return (text, text)
            case "swallowed" | "pretended":
                self.met = True
                return ()
        params, name = dict(message.get("params") or {}), self._mutant.place.field
        if name not in params:
            return (text,)
        self.met = True
        if self._mutant.act == "dropped":
            del params[name]
        else:
            params[name] = altered(params[name])
        if "signature" in params:
            params["signature"] = self._account.sign(ws_payload(params))
        return (json.dumps({**message, "params": params}),)

    def hears_text(self, text: str) -> Sequence[str]:
        """Read a frame as the mutant does."""
        if self._mutant.place.way != "frame" or (message := _object(text)) is None:
            return (text,)
        event, stream = unwrap(message)
        said = read_event(event)
        if said is None or self._mutant.place.of not in (named(said), said.name):
            return (text,)
        if self._mutant.act in ("hidden", "doubled"):
            self.met = True
            return () if self._mutant.act == "hidden" else (text, text)
        changed, met = _changed_at(event, self._path(), altered)
        self.met |= met
        whole = changed if stream is None else {"stream": stream, "data": changed}
        return (json.dumps(whole, separators=(",", ":"), ensure_ascii=False),)

    def tells(self, event: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Tell of an event as the mutant does."""
        if not self._is("event", str(event.get("event"))):
            return (event,)
        if self._mutant.act in ("hidden", "doubled"):
            self.met = True
            return () if self._mutant.act == "hidden" else (event, event)
        changed, met = _changed_at(dict(event), self._path(), altered)
        self.met |= met
        return (changed,)

    def _is(self, way: str, of: str) -> bool:
        return (self._mutant.place.way, self._mutant.place.of) == (way, of)

    def _path(self) -> list[str]:
        return self._mutant.place.field.replace("[]", ".[]").lstrip(".").split(".")

    def _with_field(self, form: str) -> tuple[str, bool]:
        """Return a query or form as the mutant has it, without its signature, and whether it is changed."""
        pairs = parse_qsl(form, keep_blank_values=True)
        name, met = self._mutant.place.field, False
        kept: list[tuple[str, str]] = []
        for key, value in pairs:
            if key == name:
                met = True
                if self._mutant.act == "dropped":
                    continue
                kept.append((key, str(altered(value))))
            elif key != "signature":
                kept.append((key, value))
        signed = any(key == "signature" for key, _ in pairs)
        return urlencode(kept, quote_via=quote) + ("&signature=" if signed else ""), met

    def _signed(self, request: Sent, query: str, body: str) -> Sent:
        """Return the request signed anew: a faulty adapter signs what it sends."""
        path = request.target.partition("?")[0]
        payload = query.removesuffix("&signature=") + body.removesuffix("&signature=")
        signature = quote(self._account.sign(payload), safe="")
        query, body = (f"{each}{signature}" if each.endswith("&signature=") else each for each in (query, body))
        return Sent(request.method, f"{path}?{query}" if query else path, body.encode(), request.api_key)


def _as_done(request: Sent, given: Mapping[str, str]) -> Any:
    """Return an answer by which a trader takes the request for done: of a write what was given, of a read nothing."""
    path = request.target.partition("?")[0]
    if request.method == "GET":
        return {} if path.endswith(("/order", "/algoOrder", "/account", "/exchangeInfo", "/time")) else []
    number = {"orderId": 8389766079988521101, "algoId": 3000000012345, "clientAlgoId": given.get("clientAlgoId", "")}
    row = {**given, **number, "status": "NEW", "algoStatus": "NEW", "updateTime": int(given.get("timestamp", 0))}
    row["clientOrderId"] = given.get("newClientOrderId", given.get("origClientOrderId", ""))
    return [row] if path.endswith("/batchOrders") else {**row, "code": 200, "msg": "success"}


def _changed_at(data: Any, path: Sequence[str], change: Callable[[Any], Any]) -> tuple[Any, bool]:
    """Return the data with each value at the path changed, and whether there was one that could be."""
    changed = deepcopy({_WHOLE: data})
    met = _change(changed, [_WHOLE, *path], change)
    return changed[_WHOLE], met


def _change(data: Any, path: Sequence[str], change: Callable[[Any], Any]) -> bool:
    step, *rest = path
    if step == "[]":
        rows = data if isinstance(data, list) and rest else []
        return sum(_change(row, rest, change) for row in rows) > 0
    if not isinstance(data, dict) or data.get(step) is None:
        return False
    if rest == ["[]"]:
        rows = data[step]
        if not isinstance(rows, list) or len(rows) < _SEVERAL:
            return False
    elif rest:
        return _change(data[step], rest, change)
    data[step] = change(data[step])
    return True


def _object(text: str) -> dict[str, Any] | None:
    try:
        parsed = json.loads(text)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
