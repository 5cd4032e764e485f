"""vcrpy at the upstream client: it writes down what is scrubbed, finds it again by essence, and repeats reads."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from vcr.cassette import Cassette
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.filters import decode_response
from vcr.record_mode import RecordMode
from vcr.request import Request
from vcr.stubs.httpx_stubs import vcr_handle_async_request

from conformance.binance.usdm import is_plumbing
from conformance.gateway.cassette.conversation import DriftedError
from conformance.gateway.cassette.matching import Identities, difference, endpoint, essence
from conformance.gateway.cassette.session_file import SessionFile
from conformance.gateway.network import NUMBER_HEADER, NetworkTransport
from conformance.history.redaction import Redaction
from conformance.nearest import most_like

# The port a simulator happened to have is of no interest to a reader, nor to a match.
VENUE_HOST = "http://venue"
_KEPT_HEADERS = ("content-type", "retry-after", "x-mbx-", "x-conformance-")


class SessionCassette(Cassette):  # type: ignore[misc]
    """A vcrpy cassette of one session. Writes are played once each and in order; reads as often as they are made.

    Of the recorded answers to a read, the one is played that was true at this point of the conversation: `position` is
    the number of the latest recorded write or control that has happened in this replay.
    """

    position = 0
    causes: tuple[int, ...] = ()

    def __contains__(self, request: Request) -> bool:
        if is_repeatable(request):
            return any(True for _ in self._responses(request))
        return bool(super().__contains__(request))

    def play_response(self, request: Request) -> Mapping[str, Any]:
        """Return the recorded response to a request that the cassette contains."""
        if not is_repeatable(request):
            response: Mapping[str, Any] = super().play_response(request)
            return response
        candidates = sorted(self._responses(request), key=lambda entry: number_of(entry[1]))
        moments = {index: self._moment(number_of(response)) for index, response in candidates}
        now = [entry for entry in candidates if moments[entry[0]] == self.position and not self.play_counts[entry[0]]]
        past = [entry for entry in candidates if moments[entry[0]] <= self.position]
        index, chosen = now[0] if now else past[-1] if past else candidates[0]
        self.play_counts[index] += 1
        return dict(chosen)

    def unplayed_writes(self) -> list[Request]:
        """Return the recorded writes that were never made."""
        return [
            request
            for index, (request, _) in enumerate(self.data)
            if not self.play_counts[index] and not is_repeatable(request)
        ]

    def _moment(self, number: int) -> int:
        return max((cause for cause in self.causes if cause < number), default=0)


class CassetteTransport(httpx.AsyncBaseTransport):
    """Puts vcrpy's own httpx stub before one transport, where `use_cassette` would patch every one in the process."""

    def __init__(self, cassette: SessionCassette, network: NetworkTransport) -> None:
        self._cassette = cassette
        self._network = network
        self._handle = vcr_handle_async_request(cassette, NetworkTransport.handle_async_request, httpx)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Record or replay one request; raises `DriftedError` for a write the cassette does not hold."""
        try:
            response: httpx.Response = await self._handle(self._network, request)
        except CannotOverwriteExistingCassetteException as error:
            path = request.url.path
            if is_plumbing(request.method, path):
                # Versions keep a session alive in different ways, and none of them is what a case is about.
                body = {} if request.method == "DELETE" else {"listenKey": "LISTENKEY-1"}
                return httpx.Response(200, json=body)
            live = Request(request.method, str(request.url), request.content, {})
            raise DriftedError(describe_drift(self._cassette, live)) from error
        return response


def record_cassette(file: SessionFile, redaction: Redaction, symbols: frozenset[str]) -> SessionCassette:
    """Return an empty cassette that keeps every interaction, scrubbed."""
    return SessionCassette(
        str(file.path),
        serializer=file,
        persister=file,
        record_mode=RecordMode.ALL,
        before_record_request=_scrubber(redaction),
        before_record_response=lambda response: _scrub_response(decode_response(response), redaction, symbols),
    )


def load_cassette(file: SessionFile, identities: Identities) -> SessionCassette:
    """Load a cassette for replay; raises `CassetteError`. `identities` learns of every order in it."""
    cassette: SessionCassette = SessionCassette.load(
        path=str(file.path),
        serializer=file,
        persister=file,
        record_mode=RecordMode.NONE,
        match_on=_matchers(identities),
    )
    for response in cassette.responses:
        try:
            identities.learn(json.loads(response["body"]["string"]))
            number_of(response)
        except (KeyError, IndexError):
            raise file.refuse(f"an interaction lacks its {NUMBER_HEADER} header") from None
        except ValueError:
            continue  # a body that is not JSON names no order
    return cassette


def params_of(request: Request) -> dict[str, str]:
    """Return a recorded or live request's parameters, of its query and its body."""
    body = request.body.decode("utf-8", "replace") if isinstance(request.body, bytes) else ""
    form = parse_qsl(body, keep_blank_values=True)
    return dict(form) | dict(parse_qsl(urlsplit(request.uri).query, keep_blank_values=True))


def number_of(response: Mapping[str, Any]) -> int:
    """Return the number that a recorded response's request had in its session."""
    headers: Mapping[str, list[str]] = response["headers"]
    lower = {name.lower(): values for name, values in headers.items()}
    return int(lower[NUMBER_HEADER.lower()][0])


def is_repeatable(request: Request) -> bool:
    """Say whether a request may be made more often than it was recorded: it changes nothing at the venue."""
    return request.method == "GET" or is_plumbing(request.method, urlsplit(request.uri).path)


def describe_drift(cassette: SessionCassette, live: Request) -> str:
    """Say which request the cassette does not hold, and which recorded one comes nearest, by vcrpy's own reckoning."""
    parts = urlsplit(live.uri)
    what = f"{live.method} {parts.path}"
    shown = " ".join(f"{name}={value}" for name, value in params_of(live).items() if name not in ("signature",))
    told = f"{what} {shown} is not in the cassette {cassette.path}"
    if live in cassette or any(True for _ in cassette._responses(live)):
        return f"{told} once more: it was recorded, but every recording of it has been played"
    for request, held, failures in cassette.find_requests_with_most_matches(live):
        if "same_endpoint" in held:
            differs = "; ".join(message for _, message in failures if message)
            return f"{told}; the nearest recorded is {request.method} {urlsplit(request.uri).path}: {differs}"
    routes = {f"{each.method} {urlsplit(each.uri).path}" for each in cassette.requests}
    nearest = most_like(what, routes, at_least=0) or "none"
    return f"{told}; it holds no request of that route, the nearest is {nearest}"


def _matchers(identities: Identities) -> tuple[Callable[[Request, Request], None], ...]:
    def same_endpoint(live: Request, recorded: Request) -> None:
        now, then = (endpoint(each.method, urlsplit(each.uri).path) for each in (live, recorded))
        assert now == then, f"recorded as {then}, now {now}"

    def same_essence(live: Request, recorded: Request) -> None:
        now, then = (
            essence(each.method, urlsplit(each.uri).path, params_of(each), identities) for each in (live, recorded)
        )
        assert now == then, difference(now, then)

    return same_endpoint, same_essence


def _scrubber(redaction: Redaction) -> Callable[[Request], Request]:
    def scrub(request: Request) -> Request:
        parts = urlsplit(request.uri)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = request.body
        clean = redaction.hide(body.decode("utf-8", "replace")) if isinstance(body, bytes) and body else ""
        return Request(request.method, VENUE_HOST + redaction.hide(target), clean, {})

    return scrub


def _scrub_response(response: dict[str, Any], redaction: Redaction, symbols: frozenset[str]) -> dict[str, Any]:
    kept = {name: values for name, values in response["headers"].items() if name.lower().startswith(_KEPT_HEADERS)}
    text = redaction.hide(response["body"]["string"].decode("utf-8", "replace"))
    return {**response, "headers": kept, "body": {"string": _only_symbols(text, symbols).encode()}}


def _only_symbols(text: str, symbols: frozenset[str]) -> str:
    """Return exchange information with only the symbols a case trades: the testnet lists hundreds."""
    if '"exchangeFilters"' not in text or not symbols:
        return text
    try:
        parsed = json.loads(text)
        parsed["symbols"] = [each for each in parsed["symbols"] if each["symbol"] in symbols]
    except (ValueError, KeyError, TypeError):
        return text
    return json.dumps(parsed, separators=(",", ":"), ensure_ascii=False)
