"""Faults: what goes wrong on the wire on purpose. Armed by a case, applied by the gateway, visible in the history."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.binance.client_order_id import case_id
from conformance.binance.route import Route
from conformance.gateway.faults.fault import Fault, one_duration
from conformance.gateway.faults.frames import FrameFault, FrameFaults
from conformance.gateway.wire import WireRequest

RequestFaultKind = Literal["answer", "delay", "drop", "truncate", "garble"]
HTML = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


@dataclass(eq=False, kw_only=True)
class RequestFault(Fault[WireRequest]):
    """A fault on the requests of one route, and what is answered instead where it is an answer."""

    what: RequestFaultKind
    route: Route
    processed: bool
    parameters: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def matches(self, passing: WireRequest) -> bool:
        """Say whether a request is one of this fault's; client order ids match with or without the broker prefix."""
        if (passing.method, passing.path) != (self.route.method, self.route.path):
            return False
        return all(
            name in passing.params and case_id(passing.params[name]) == case_id(value)
            for name, value in self.parameters.items()
        )

    def __str__(self) -> str:
        which = "".join(f" {name}={value}" for name, value in self.parameters.items())
        return f"{self.what} on {self.route}{which}"


class Faults:
    """Every fault of one case. Those on one route apply in the order they were armed: the first that takes wins.

    Requests of the suite itself never meet a fault.
    """

    def __init__(self) -> None:
        self._requests: list[RequestFault] = []
        self._frames = FrameFaults()
        self._on_answer: Callable[[RequestFault], None] = lambda _fault: None

    def answer(
        self,
        route: str,
        status: int,
        body: Any,
        *,
        processed: bool = False,
        times: int | None = 1,
        skip: int = 0,
        headers: Mapping[str, str] | None = None,
        **parameters: str,
    ) -> RequestFault:
        """Answer with `status` and `body` (JSON value, text or bytes) instead of the venue.

        `processed` says whether the venue gets the request first; its own answer is then thrown away. `parameters`
        narrow the route to requests with these values; `times=None` means every one.
        """
        return self._arm(
            "answer",
            route,
            parameters,
            times,
            skip,
            processed=processed,
            status=status,
            body=body,
            headers=headers or {},
        )

    def delay(
        self,
        route: str,
        seconds: float | None = None,
        *,
        until: asyncio.Event | None = None,
        processed: bool = False,
        times: int | None = 1,
        skip: int = 0,
        **parameters: str,
    ) -> RequestFault:
        """Hold a request (or, if `processed`, its answer) for `seconds` or `until` an event is set."""
        one_duration(f"delay on {route}", seconds, until)
        return self._arm("delay", route, parameters, times, skip, processed=processed, seconds=seconds, until=until)

    def drop(
        self, route: str, *, processed: bool, times: int | None = 1, skip: int = 0, **parameters: str
    ) -> RequestFault:
        """Reset the trader's connection instead of answering, before or after the venue `processed` the request."""
        return self._arm("drop", route, parameters, times, skip, processed=processed)

    def truncate(self, route: str, *, times: int | None = 1, skip: int = 0, **parameters: str) -> RequestFault:
        """Send half of the venue's answer under its whole length, then close: the venue processed the request."""
        return self._arm("truncate", route, parameters, times, skip, processed=True)

    def garble(
        self,
        route: str,
        body: str = HTML,
        *,
        status: int = 200,
        processed: bool = True,
        times: int | None = 1,
        skip: int = 0,
        **parameters: str,
    ) -> RequestFault:
        """Answer with text that is not JSON, as a proxy in between would."""
        headers = {"Content-Type": "text/html"}
        return self._arm(
            "garble", route, parameters, times, skip, processed=processed, status=status, body=body, headers=headers
        )

    def lose(self, event: str, *, times: int | None = 1, skip: int = 0, **fields: str) -> FrameFault:
        """Never deliver a frame of an event (`ORDER_TRADE_UPDATE`, `*` for any) with these `fields` (`x="TRADE"`)."""
        return self._frames.arm(FrameFault(what="lose", event=event, fields=fields, times=times, skip=skip))

    def duplicate(self, event: str, *, times: int | None = 1, skip: int = 0, **fields: str) -> FrameFault:
        """Deliver a frame twice."""
        return self._frames.arm(FrameFault(what="duplicate", event=event, fields=fields, times=times, skip=skip))

    def reorder(
        self,
        event: str,
        *,
        after: str,
        times: int | None = 1,
        skip: int = 0,
        after_fields: Mapping[str, str] | None = None,
        **fields: str,
    ) -> FrameFault:
        """Hold a frame back until the next one named `after` has been delivered."""
        release = FrameFault(what="release", event=after, fields=after_fields or {}, times=None)
        return self._frames.arm(
            FrameFault(what="reorder", event=event, fields=fields, times=times, skip=skip, release=release)
        )

    def delay_frame(
        self,
        event: str,
        seconds: float | None = None,
        *,
        until: asyncio.Event | None = None,
        times: int | None = 1,
        skip: int = 0,
        **fields: str,
    ) -> FrameFault:
        """Hold a frame, and everything behind it on its connection, for `seconds` or `until` an event is set."""
        one_duration(f"delay of {event}", seconds, until)
        return self._frames.arm(
            FrameFault(what="delay", event=event, fields=fields, times=times, skip=skip, seconds=seconds, until=until)
        )

    @property
    def unused(self) -> list[str]:
        """Every armed fault that never applied: a case whose fault did not happen has shown nothing."""
        armed: list[RequestFault | FrameFault] = [*self._requests, *self._frames.armed]
        return [str(fault) for fault in armed if not fault.applied]

    @property
    def frames(self) -> FrameFaults:
        """The faults on frames, for the gateway's streams."""
        return self._frames

    def on_answer(self, script: Callable[[RequestFault], None]) -> None:
        """Call `script` for each fault whose answer stands in for the venue's, those already armed included."""
        self._on_answer = script
        for fault in self._requests:
            self._script(fault)

    def choose(self, request: WireRequest) -> tuple[list[RequestFault], RequestFault | None]:
        """Return the delays and the one other fault that apply to this request, counting it."""
        if request.by == "suite":
            return [], None
        delays = [fault for fault in self._requests if fault.what == "delay" and fault.takes(request)]
        others = (fault for fault in self._requests if fault.what != "delay")
        return delays, next((fault for fault in others if fault.takes(request)), None)

    def _arm(
        self,
        what: RequestFaultKind,
        route: str,
        parameters: Mapping[str, str],
        times: int | None,
        skip: int,
        **more: Any,
    ) -> RequestFault:
        fault = RequestFault(what=what, route=Route.parse(route), parameters=parameters, times=times, skip=skip, **more)
        self._requests.append(fault)
        self._script(fault)
        return fault

    def _script(self, fault: RequestFault) -> None:
        if fault.what in ("answer", "garble") and not fault.processed and fault.route.method != "WS":
            self._on_answer(fault)
