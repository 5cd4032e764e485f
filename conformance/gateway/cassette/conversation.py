"""What a gateway does besides relaying: nothing, or recording a session cassette, or replaying one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import httpx

from conformance.gateway.answer import Answer
from conformance.gateway.network import NetworkTransport
from conformance.gateway.upstream import Upstream
from conformance.gateway.wire import Frame, WireRequest, WireWriter
from conformance.history.entries import Channel

if TYPE_CHECKING:
    from conformance.gateway.connection import Connection

Deliver = Callable[[Channel, Any], Awaitable[bool]]


class DriftedError(AssertionError):
    """A conversation that no longer matches its cassette: says what came, and the nearest thing recorded."""


class Conversation:
    """The relay's points of interest. This one lets everything pass; `Recorder` and `Replay` listen in."""

    replaying = False

    def start(self, wire: WireWriter, started_ns: int, deliver: Deliver, upstream: Upstream | None) -> None:
        """Begin, with the gateway's clock; `deliver` puts an event on every open connection of a channel."""

    def wrap(self, network: NetworkTransport) -> httpx.AsyncBaseTransport:
        """Return the transport that stands before the network."""
        return network

    def requested(self, request: WireRequest) -> None:
        """Take note that a request is on its way to the venue."""

    def answered(self, request: WireRequest, answer: Answer) -> Answer:
        """Take note of the venue's answer to an HTTP request; return the one to hand on."""
        del request
        return answer

    def other_reads(self, request: WireRequest, answer: Answer) -> Sequence[tuple[str, Mapping[str, str]]]:
        """Return paths and parameters of the reads that other versions make in this one's place (recording only)."""
        del request, answer
        return ()

    def ws_answered(self, request: WireRequest, message: Mapping[str, Any]) -> None:
        """Take note of the venue's answer to a request of the WS API."""

    def ws_answer(self, request: WireRequest) -> tuple[int, Mapping[str, Any]]:
        """Return the recorded number and message that answer a request of the WS API (replay only)."""
        raise NotImplementedError

    async def release(self, recorded: int | None, *, before_answer: bool) -> None:
        """Deliver the recorded frames that followed a recorded request (replay only)."""

    def frame(self, connection: "Connection", frame: Frame) -> None:
        """Take note of a frame from the venue, before any fault."""

    async def opened(self, connection: "Connection") -> None:
        """Take note of a new connection of the trader."""

    async def control(self, number: int, what: str, data: Mapping[str, Any]) -> None:
        """Take note of an act on the venue; in replay, deliver the frames that followed it."""
