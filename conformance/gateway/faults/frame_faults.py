"""Faults on frames: each applies itself to one frame on its way to the trader."""

import json
from abc import abstractmethod
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from conformance.binance.client_order_id import case_id
from conformance.binance.events import Event, part_with, unwrap
from conformance.gateway.faults.fault import Fault, Hold
from conformance.gateway.wire import Frame

#: Fields that hold a client order id.
_CLIENT_IDS = ("c", "caid")
FrameChange = Mapping[str, Any] | Callable[[dict[str, Any]], Any]


class FramePassage(Protocol):
    """A frame on its way to one connection of the trader."""

    @property
    def frame(self) -> Frame:
        """The frame as it came."""
        ...

    async def put(self, frame: Frame) -> None:
        """Deliver a frame."""
        ...

    async def put_text(self, text: str) -> None:
        """Deliver a frame with another text."""
        ...

    async def hold(self, hold: Hold) -> None:
        """Wait; what comes behind on the connection waits, too."""
        ...

    def keep(self, fault: "Reorder") -> None:
        """Keep the frame back until the fault releases it."""
        ...


@dataclass(frozen=True)
class EventPattern:
    """Events of a name (`*` for any) with these `fields`, which are looked up in the order, then at the top."""

    name: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def matches(self, event: Event | None) -> bool:
        """Say whether an event is one of these."""
        if event is None or self.name not in ("*", event.name):
            return False
        return all(_same(name, event.get(name), wanted) for name, wanted in self.fields.items())

    def __str__(self) -> str:
        return f"{self.name}{''.join(f' {name}={value}' for name, value in self.fields.items())}"


@dataclass(eq=False, kw_only=True)
class FrameFault(Fault[Event | None]):
    """A fault on the frames of one event."""

    pattern: EventPattern

    @abstractmethod
    async def apply(self, passage: FramePassage) -> None:
        """Do to the frame what the fault is about."""

    def matches(self, passing: Event | None) -> bool:
        """Say whether a frame's event is one of this fault's."""
        return self.pattern.matches(passing)

    def __str__(self) -> str:
        return f"{self.what} of {self.pattern}"


@dataclass(eq=False, kw_only=True)
class Lose(FrameFault):
    """The frame never arrives."""

    what: ClassVar[str] = "lose"

    async def apply(self, passage: FramePassage) -> None:
        """Deliver nothing."""


@dataclass(eq=False, kw_only=True)
class Duplicate(FrameFault):
    """The frame arrives twice."""

    what: ClassVar[str] = "duplicate"

    async def apply(self, passage: FramePassage) -> None:
        """Deliver it, and again."""
        await passage.put(passage.frame)
        await passage.put(passage.frame)


@dataclass(eq=False, kw_only=True)
class Precede(FrameFault):
    """Something else arrives before the frame: an event in this connection's framing, or any text."""

    what: ClassVar[str] = "precede"

    first: Mapping[str, Any] | str

    async def apply(self, passage: FramePassage) -> None:
        """Deliver it, and the frame behind it."""
        await passage.put_text(self.first if isinstance(self.first, str) else _like(passage.frame, self.first))
        await passage.put(passage.frame)


@dataclass(eq=False, kw_only=True)
class DelayFrame(FrameFault):
    """The frame arrives late, and so does everything behind it."""

    what: ClassVar[str] = "delay"

    duration: Hold

    async def apply(self, passage: FramePassage) -> None:
        """Deliver it after a while."""
        await passage.hold(self.duration)
        await passage.put(passage.frame)


@dataclass(eq=False, kw_only=True)
class Reorder(FrameFault):
    """The frame arrives after the next one of another pattern."""

    what: ClassVar[str] = "reorder"

    after: EventPattern

    async def apply(self, passage: FramePassage) -> None:
        """Keep it back; the one that it waits for brings it along."""
        passage.keep(self)


@dataclass(eq=False, kw_only=True)
class Repeat(Reorder):
    """The frame arrives, and once more after the next one of another pattern."""

    what: ClassVar[str] = "repeat"

    async def apply(self, passage: FramePassage) -> None:
        """Deliver it, and keep it for another time."""
        await passage.put(passage.frame)
        passage.keep(self)


@dataclass(eq=False, kw_only=True)
class Rewrite(FrameFault):
    """The frame arrives with other words in it.

    `change` is a function of the event, or fields by name: of the order where it has the field, else at the top; a dot
    leads deeper (`a.m`).
    """

    what: ClassVar[str] = "rewrite"

    change: FrameChange

    async def apply(self, passage: FramePassage) -> None:
        """Deliver what the change makes of it."""
        event, _ = unwrap(json.loads(passage.frame.text))
        await passage.put_text(_like(passage.frame, self._changed(deepcopy(event))))

    def _changed(self, event: dict[str, Any]) -> Any:
        if callable(self.change):
            return self.change(event)
        for name, value in self.change.items():
            *path, last = name.split(".")
            place = event
            for step in path:
                place = place[step]
            part = place if path else part_with(place, last)
            part[last] = value
        return event


def _like(frame: Frame, event: Any) -> str:
    """Return the text of an event in the framing of a frame: a combined stream wraps its events."""
    _, stream = unwrap(json.loads(frame.text))
    whole = event if stream is None else {"stream": stream, "data": event}
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False)


def _same(name: str, value: Any, wanted: str) -> bool:
    if value is None:
        return False
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return case_id(text) == case_id(wanted) if name in _CLIENT_IDS else text == wanted
