"""When a trader has dealt with what it was told, and has come to rest: for the steps of a case, without a pause."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from conformance.binance.route import Routes, Where
from conformance.history.entries import Answer, Command, Entry, Event, Frame, Request
from conformance.history.history import DeadlineError, History
from conformance.history.order_states import IN_FLIGHT
from conformance.kit.barrier import BARRIER_EVENT
from conformance.kit.failure import CheckError
from conformance.kit.order import Order

#: A request that is held back for longer than this is held back on purpose: no wait for it.
_ANSWERED_WITHIN_S = 0.5
#: How long a trader's own threads get to act on news, in times of its reply to a command, and at the least: another
#: thread of it may wait for a core while the one that replies has one.
_REPLIES_OF_PATIENCE = 8
_PATIENCE_S = 0.03
#: A trader waits no longer than this between two attempts (`retry_delay_max_ms` of every profile), with a margin.
_LONGEST_PAUSE_S = 0.3


class Rest(ABC):
    """What a trader has still to do, seen in the history of its run."""

    def __init__(self, history: History, barrier: Callable[[], Awaitable[None]] | None) -> None:
        self._history = history
        self._barrier = barrier

    @abstractmethod
    async def books(self) -> Mapping[str, Any]:
        """Return the trader's own view: it answers behind all that its loop had to do before."""

    @property
    def history(self) -> History:
        """The history that this trader's commands and events are written to."""
        return self._history

    @property
    def moment(self) -> int:
        """Where the history is now: what `stays_quiet` and `wire.frame` take as `since`."""
        return len(self._history)

    async def settles(self, *, within_s: float = 5.0) -> None:
        """Return once the trader has dealt with all that was said so far, and has nothing to say to it any more.

        Something that is said to the trader after everything else has to reach it; then it is asked twice for its
        books; and if it has told or asked for anything meanwhile, all that happens again. What a timer makes it do
        later is not waited for: on a slow machine the questions of its checks may leave no pause between them, so that
        a trader that only asks has come to rest in the end.
        """
        deadline = self._history.now_s() + within_s
        began = self.moment
        while True:
            since = len(self._history)
            await self.is_told()
            await self.answers_twice()
            if not any(_is_of_the_trader(entry) for entry in self._history.entries[since:]) and not self._is_asking():
                return
            if self._history.now_s() > deadline:
                if not any(_is_more_than_a_question(entry) for entry in self._history.entries[since:]):
                    return
                raise CheckError(
                    "the trader",
                    required=f"to come to rest within {within_s:g} s",
                    seen="new events or requests to the end",
                    since=began,
                    signature="the trader does not come to rest",
                )

    async def is_told(self) -> None:
        """Wait until an event that the venue sends last (the barrier) has been delivered, if there is a user stream."""
        if self._barrier is not None:
            await self._barrier()

    async def has_its_answers(self) -> None:
        """Wait until every request of the trader has its answer (a dropped connection is one), and it has read them.

        One that is held back, or hangs, is not waited for. Frames may be held back meanwhile, unlike in `settles`.
        """
        while True:
            while self._is_asking():
                with suppress(DeadlineError):
                    await self._history.wait(
                        lambda entry: isinstance(entry, Answer), what="an answer", within_s=0.1, since=self.moment
                    )
            since = self.moment
            await self.books()
            await self.answers_twice()
            if not any(_is_of_the_trader(entry) for entry in self._history.entries[since:]):
                return

    async def answers_twice(self) -> None:
        """Ask twice for its books, and give it the time of several such replies since it was last told something.

        Its requests leave from threads of their own, the next one behind the answer to the last: on a busy machine a
        reply overtakes them.
        """
        began_s = self._history.now_s()
        await self.books()
        await self.books()
        now_s = self._history.now_s()
        told = next(filter(_tells_the_trader, reversed(self._history.entries)), None)
        patience_s = max(_PATIENCE_S, _REPLIES_OF_PATIENCE * (now_s - began_s) / 2)
        left_s = 0.0 if told is None else told.ns / 1e9 + patience_s - now_s
        if left_s > 0:
            with suppress(DeadlineError):
                await self._history.wait(_is_of_the_trader, what="news", within_s=left_s, since=self.moment)

    async def repeats_nothing(self, of: Where | None = None) -> None:
        """Wait until the trader has its answers and makes no request again: none left for longer than it ever pauses.

        As `has_its_answers` where a version may repeat a request that was refused for good. With `of`, requests to
        other routes count for nothing: of a trader that asks on a timer meanwhile.
        """
        routes = None if of is None else Routes.parse(of)

        def repeats(entry: Entry) -> bool:
            if routes is None:
                return _is_of_the_trader(entry)
            return isinstance(entry, Request) and entry.by == "trader" and (entry.method, entry.path) in routes

        while True:
            since = self.moment
            await self.has_its_answers()
            if any(map(repeats, self._history.entries[since:])):
                continue
            with suppress(DeadlineError):
                await self._history.wait(repeats, what="a further attempt", within_s=_LONGEST_PAUSE_S, since=since)
                continue
            return

    async def gives_up(self, orders: Sequence[Order], questions: Where, *, within_s: float = 12.0) -> None:
        """Wait until the trader has none of the orders in flight any more, or asks these questions no more.

        For a trader that asks on a timer what it does not know, and is given no answer. Until its first question it
        may take a quarter of `within_s`, between two of them an eighth: a busy machine makes seconds of the tenths
        that a check has between its questions, and an outage that is over before the last one shows nothing. Its books
        are looked at as well: 1.x tells of no event where the cancellation of all orders puts one in flight.
        """
        routes = Routes.parse(questions)
        deadline = self._history.now_s() + within_s
        since, silence_s = self.moment, within_s / 4
        own = {order.id for order in orders}

        def asks_or_tells(entry: Entry) -> bool:
            if isinstance(entry, Event):
                return entry.client_order_id in own
            return isinstance(entry, Request) and (entry.method, entry.path) in routes and entry.by == "trader"

        with suppress(DeadlineError):
            while await self._has_in_flight(orders) and self._history.now_s() < deadline:
                entry = await self._history.wait(asks_or_tells, what="a question", within_s=silence_s, since=since)
                since, silence_s = entry.seq + 1, within_s / 8

    async def _has_in_flight(self, orders: Sequence[Order]) -> bool:
        if any(order.state in IN_FLIGHT for order in orders):
            return True
        standing = {row["client_order_id"]: row["status"] for row in (await self.books())["orders"]}
        return any(standing.get(order.id, "") in IN_FLIGHT for order in orders)

    async def asks_until(
        self,
        asked: Callable[[], Awaitable[bool]],
        questions: Where,
        *,
        silence_s: float = 4.0,
        within_s: float = 30.0,
    ) -> None:
        """Wait until `asked` is true of these questions, or the trader has asked none of them for `silence_s`.

        For what it asks on a timer: a busy machine stretches that, so that each question gives it `silence_s` anew, up
        to `within_s` in all. Whoever asks something else is looked at for as long.
        """
        routes = Routes.parse(questions)
        since, deadline = self.moment, self._history.now_s() + within_s

        def asks(entry: Entry) -> bool:
            return isinstance(entry, Request) and entry.by == "trader" and (entry.method, entry.path) in routes

        with suppress(DeadlineError):
            while not await asked() and (left_s := deadline - self._history.now_s()) > 0:
                what = "a question of a check"
                entry = await self._history.wait(asks, what=what, within_s=min(silence_s, left_s), since=since)
                since = entry.seq + 1

    async def stays_quiet(self, *, since: int | None = None) -> None:
        """Fail if the trader fills an order or changes a position before all that was said has reached it.

        Counted is from now on, or from an earlier `moment`.
        """
        since = self.moment if since is None else since
        await self.settles()
        events = self._history.of(Event, since=since)
        if (event := next(filter(_changes_a_position, events), None)) is not None:
            raise CheckError(
                "fills and changes of position, with nothing changed at the venue",
                required="none",
                seen=_said(event),
                since=event.seq,
                signature=f"{event.name} though nothing had changed",
            )

    def _is_asking(self) -> bool:
        """Whether a request of the trader waits for its answer, and has not done so for long."""
        answered = {answer.to for answer in self._history.of(Answer)}
        oldest_ns = (self._history.now_s() - _ANSWERED_WITHIN_S) * 1e9
        return any(
            request.by == "trader" and request.id not in answered and request.ns > oldest_ns
            for request in self._history.of(Request)
        )


def _said(event: Event) -> str:
    said = event.fields()
    shown = ("client_order_id", "symbol", "side", "last_qty", "last_px", "signed_qty", "trade_id", "reason")
    return " ".join([event.name, *(f"{name}={said[name]}" for name in shown if name in said)])


def _changes_a_position(event: Event) -> bool:
    return event.name == "OrderFilled" or event.name.startswith("Position")


def _is_of_the_trader(entry: Entry) -> bool:
    return isinstance(entry, Event) or (isinstance(entry, Request) and entry.by == "trader")


def _is_more_than_a_question(entry: Entry) -> bool:
    if isinstance(entry, Request):
        return entry.by == "trader" and (entry.endpoint is None or entry.endpoint.writes)
    return isinstance(entry, Event)


def _tells_the_trader(entry: Entry) -> bool:
    if isinstance(entry, Frame):
        # The barrier's own is not meant for it: it has come behind all the others.
        return entry.channel == "user" and (entry.event is None or entry.event.name != BARRIER_EVENT)
    return isinstance(entry, Command) or (isinstance(entry, Answer) and entry.by == "trader")
