"""Replay: a recorded session answers in the venue's place, with this run's ids and times, and pushes its frames."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from vcr.request import Request

from conformance.binance.endpoint import WS
from conformance.binance.usdm import USDM, is_plumbing, writes
from conformance.gateway.answer import Answer
from conformance.gateway.cassette.conversation import Conversation, Deliver, DriftedError
from conformance.gateway.cassette.matching import Identities, difference, essence
from conformance.gateway.cassette.rebinding import Rebinding
from conformance.gateway.cassette.session_cassette import (
    VENUE_HOST,
    CassetteTransport,
    describe_drift,
    is_repeatable,
    load_cassette,
    number_of,
    params_of,
)
from conformance.gateway.cassette.session_file import Header, SessionFile
from conformance.gateway.connection import Connection
from conformance.gateway.network import NetworkTransport
from conformance.gateway.upstream import Upstream
from conformance.gateway.wire import WireRequest, WireWriter
from conformance.history.entries import Channel


class Replay(Conversation):
    """Replays one file; raises `CassetteError` at once where it is cut, edited, or of another case than `case`."""

    replaying = True

    def __init__(self, path: Path, case: str | None = None) -> None:
        self._file = SessionFile(path)
        self._identities = Identities()
        self._cassette = load_cassette(self._file, self._identities)
        assert self._file.header is not None
        self.header: Header = self._file.header
        if case is not None and self.header.case != case:
            raise self._file.refuse(f"it is a recording of {self.header.case}, expected {case}")
        for frame in self._file.frames:
            self._identities.learn(frame["data"])
        for entry in self._file.ws_api:
            self._identities.learn(entry["answer"])
        self._recorded = {number_of(response): params_of(request) for request, response in self._cassette.data}
        self._recorded |= {entry["number"]: entry["params"] for entry in self._file.ws_api}
        self._cassette.causes = tuple(sorted(self._causes()))
        known = {0, *self._recorded, *(control["number"] for control in self._file.controls)}
        for frame in self._file.frames:
            if frame["after"] not in known:
                raise self._file.refuse(
                    f"a frame follows number {frame['after']}, which is neither request nor control"
                )
        self._frames = list(self._file.frames)
        self._waiting: dict[Channel, list[Any]] = {"user": [], "market": [], "ws-api": []}
        self._controls = list(self._file.controls)
        self._ws_played: Counter[int] = Counter()

    def start(self, wire: WireWriter, started_ns: int, deliver: Deliver, upstream: Upstream | None) -> None:
        """Begin: the recorded start becomes now."""
        del started_ns, upstream
        self._deliver = deliver
        self._rebinding = Rebinding(self.header.started_ms, wire.wall_ms())

    def wrap(self, network: NetworkTransport) -> httpx.AsyncBaseTransport:
        """Put vcrpy in the network's place: in replay it lets nothing through."""
        return CassetteTransport(self._cassette, network)

    def answered(self, request: WireRequest, answer: Answer) -> Answer:
        """Return the recorded answer with this run's ids and times."""
        if answer.recorded is not None:
            self._pass(answer.recorded, request)
        return answer.with_content(self._rebinding.content(answer.content))

    def ws_answer(self, request: WireRequest) -> tuple[int, Mapping[str, Any]]:
        """Return the recorded answer to a request of the WS API, or that of the same operation over HTTP."""
        entry = self._ws_entry(request)
        if entry is None:
            return self._http_answer(request)
        self._ws_played[entry["number"]] += 1
        self._pass(entry["number"], request)
        return entry["number"], self._rebinding.value(entry["answer"])

    async def release(self, recorded: int | None, *, before_answer: bool) -> None:
        """Deliver the frames that followed a recorded request, those before or those after its answer."""
        if recorded is not None:
            await self._release(recorded, before_answer)

    async def opened(self, connection: Connection) -> None:
        """Deliver what was recorded before any request, and what found no connection open."""
        held, self._waiting[connection.channel] = self._waiting[connection.channel], []
        for event in held:
            connection.put(event)
        for frame in [each for each in self._frames if each["after"] == 0 and each["channel"] == connection.channel]:
            self._frames.remove(frame)
            connection.put(self._rebinding.value(frame["data"]))

    async def control(self, number: int, what: str, data: Mapping[str, Any]) -> None:
        """Deliver the frames that followed the recorded act; raises `DriftedError` where another act was recorded."""
        del number, data
        if not self._controls or self._controls[0]["what"] != what:
            expected = f"{self._controls[0]['what']!r} comes next" if self._controls else "none is left"
            raise DriftedError(f"control {what!r} is not what the cassette {self._file.path} recorded: {expected}")
        recorded = self._controls.pop(0)["number"]
        self._cassette.position = max(self._cassette.position, recorded)
        for before_answer in (True, False):
            await self._release(recorded, before_answer)

    @property
    def unmade(self) -> list[str]:
        """What was recorded and did not happen in this replay: writes and controls, never reads."""
        http = [
            f"{request.method} {httpx.URL(request.uri).path} {_shown(params_of(request))}"
            for request in self._cassette.unplayed_writes()
        ]
        ws = [
            f"WS {entry['method']} {_shown(entry['params'])}"
            for entry in self._file.ws_api
            if writes(WS, entry["method"]) and not self._ws_played[entry["number"]]
        ]
        return [*http, *ws, *(f"control {control['what']}" for control in self._controls)]

    async def _release(self, recorded: int, before_answer: bool) -> None:
        for frame in [
            each for each in self._frames if each["after"] == recorded and each["before_answer"] == before_answer
        ]:
            self._frames.remove(frame)
            event = self._rebinding.value(frame["data"])
            # Every recorded frame had found a connection: one that is not open yet is about to be.
            if not await self._deliver(frame["channel"], event):
                self._waiting[frame["channel"]].append(event)

    def _pass(self, recorded: int, request: WireRequest) -> None:
        self._rebinding.bind(self._recorded[recorded], request.params)
        if recorded in self._cassette.causes:
            self._cassette.position = max(self._cassette.position, recorded)

    def _causes(self) -> set[int]:
        over_http = {number_of(response) for request, response in self._cassette.data if not is_repeatable(request)}
        over_ws = {entry["number"] for entry in self._file.ws_api if writes(WS, entry["method"])}
        return over_http | over_ws | {control["number"] for control in self._file.controls}

    def _ws_entry(self, request: WireRequest) -> dict[str, Any] | None:
        wanted = essence(WS, request.path, request.params, self._identities)
        same = [
            entry
            for entry in self._file.ws_api
            if entry["method"] == request.path
            and essence(WS, entry["method"], entry["params"], self._identities) == wanted
        ]
        fresh = [entry for entry in same if not self._ws_played[entry["number"]]]
        if fresh:
            return fresh[0]
        return same[-1] if same and not writes(WS, request.path) else None

    def _http_answer(self, request: WireRequest) -> tuple[int, Mapping[str, Any]]:
        if is_plumbing(WS, request.path):
            result = {"listenKey": "LISTENKEY-1"} if request.path.startswith("userDataStream.st") else {}
            return 0, {"status": 200, "result": result, "rateLimits": []}
        over_ws = USDM.of(WS, request.path)
        same = USDM.over_http(over_ws) if over_ws is not None else None
        method, path = (same.method, same.path) if same is not None else (WS, request.path)
        query = httpx.QueryParams({key: value for key, value in request.params.items() if key != "signature"})
        live = Request(method, f"{VENUE_HOST}{path}?{query}", b"", {})
        if live not in self._cassette:
            raise DriftedError(self._ws_drift(request) or describe_drift(self._cassette, live))
        response = self._cassette.play_response(live)
        recorded, status = number_of(response), response["status"]["code"]
        self._pass(recorded, request)
        body = self._rebinding.value(httpx.Response(200, content=response["body"]["string"]).json())
        return recorded, {"status": status, "result" if status == 200 else "error": body, "rateLimits": []}

    def _ws_drift(self, request: WireRequest) -> str | None:
        recorded = [entry for entry in self._file.ws_api if entry["method"] == request.path]
        if not recorded:
            return None
        now = essence(WS, request.path, request.params, self._identities)
        nearest = [essence(WS, request.path, entry["params"], self._identities) for entry in recorded]
        then = max(nearest, key=lambda each: len(each.items() & now.items()))
        shown = _shown(request.params)
        return (
            f"WS {request.path} {shown} is not in the cassette {self._file.path}; the nearest recorded differs: "
            f"{difference(now, then) or 'in nothing, but every recording of it has been played'}"
        )


def _shown(params: Mapping[str, str]) -> str:
    hidden = ("signature", "apiKey", "timestamp", "recvWindow", "listenKey")
    return " ".join(f"{name}={value}" for name, value in params.items() if name not in hidden)
