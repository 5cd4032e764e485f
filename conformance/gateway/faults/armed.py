"""The faults of one case: armed by the case, met by what passes the gateway, visible in the history."""

import asyncio
from collections.abc import Mapping
from typing import Any

from conformance.binance.events import Event
from conformance.binance.route import Routes, Where
from conformance.gateway.answer import Change, scripted
from conformance.gateway.faults.fault import Hold
from conformance.gateway.faults.frame_faults import (
    DelayFrame,
    Duplicate,
    EventPattern,
    FrameChange,
    FrameFault,
    Lose,
    Precede,
    Reorder,
    Repeat,
    Rewrite,
)
from conformance.gateway.faults.request_faults import (
    Delay,
    Drop,
    Garble,
    Hang,
    Replace,
    RequestFault,
    RewriteAnswer,
    Truncate,
)
from conformance.gateway.faults.upgrade_faults import Opening, UpgradeFault
from conformance.gateway.wire import WireRequest
from conformance.history.entries import Channel

HTML = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


class Faults:
    """Every fault of one case. Those on one route apply in the order they were armed: the first that takes wins.

    Each can be armed before the trader starts. What all have in common: `times` (None: every one), `skip` (how many
    pass first), `until` (for as long as the event is not set), `optional` (a version may never meet it), and
    `parameters` or `fields`, which narrow it to requests or frames with these values. Requests of the suite itself
    never meet a fault.
    """

    def __init__(self) -> None:
        self._requests: list[RequestFault] = []
        self._frames: list[FrameFault] = []
        self._upgrades: list[UpgradeFault] = []

    def answer(
        self,
        route: Where,
        status: int,
        body: Any,
        *,
        processed: bool = False,
        times: int | None = 1,
        skip: int = 0,
        until: asyncio.Event | None = None,
        optional: bool = False,
        headers: Mapping[str, str] | None = None,
        **parameters: str,
    ) -> RequestFault:
        """Answer with `status` and `body` (JSON value, text or bytes) instead of the venue.

        `processed` says whether the venue gets the request first; its own answer is then thrown away.
        """
        return self._arm(
            Replace(
                answer=scripted(status, body, headers),
                routes=Routes.parse(route),
                processed=processed,
                parameters=parameters,
                times=times,
                skip=skip,
                until=until,
                optional=optional,
            )
        )

    def garble(
        self,
        route: Where,
        body: str = HTML,
        *,
        status: int = 200,
        processed: bool = True,
        times: int | None = 1,
        skip: int = 0,
        until: asyncio.Event | None = None,
        optional: bool = False,
        **parameters: str,
    ) -> RequestFault:
        """Answer with text that is not JSON, as a proxy in between would."""
        return self._arm(
            Garble(
                answer=scripted(status, body, {"Content-Type": "text/html"}),
                routes=Routes.parse(route),
                processed=processed,
                parameters=parameters,
                times=times,
                skip=skip,
                until=until,
                optional=optional,
            )
        )

    def delay(
        self,
        route: Where,
        seconds: float | None = None,
        *,
        until: asyncio.Event | None = None,
        processed: bool = False,
        times: int | None = 1,
        skip: int = 0,
        optional: bool = False,
        **parameters: str,
    ) -> RequestFault:
        """Hold a request (or, if `processed`, its answer) for `seconds` or `until` an event is set."""
        return self._arm(
            Delay(
                hold=Hold.of(f"delay on {route}", seconds, until),
                routes=Routes.parse(route),
                processed=processed,
                parameters=parameters,
                times=times,
                skip=skip,
                optional=optional,
            )
        )

    def drop(
        self,
        route: Where,
        *,
        processed: bool,
        times: int | None = 1,
        skip: int = 0,
        until: asyncio.Event | None = None,
        optional: bool = False,
        **parameters: str,
    ) -> RequestFault:
        """Reset the trader's connection instead of answering, before or after the venue `processed` the request."""
        return self._arm(
            Drop(
                routes=Routes.parse(route),
                processed=processed,
                parameters=parameters,
                times=times,
                skip=skip,
                until=until,
                optional=optional,
            )
        )

    def hang(
        self,
        route: Where,
        *,
        processed: bool,
        times: int | None = 1,
        skip: int = 0,
        until: asyncio.Event | None = None,
        optional: bool = False,
        **parameters: str,
    ) -> RequestFault:
        """Never answer, and keep the connection; the venue `processed` the request or never had it."""
        return self._arm(
            Hang(
                routes=Routes.parse(route),
                processed=processed,
                parameters=parameters,
                times=times,
                skip=skip,
                until=until,
                optional=optional,
            )
        )

    def truncate(
        self,
        route: Where,
        *,
        times: int | None = 1,
        skip: int = 0,
        until: asyncio.Event | None = None,
        optional: bool = False,
        **parameters: str,
    ) -> RequestFault:
        """Send half of the venue's answer under its whole length, then close: the venue processed the request."""
        return self._arm(
            Truncate(
                routes=Routes.parse(route),
                processed=True,
                parameters=parameters,
                times=times,
                skip=skip,
                until=until,
                optional=optional,
            )
        )

    def rewrite_answer(
        self,
        route: Where,
        change: Change,
        *,
        times: int | None = 1,
        skip: int = 0,
        until: asyncio.Event | None = None,
        optional: bool = False,
        **parameters: str,
    ) -> RequestFault:
        """Change the venue's answer: by fields of its body (of each row of a list), or by a function of the body."""
        return self._arm(
            RewriteAnswer(
                change=change,
                routes=Routes.parse(route),
                processed=True,
                parameters=parameters,
                times=times,
                skip=skip,
                until=until,
                optional=optional,
            )
        )

    def lose(
        self,
        event: str,
        *,
        times: int | None = 1,
        skip: int = 0,
        until: asyncio.Event | None = None,
        optional: bool = False,
        **fields: str,
    ) -> FrameFault:
        """Never deliver a frame of an event (`ORDER_TRADE_UPDATE`, `*` for any) with these `fields` (`x="TRADE"`)."""
        pattern = EventPattern(event, fields)
        return self._arm_frame(Lose(pattern=pattern, times=times, skip=skip, until=until, optional=optional))

    def duplicate(
        self,
        event: str,
        *,
        after: str | None = None,
        times: int | None = 1,
        skip: int = 0,
        optional: bool = False,
        after_fields: Mapping[str, str] | None = None,
        **fields: str,
    ) -> FrameFault:
        """Deliver a frame twice: at once, or the second time when the next one named `after` has been delivered."""
        pattern = EventPattern(event, fields)
        if after is None:
            return self._arm_frame(Duplicate(pattern=pattern, times=times, skip=skip, optional=optional))
        later = EventPattern(after, after_fields or {})
        return self._arm_frame(Repeat(after=later, pattern=pattern, times=times, skip=skip, optional=optional))

    def precede(
        self,
        event: str,
        first: Mapping[str, Any] | str,
        *,
        times: int | None = 1,
        skip: int = 0,
        optional: bool = False,
        **fields: str,
    ) -> FrameFault:
        """Deliver another event first, or a text of any kind, JSON or not, and the frame behind it."""
        pattern = EventPattern(event, fields)
        return self._arm_frame(Precede(first=first, pattern=pattern, times=times, skip=skip, optional=optional))

    def rewrite(
        self,
        event: str,
        change: FrameChange,
        *,
        times: int | None = 1,
        skip: int = 0,
        optional: bool = False,
        **fields: str,
    ) -> FrameFault:
        """Deliver a frame with other words in it: fields by name (`{"X": "NEW_WORD", "a.m": "BONUS"}`), or a function.

        A plain name is a field of the order where the event has one, else of the event.
        """
        return self._arm_frame(
            Rewrite(change=change, pattern=EventPattern(event, fields), times=times, skip=skip, optional=optional)
        )

    def reorder(
        self,
        event: str,
        *,
        after: str,
        times: int | None = 1,
        skip: int = 0,
        optional: bool = False,
        after_fields: Mapping[str, str] | None = None,
        **fields: str,
    ) -> FrameFault:
        """Hold a frame back until the next one named `after` has been delivered."""
        later = EventPattern(after, after_fields or {})
        return self._arm_frame(
            Reorder(after=later, pattern=EventPattern(event, fields), times=times, skip=skip, optional=optional)
        )

    def delay_frame(
        self,
        event: str,
        seconds: float | None = None,
        *,
        until: asyncio.Event | None = None,
        times: int | None = 1,
        skip: int = 0,
        optional: bool = False,
        **fields: str,
    ) -> FrameFault:
        """Hold a frame, and everything behind it on its connection, for `seconds` or `until` an event is set."""
        hold = Hold.of(f"delay of {event}", seconds, until)
        return self._arm_frame(
            DelayFrame(duration=hold, pattern=EventPattern(event, fields), times=times, skip=skip, optional=optional)
        )

    def upgrade(
        self,
        channel: Channel,
        opening: Opening,
        *,
        times: int | None = 1,
        skip: int = 0,
        until: asyncio.Event | None = None,
        optional: bool = False,
    ) -> UpgradeFault:
        """Let no stream come of a connection: it is `held`, `reset`, refused with a status, or `closed` once open.

        One that is `late` is opened as `until` is set; raises `ValueError` without.
        """
        fault = UpgradeFault(channel=channel, opening=opening, times=times, skip=skip, until=until, optional=optional)
        self._upgrades.append(fault)
        return fault

    @property
    def unused(self) -> list[str]:
        """Every armed fault that never applied and had to: a case whose fault did not happen has shown nothing."""
        armed: list[RequestFault | FrameFault | UpgradeFault] = [*self._requests, *self._frames, *self._upgrades]
        return [str(fault) for fault in armed if not fault.applied and not fault.optional]

    def on_request(self, request: WireRequest) -> list[RequestFault]:
        """Return the faults that apply to this request, counting it: the delays, then at most one other."""
        if request.by == "suite":
            return []
        delays: list[RequestFault] = [
            fault for fault in self._requests if isinstance(fault, Delay) and fault.takes(request)
        ]
        others = (fault for fault in self._requests if not isinstance(fault, Delay))
        other = next((fault for fault in others if fault.takes(request)), None)
        return delays if other is None else [*delays, other]

    def on_frame(self, event: Event | None) -> FrameFault | None:
        """Return the fault that applies to this event, counting it."""
        return next((fault for fault in self._frames if fault.takes(event)), None)

    def on_upgrade(self, channel: Channel) -> UpgradeFault | None:
        """Return the fault that applies to a connection of the channel that is about to be opened, counting it."""
        return next((fault for fault in self._upgrades if fault.takes(channel)), None)

    def _arm(self, fault: RequestFault) -> RequestFault:
        self._requests.append(fault)
        return fault

    def _arm_frame(self, fault: FrameFault) -> FrameFault:
        self._frames.append(fault)
        return fault
