"""Faults on frames: lost, duplicated, delayed, or delivered after a later one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.binance.client_order_id import case_id
from conformance.gateway.faults.fault import Fault

FrameFaultKind = Literal["lose", "duplicate", "reorder", "delay", "release"]
_CLIENT_IDS = ("c", "caid")


@dataclass(eq=False, kw_only=True)
class FrameFault(Fault[Any]):
    """A fault on the frames of one event."""

    what: FrameFaultKind
    event: str
    fields: Mapping[str, str] = field(default_factory=dict)
    release: "FrameFault | None" = None

    def matches(self, passing: Any) -> bool:
        """Say whether a frame's event is one of this fault's; fields are looked up at the top and in the order."""
        if not isinstance(passing, Mapping) or self.event not in ("*", passing.get("e")):
            return False
        order = passing.get("o")
        values = {**passing, **(order if isinstance(order, Mapping) else {})}
        return all(name in values and _same(name, values[name], value) for name, value in self.fields.items())

    def __str__(self) -> str:
        which = "".join(f" {name}={value}" for name, value in self.fields.items())
        return f"{self.what} of {self.event}{which}"


class FrameFaults:
    """The faults on frames of one case, in the order they were armed."""

    def __init__(self) -> None:
        self.armed: list[FrameFault] = []

    def arm(self, fault: FrameFault) -> FrameFault:
        """Add a fault; returns it, so that a case can look at what became of it."""
        self.armed.append(fault)
        return fault

    def choose(self, event: Any) -> FrameFault | None:
        """Return the fault that applies to this event, counting it."""
        return next((fault for fault in self.armed if fault.takes(event)), None)


def _same(name: str, value: Any, wanted: str) -> bool:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return case_id(text) == case_id(wanted) if name in _CLIENT_IDS else text == wanted
