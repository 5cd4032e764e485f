"""Who is at fault when the child answers with an error: told in an environment without NautilusTrader."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest

from conformance.subject.child import protocol
from conformance.subject.child.blame import Misuse, Refusal, Unsupported, answered_natively, blame
from conformance.subject.child.reporting import Emit, Note
from conformance.subject.child.server import Answers, Server
from conformance.subject.child.settings import Settings


def module(name: str, source: str) -> Callable[..., Any]:
    """Return the function `f` of a module of that name."""
    made: dict[str, Any] = {"__name__": name}
    exec(compile(source, name, "exec"), made)
    function: Callable[..., Any] = made["f"]
    return function


CALLS = "def f(inner): inner()"
ours = module("conformance.subject.child.v9.trader", CALLS)
theirs = module("nautilus_trader.live.node", CALLS)
factorys = module("factory.exec_client", CALLS)
standard = module("asyncio.tasks", CALLS)
broken = module("somewhere", "def f(): raise ValueError('broken')")


@pytest.mark.parametrize(
    ("call", "by"),
    [
        (lambda: ours(broken), "suite"),
        (lambda: ours(lambda: standard(broken)), "suite"),
        (lambda: ours(lambda: theirs(broken)), "trader"),
        (lambda: ours(lambda: theirs(lambda: standard(broken))), "trader"),
        (lambda: ours(lambda: factorys(broken)), "trader"),
        # The node calls the child back, and that is where it breaks.
        (lambda: ours(lambda: theirs(lambda: ours(broken))), "suite"),
        (broken, "trader"),
    ],
)
def test_error_belongs_to_the_innermost_package(call: Callable[[], None], by: str) -> None:
    """Where an error was raised says whose it is, whoever called and whatever library helped."""
    with pytest.raises(ValueError, match="broken") as error:
        call()

    assert blame(error.value) == by


@pytest.mark.parametrize(
    ("raised", "becomes"),
    [
        (ValueError("quantity exceeds maximum"), Refusal),
        (RuntimeError("node is not running"), Refusal),
        # No such name, or another signature: the version has changed, and the child has to follow.
        (AttributeError("'Strategy' object has no attribute 'cancel_orders'"), AttributeError),
        (TypeError("submit_order() got an unexpected keyword argument"), TypeError),
        (Misuse("no such order type"), Misuse),
    ],
)
def test_native_error_without_a_frame_is_the_traders(raised: Exception, becomes: type[Exception]) -> None:
    """Rust code leaves no frame: where it is called, an error is its answer, unless the call itself does not fit."""

    def act() -> None:
        raise raised

    act_in_child = module("conformance.subject.child.v2.trader", "def f(native, act):\n    with native(): act()")
    with pytest.raises(becomes) as error:
        act_in_child(answered_natively, act)

    assert blame(error.value) == ("trader" if becomes is Refusal else "suite")


class ScriptedTrader:
    """Refuses, breaks, or has something to say that is no JSON."""

    after_reply = None

    def __init__(self, emit: Emit, note: Note) -> None:
        self.note = note

    @staticmethod
    def needs_the_thread(config: dict[str, Any]) -> bool:
        """Share the thread with the loop."""
        return False

    async def start(self, config: dict[str, Any]) -> dict[str, Any]:
        """Start with what the config says."""
        Settings.of(config)
        return {}

    def cancel(self) -> dict[str, Any]:
        """Refuse as the trader does."""
        raise Refusal("the trader knows no order 'X'; known: none")

    def market_exit(self) -> dict[str, Any]:
        """Have no such thing."""
        raise Unsupported("market_exit")

    def modify(self) -> dict[str, Any]:
        """Break in NautilusTrader."""
        theirs(broken)
        return {}

    def submit(self) -> dict[str, Any]:
        """Break in the child."""
        ours(broken)
        return {}

    def snapshot(self) -> dict[str, Any]:
        """Answer what cannot be sent."""
        return {"orders": {1, 2}}


async def served(*commands: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a server of scripted traders says to the commands."""
    reading, writing = os.pipe()
    given = asyncio.StreamReader()
    for n, command in enumerate(commands, 1):
        given.feed_data(protocol.encode({"n": n, **command}))
    given.feed_eof()
    await Server(Answers(writing), ScriptedTrader).serve(given)  # type: ignore[arg-type]
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        return [protocol.decode(line) for line in said]


URLS = {"http_url": "http://127.0.0.1:1", "stream_url": "ws://127.0.0.1:1", "ws_api_url": "ws://127.0.0.1:1"}
START = {"op": "start", "config": URLS, "environment": {}}


@pytest.mark.parametrize(
    ("commands", "by", "told"),
    [
        ([{**START, "config": {**URLS, "use_ws_tradin": True}}], "suite", "unknown setting use_ws_tradin"),
        ([{**START, "config": {**URLS, "inflight_check": {"interval": 1}}}], "suite", "unknown interval; known"),
        ([{**START, "config": {**URLS, "key_type": "rsa"}}], "suite", "allowed are hmac, ed25519"),
        ([{**START, "config": {**URLS, "transport": "carrier pigeon"}}], "suite", "allowed are http, ws-api"),
        ([{**START, "config": {**URLS, "subscribe": ["quotes"]}}], "suite", "need a data client"),
        ([{**START, "config": {}}], "suite", "missing 3 required"),
        ([START, START], "suite", "a trader runs already"),
        ([{"op": "submit"}], "suite", "no trader runs"),
        ([START, {"op": "submitt"}], "suite", "unknown operation 'submitt'; known: start"),
        ([START, {"op": "cancel", "client_order": "X"}], "suite", "unexpected keyword argument"),
        ([START, {"op": "submit"}], "suite", "ValueError: broken"),
        ([START, {"op": "snapshot"}], "suite", "not JSON serializable"),
        ([START, {"op": "cancel"}], "trader", "knows no order 'X'"),
        ([START, {"op": "market_exit"}], "version", "market_exit"),
        ([START, {"op": "modify"}], "trader", "ValueError: broken"),
    ],
)
async def test_refusal_says_at_whose_fault(commands: list[dict[str, Any]], by: str, told: str) -> None:
    """A command that makes no sense and an error of the child's code are the suite's, the rest is the trader's."""
    reply = (await served(*commands))[-1]

    assert (reply["ok"], reply["by"]) == (False, by)
    assert told in reply["error"]


async def test_traceback_is_noted_with_whose_it_is() -> None:
    """An error that nobody foresaw is told in full, as the suite's or the trader's; a refusal is told by its reply."""
    said = await served(START, {"op": "cancel"}, {"op": "modify"}, {"op": "submit"})

    notes = [line for line in said if line["kind"] == protocol.NOTE]
    assert [(note["trader"], note["by"]) for note in notes] == [(1, "trader"), (1, "suite")]
    assert all("Traceback" in note["text"] for note in notes)
