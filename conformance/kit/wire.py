"""The wire as a case reads it: which requests the trader made, what the venue answered, which frames it sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.binance.client_order_id import id_in, own_id
from conformance.binance.route import Routes, Where
from conformance.history.entries import Answer, Entry, Frame, Request
from conformance.history.history import DeadlineError, History
from conformance.kit.failure import CheckError
from conformance.kit.fields import Fields, fields_of
from conformance.kit.request_count import RequestCount
from conformance.kit.waiting import comes_true

#: Fields of a frame that hold ids: of an order, a trade, an algo order and its child, a listen key.
_FRAME_IDS = frozenset({"c", "C", "i", "t", "caid", "aid", "ai", "listenKey"})


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and the answer to it (`status` is 0 and `answer` None when the connection was dropped)."""

    request: Request
    reply: Answer

    @property
    def route(self) -> str:
        """`METHOD path` of the request."""
        return self.request.route

    @property
    def params(self) -> Mapping[str, str]:
        """The request's parameters, all strings; one that is not there is a `CheckError`."""
        return Fields(self.request.params, self.route)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.reply.status

    @property
    def answer(self) -> Any:
        """The answer's parsed JSON body; a field that is not there is a `CheckError`."""
        return fields_of(self.reply.body, f"the answer to {self.route}")


class Wire:
    """The requests of the trader in the order in which the gateway saw them.

    A route reads `POST /fapi/v1/order` or `WS order.place`; `place order` is either, by the trader's transport.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._counts: list[RequestCount] = []

    def requests(self, route: str, **params: str) -> list[Request]:
        """Return the trader's requests on a route, or for an operation, whose parameters include `params` so far."""
        wanted = Routes.parse(route)
        return [request for request in self._history.of(Request) if _is(request, wanted, params)]

    def asked(self, routes: Where, *, since: int = 0) -> list[Request]:
        """Return the trader's requests from `since` on, on any of these routes or operations (`place order`)."""
        wanted = Routes.parse(routes)
        return [
            request
            for request in self._history.of(Request, since=since)
            if request.by == "trader" and (request.method, request.path) in wanted
        ]

    def keyed_below(self, path: str) -> list[Request]:
        """Return the trader's requests that took its API key to a path that begins with `path`."""
        mine = (each for each in self._history.of(Request) if each.by == "trader")
        return [request for request in mine if request.path.startswith(path) and request.api_key != "absent"]

    def signed(self) -> list[Request]:
        """Return the trader's requests that were signed, rightly or not."""
        return [each for each in self._history.of(Request) if each.by == "trader" and each.signature != "absent"]

    async def one(self, route: str, *, within_s: float = 5.0, **params: str) -> Exchange:
        """Return the only request on a route with these parameters and its answer, waiting for both.

        Fails when none comes in time, or when there is a second one.
        """
        exchanges = await self.exactly(1, route, within_s=within_s, **params)
        return exchanges[0]

    async def exactly(self, count: int, route: str, *, within_s: float = 5.0, **params: str) -> list[Exchange]:
        """Return the `count` requests on a route with these parameters and their answers, waiting for them."""
        wanted = f"{count} × {route} {_shown(params)}".rstrip()
        answered = {answer.to: answer for answer in self._history.of(Answer)}

        def complete(entry: Entry) -> bool:
            if isinstance(entry, Answer):
                answered[entry.to] = entry
            found = self.requests(route, **params)
            return len(found) >= count and all(request.id in answered for request in found)

        try:
            await self._history.wait(complete, what=wanted, within_s=within_s)
        except DeadlineError as error:
            found = len(self.requests(route, **params))
            answered_too, unanswered = (" with an answer", " unanswered") if found == count else ("", "")
            raise CheckError(
                f"requests {route} {_shown(params)}".rstrip(),
                required=f"{count}{answered_too} within {within_s:g} s",
                seen=f"{found or 'none'}, nearest: {self._nearest(route)}",
                since=error.since,
                signature=f"{found}{unanswered} instead of {count} × {route} {' '.join(params)}".rstrip(),
            ) from None
        found_requests = self.requests(route, **params)
        if len(found_requests) != count:
            raise self._counted(len(found_requests), count, route, params)
        self._require(count, route, params)
        return [Exchange(request, answered[request.id]) for request in found_requests]

    async def answers(self, routes: Where, *, within_s: float) -> bool:
        """Wait until the trader has asked on one of these routes and every such request has its answer.

        Returns whether it came to that in time: a version may ask something else, or later.
        """

        async def have_come() -> bool:
            answered = {answer.to for answer in self._history.of(Answer)}
            asked = self.asked(routes)
            return bool(asked) and all(request.id in answered for request in asked)

        return await comes_true(self._history, have_come, within_s=within_s)

    def none(self, route: str, **params: str) -> None:
        """Fail if the trader has made any request on a route with these parameters."""
        found = self.requests(route, **params)
        if found:
            raise self._counted(len(found), 0, route, params)
        self._require(0, route, params)

    def check_again(self) -> None:
        """Fail if what `one`, `exactly` or `none` required has been broken since: a request came that was too many.

        Requests count up to the case's next act that may rightly lead to one: after `none("DELETE …")` the case may
        cancel, after `one("PUT …")` amend again. Where the order is named, only a later command about this order (or
        all orders) is such an act, for its placement only another submission of it. Questions (GET) do not count.
        """
        for wanted in self._counts:
            end = next((entry.seq for entry in self._history if wanted.is_ended_by(entry)), len(self._history))
            found = [record for record in self.requests(wanted.route, **wanted.params) if record.seq < end]
            if len(found) != wanted.count:
                raise self._counted(len(found), wanted.count, wanted.route, wanted.params)

    async def frame(self, event: str, *, within_s: float = 5.0, since: int = 0, **fields: str) -> Frame:
        """Return the first frame from `since` on of this event type whose fields (also those under `o`) match.

        Fails when none comes in time; the signature has the fields' values except for ids.
        """
        try:
            return await self._history.wait_for(
                Frame,
                lambda frame: _frame_is(frame, event, fields),
                what=f"frame {event} {_shown(fields)}".rstrip(),
                within_s=within_s,
                since=since,
            )
        except DeadlineError as error:
            named = [name if name in _FRAME_IDS else f"{name}={value}" for name, value in fields.items()]
            raise CheckError(
                f"frame {event} {_shown(fields)}".rstrip(),
                required=f"one within {within_s:g} s",
                seen="none",
                since=error.since,
                signature=" ".join(["no frame", event, *named]),
            ) from None

    def _require(self, count: int, route: str, params: Mapping[str, str]) -> None:
        wanted = RequestCount(count, route, params, id_in(params), since=len(self._history))
        if wanted.binds:
            self._counts.append(wanted)

    def _counted(self, found: int, count: int, route: str, params: Mapping[str, str]) -> CheckError:
        return CheckError(
            f"requests {route} {_shown(params)}".rstrip(),
            required=str(count or "none"),
            seen=str(found or "none"),
            signature=f"{found} instead of {count} × {route} {' '.join(params)}".rstrip(),
        )

    def _nearest(self, route: str) -> str:
        path = route.rsplit(maxsplit=1)[-1]
        made = [request.route for request in self._history.of(Request) if request.by == "trader"]
        same_path = [name for name in made if name.endswith(path)]
        return ", ".join(dict.fromkeys(same_path or made[-5:])) or "the trader made no request at all"


def _is(request: Request, routes: Routes, params: Mapping[str, str]) -> bool:
    if request.by != "trader" or (request.method, request.path) not in routes:
        return False
    given = request.params
    for name, value in params.items():
        actual = given.get(name)
        if actual is None or value not in (actual, own_id(actual)):
            return False
    return True


def event_of(frame: Frame) -> Mapping[str, Any]:
    """Return what a frame holds, by the venue's own letters; {} for a frame that is not an event."""
    return frame.data if isinstance(frame.data, dict) else {}


def _frame_is(frame: Frame, event: str, fields: Mapping[str, str]) -> bool:
    told = frame.event
    if told is None or told.name != event:
        return False
    return all(value in (str(told.get(name)), own_id(str(told.get(name)))) for name, value in fields.items())


def _shown(params: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in params.items())
