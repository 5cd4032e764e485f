"""What a control does to answers and events on their way: late, lost, doubled, out of order, or another status.

Nothing here touches the venue's state. An answer may be taken away although the venue processed the request; an event
may be lost although its cause has happened, as in a network.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from conformance.simulator.errors import (
    INTERNAL,
    THROTTLED,
    TIMED_OUT,
    UNAVAILABLE,
    UNKNOWN_ERROR,
    Refusal,
    Rule,
)
from conformance.simulator.events.bus import Event

Failure = Literal["unknown", "unavailable", "throttled", "internal", "timeout"]
FAILURES: dict[str, Rule] = {
    "unknown": UNKNOWN_ERROR,
    "unavailable": UNAVAILABLE,
    "throttled": THROTTLED,
    "internal": INTERNAL,
    "timeout": TIMED_OUT,
}
"""The four kinds of 503 of section 5 and the 408 of unknown fate, by name."""


@dataclass(slots=True)
class AnswerRule:
    """What happens to answers of one route ("POST /fapi/v1/order", "WS order.place"): `times` times, after `skip`."""

    route: str
    status: int | None = None
    body: Any = None
    processed: bool = False
    delay_s: float = 0.0
    drop: bool = False
    times: int = 1
    skip: int = 0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class EventRule:
    """What happens to events of one type: `what` is lose, duplicate, or hold (until an event `until` has passed)."""

    event: str
    what: Literal["lose", "duplicate", "hold"]
    fields: dict[str, Any]
    times: int = 1
    skip: int = 0
    until: str = ""
    until_fields: dict[str, Any] = field(default_factory=dict)
    held: list[Event] = field(default_factory=list)


def failure(kind: str) -> tuple[int, dict[str, object]]:
    """Return status and body of a named failure; raises `KeyError` for an unknown name."""
    refusal = Refusal(FAILURES[kind])
    return refusal.status, refusal.body()


def matches(event: Event, name: str, fields: dict[str, Any]) -> bool:
    """Return whether an event has this type and these values, in its own body or in `o`."""
    if event.get("e") != name:
        return False
    inner = event.get("o", event)
    return all(inner.get(key, event.get(key)) == value for key, value in fields.items())


class Interference:
    """The rules in force."""

    def __init__(self) -> None:
        self.answers: list[AnswerRule] = []
        self.events: list[EventRule] = []

    def clear(self) -> None:
        """Let everything pass again."""
        self.answers.clear()
        self.events.clear()

    def take(self, route: str) -> AnswerRule | None:
        """Return the rule for the next answer of a route, and count it as used."""
        for rule in self.answers:
            if rule.route != route:
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            rule.times -= 1
            if rule.times <= 0:
                self.answers.remove(rule)
            return rule
        return None

    def pass_on(self, event: Event) -> list[Event]:
        """Return what becomes of an event: the frames that go out now, in order."""
        if not self.events:
            return [event]
        out = [event]
        for rule in list(self.events):
            if rule.what == "hold" and rule.held and matches(event, rule.until, rule.until_fields):
                out.extend(rule.held)
                rule.held.clear()
                if rule.times <= 0:
                    self.events.remove(rule)
                return out
        for rule in list(self.events):
            if rule.times <= 0 or not matches(event, rule.event, rule.fields):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            rule.times -= 1
            if rule.what == "hold":
                rule.held.append(event)
                return []
            if rule.times <= 0:
                self.events.remove(rule)
            return [] if rule.what == "lose" else [event, event]
        return out

    def release(self) -> list[Event]:
        """Return every held event and forget the rules that held them."""
        held = [event for rule in self.events for event in rule.held]
        self.events = [rule for rule in self.events if rule.what != "hold"]
        return held
