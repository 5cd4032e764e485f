"""A trader whose node has the thread for itself: commands are read and answered when it lends it."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest

from conformance.subject.child import protocol
from conformance.subject.child.blame import Refusal
from conformance.subject.child.reporting import Emit, Note
from conformance.subject.child.server import Answers, Server
from conformance.subject.child.turns import Turns

START = {"n": 1, "op": "start", "config": {}, "environment": {}}


class BlockingTrader:
    """Runs for as many turns as it is given, or until it is told to end."""

    after_reply: Callable[[], None] | None = None
    turns_before_up = 2

    def __init__(self, emit: Emit, note: Note) -> None:
        self.emit = emit
        self.turns = 0
        self.ended = False

    @staticmethod
    def needs_the_thread(config: dict[str, Any]) -> bool:
        """Not share it with a loop."""
        return True

    def run(self, config: dict[str, Any], lend: Callable[[], None]) -> tuple[bool, float]:
        """Lend the thread until told to end, twenty times at most."""
        while not self.ended and self.turns < 20:
            self.turns += 1
            lend()
        return self.ended, 5.0

    def up(self) -> dict[str, Any] | None:
        """Be up after some turns."""
        return {"instruments": 4} if self.turns > self.turns_before_up else None

    def end(self, *, told: bool) -> None:
        """Come to the end; where a signal has told it to, it was deaf to that."""
        self.ended = not told

    def is_overdue(self) -> bool:
        """Have some more turns until then."""
        return self.turns > 5

    def snapshot(self) -> dict[str, Any]:
        """Tell the number of turns."""
        return {"turns": self.turns}

    def cancel(self) -> dict[str, Any]:
        """Refuse."""
        raise Refusal("the trader knows no order 'X'")

    def busy(self) -> dict[str, Any]:
        """Do something after the reply."""
        self.after_reply = lambda: self.emit({"event": "Busy"})
        return {}


class DeafTrader(BlockingTrader):
    """Never comes up."""

    turns_before_up = 100


class ShortLivedTrader(BlockingTrader):
    """Is told to end before it lends anything."""

    def run(self, config: dict[str, Any], lend: Callable[[], None]) -> tuple[bool, float]:
        """End in time."""
        return True, 5.0


class BrokenTrader(BlockingTrader):
    """Cannot be built."""

    def run(self, config: dict[str, Any], lend: Callable[[], None]) -> tuple[bool, float]:
        """Refuse."""
        raise Refusal("no such venue")


def served(make: Any, *commands: dict[str, Any], **config: Any) -> list[dict[str, Any]]:
    """Return what is said to the commands, all of which wait in the pipe when the trader starts."""
    begin = {**START, "config": config}
    reading, writing = os.pipe()
    theirs, ours = os.pipe()
    os.set_blocking(theirs, False)
    os.write(ours, b"".join(protocol.encode(command) for command in commands))
    server = Server(Answers(writing), make)

    async def handed_back() -> bytes | None:
        given = asyncio.StreamReader()
        given.feed_data(protocol.encode(begin))
        given.feed_eof()
        return await server.serve(given)

    start = asyncio.run(handed_back())
    assert start is not None
    Turns(server, theirs).serve(start)
    for descriptor in (writing, ours, theirs):
        os.close(descriptor)
    with os.fdopen(reading, "rb") as said:
        return [protocol.decode(line) for line in said]


def test_commands_are_answered_in_turns_and_the_stop_at_the_end() -> None:
    """The start is answered once the trader is up, the stop once its node has ended."""
    said = served(
        BlockingTrader, {"n": 2, "op": "snapshot"}, {"n": 3, "op": "cancel"}, {"n": 4, "op": "stop", "graceful": True}
    )

    assert [line["n"] for line in said] == [1, 2, 3, 4]
    assert said[0]["instruments"] == 4
    assert said[1]["turns"] == 3
    assert (said[2]["ok"], said[2]["by"]) == (False, "trader")
    assert (said[3]["clean"], said[3]["within_s"]) == (True, 5.0)


def test_what_waits_for_the_reply_comes_after_it() -> None:
    """A trader that is to be kept busy has said so first."""
    said = served(BlockingTrader, {"n": 2, "op": "busy"}, {"n": 3, "op": "stop", "graceful": True})

    assert [line.get("event", line.get("n")) for line in said] == [1, 2, "Busy", 3]


def test_start_that_nobody_waits_for_is_answered_at_once() -> None:
    """Its node may end before its strategy runs: the stop that a signal was is answered then."""
    said = served(
        ShortLivedTrader, {"n": 2, "op": "stop", "graceful": True, "by": "SIGINT"}, unawaited=True, own_run=True
    )

    assert [(line["n"], line["ok"]) for line in said] == [(1, True), (2, True)]
    assert said[1]["clean"] is True


def test_node_that_is_deaf_to_a_signal_has_not_stopped() -> None:
    """It goes on and lends its thread: once its time is over, the stop is answered."""
    said = served(BlockingTrader, {"n": 2, "op": "stop", "graceful": True, "by": "SIGTERM"}, own_run=True)

    assert [line["n"] for line in said] == [1, 2]
    assert said[1]["clean"] is False


def test_second_start_is_refused() -> None:
    """One trader at a time."""
    said = served(BlockingTrader, {**START, "n": 2}, {"n": 3, "op": "stop", "graceful": True})

    assert said[1]["error"] == "start: a trader runs already; stop it first"


@pytest.mark.parametrize(
    ("make", "told"), [(DeafTrader, "the node ended before its strategy ran"), (BrokenTrader, "no such venue")]
)
def test_start_that_fails_is_refused(make: Any, told: str) -> None:
    """Whatever keeps the trader from coming up is the answer to the start command."""
    (refused,) = served(make)

    assert (refused["n"], refused["ok"], refused["by"]) == (1, False, "trader")
    assert told in refused["error"]
