"""Faults on the way: answers that come late, wrong or never, events that are lost, doubled or out of order."""

from conformance.simulator.control.acts import Acts, ControlError
from conformance.simulator.interference import FAILURES, AnswerRule, EventRule, failure


class FaultActs(Acts):
    """Acts of the network and of a venue in trouble."""

    def answer_with(
        self,
        route: str,
        status: int,
        body: object = None,
        *,
        processed: bool = False,
        times: int = 1,
        skip: int = 0,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer `route` ("POST /fapi/v1/order", "WS order.place") with this status and body, processed or not."""
        rule = AnswerRule(route, status, body, processed, times=times, skip=skip, headers=headers or {})
        self._exchange.interference.answers.append(rule)

    def fail(self, route: str, kind: str, *, processed: bool = False, times: int = 1, skip: int = 0) -> None:
        """Answer `route` with one of the failures of section 5: unknown, unavailable, throttled, internal, timeout."""
        if kind not in FAILURES:
            raise ControlError(f"kind: expected one of {', '.join(FAILURES)}, got {kind!r}")
        status, body = failure(kind)
        self.answer_with(route, status, body, processed=processed, times=times, skip=skip)

    def throttle(self, *, on: bool = True) -> None:
        """Refuse new orders with -1008 until switched off; reduce-only and closing orders are exempt (503-C)."""
        self._exchange.throttled = on

    def delay_answer(self, route: str, seconds: float, *, times: int = 1, skip: int = 0) -> None:
        """Answer `route` this much later than processed."""
        self._exchange.interference.answers.append(
            AnswerRule(route, processed=True, delay_s=float(seconds), times=times, skip=skip)
        )

    def drop_answer(self, route: str, *, processed: bool, times: int = 1, skip: int = 0) -> None:
        """Break the connection instead of answering `route`, after or before it was processed."""
        self._exchange.interference.answers.append(
            AnswerRule(route, processed=processed, drop=True, times=times, skip=skip)
        )

    def lose_event(self, event: str, *, times: int = 1, skip: int = 0, **fields: object) -> None:
        """Keep events of this type (and with these values, such as x="NEW") from the streams."""
        self._exchange.interference.events.append(EventRule(event, "lose", fields, times, skip))

    def duplicate_event(self, event: str, *, times: int = 1, skip: int = 0, **fields: object) -> None:
        """Send events of this type twice."""
        self._exchange.interference.events.append(EventRule(event, "duplicate", fields, times, skip))

    def hold_event(self, event: str, until: str, *, times: int = 1, skip: int = 0, **fields: object) -> None:
        """Hold events of this type back until the next event of type `until` has gone out; that swaps them.

        `fields` choose the event held; those whose name starts with `until_` choose the other.
        """
        own = {name: value for name, value in fields.items() if not name.startswith("until_")}
        other = {name.removeprefix("until_"): value for name, value in fields.items() if name.startswith("until_")}
        self._exchange.interference.events.append(EventRule(event, "hold", own, times, skip, until, other))

    def release_events(self) -> None:
        """Send every held event now."""
        for event in self._exchange.interference.release():
            self._venue.bus.deliver(event)

    def clear(self) -> None:
        """Let every answer and event pass unharmed again; held events are gone."""
        self._exchange.interference.clear()
        self._exchange.throttled = False

    def ban(self, ip: str = "127.0.0.1", for_ms: int = 120_000) -> None:
        """Answer every request of an address with 418 for a while."""
        self._exchange.limits.ban(ip, for_ms)

    def close_user_streams(self, code: int = 1006) -> None:
        """Disconnect the user streams; 1006 without a close frame."""
        self._exchange.hub.close_user_streams(code)
