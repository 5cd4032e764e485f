"""Plays the child's part of the protocol, well or badly. Run by path: `fake_child.py BEHAVIOUR --commands=FD …`."""

import argparse
import ctypes
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import conformance.subject.child
from conformance.subject.child import guard, lifeline, protocol


def write_file(answers: int, path: str, seal: str) -> None:
    """Write what the file holds, with this process's key where it says @KEY@."""
    rest = memoryview(Path(path).read_bytes().replace(b"@KEY@", seal.encode()))
    while rest:
        rest = rest[os.write(answers, rest) :]


def leave_daemon(say: Callable[..., None], trader: int) -> None:
    """Start what a process manager would never find again: orphaned, in a session and an environment of its own."""
    ours, theirs = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(theirs, f"{os.getpid()}".encode())
            os.execve("/bin/sleep", ["sleep", "600"], {})
        os._exit(0)
    os.wait()
    say(kind="event", trader=trader, event="Daemon", reason=os.read(ours, 20).decode())


def main() -> None:
    """Say hello, then answer commands in the way that the behaviour says."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("behaviour")
    arguments.add_argument("--commands", type=int, required=True)
    arguments.add_argument("--answers", type=int, required=True)
    arguments.add_argument("--parent", type=int, required=True)
    arguments.add_argument("--parent-watched-by-kernel", action="store_true")
    given, _ = arguments.parse_known_args()
    behaviour: str = given.behaviour

    parent = guard.stand(given.parent, (given.commands, given.answers), by_kernel=given.parent_watched_by_kernel)
    seal = protocol.read_key(given.commands)

    def say(**message: Any) -> None:
        os.write(given.answers, protocol.encode({"key": seal, **message}))

    if behaviour == "dies at start":
        print("cannot import the thing", file=sys.stderr)
        sys.exit(3)
    if behaviour == "cannot lay its overlay":
        print("overlay foo=/bar: foo is not an installed package", file=sys.stderr)
        sys.exit(protocol.OVERLAY_REFUSED)
    if behaviour == "does not fit":
        print("ImportError: cannot import name 'Strategy' from 'nautilus_trader.trading'", file=sys.stderr)
        sys.exit(protocol.UNFIT)
    if behaviour.startswith("greets with "):
        write_file(given.answers, behaviour.removeprefix("greets with "), seal)
    if behaviour == "never greets":
        threading.Event().wait()
    lifeline.hold_on_to(parent, given.commands, by_kernel=given.parent_watched_by_kernel)
    generation = 2 if behaviour.startswith("one trader") else 1
    say(
        kind="hello",
        version="9.9.9",
        generation=generation,
        python="3",
        capabilities=[],
        fields={},
        overlay={},
        pid=os.getpid(),
    )
    for line in os.fdopen(given.commands, "rb"):
        command = protocol.decode(line)
        n, op = command["n"], command["op"]
        if op == "start":
            trader, key = n, command["environment"].get("BINANCE_API_KEY")
            say(kind="event", trader=trader - 1, event="OrderFilled", client_order_id="of the trader before")
        if behaviour == "dies" and op == "submit":
            print("last words, ?symbol=BTCUSDT&signature=0123456789abcdef0123 and secret-of-this-test", flush=True)
            sys.exit(7)
        if behaviour == "hangs" and op == "submit":
            print("about to hang", flush=True)
            threading.Event().wait()
        if behaviour == "holds the lock" and op == "submit":
            # Native code that neither returns nor lets Python run: pause(2), called with the interpreter's lock held.
            say(kind="event", trader=trader, event="Stuck")
            ctypes.PyDLL(None).pause()
        if behaviour == "speaks garbage" and op == "submit":
            os.write(given.answers, b"Traceback (most recent call last):\n")
        if behaviour == "refuses" and op == "submit":
            say(kind="reply", n=n, ok=False, by="trader", error="the trader knows no order 'X'; known: none")
            continue
        if behaviour == "lacks" and op == "submit":
            say(kind="reply", n=n, ok=False, by="version", error="price_match")
            continue
        if behaviour == "blames the suite" and op in ("submit", "stop"):
            say(kind="reply", n=n, ok=False, by="suite", error=f"unknown operation with the key {key}")
            continue
        if behaviour.startswith("writes ") and op == "submit":
            write_file(given.answers, behaviour.removeprefix("writes "), seal)
        if behaviour.startswith("prints ") and op == "submit":
            write_file(1, behaviour.removeprefix("prints "), "")
            sys.exit(7)
        if behaviour == "answers emptily" and op != "start":
            say(kind="reply", n=n, ok=True, orders=[{"client_order_id": 1}], positions=[], balances=[])
            continue
        if behaviour.endswith("leaves a daemon") and op == "submit":
            leave_daemon(say, trader)
        if behaviour == "floods" and op == "submit":
            for number in range(20_000):
                say(kind="event", trader=trader, event="OrderUpdated", number=number, reason="x" * 100)
        if behaviour == "leaks" and op == "submit":
            url = "https://fapi.binance.com/fapi/v1/order?symbol=BTCUSDT&signature=0123456789abcdef"
            sent = f"HttpError: error sending request for {url}"
            say(kind="event", trader=trader, event="OrderRejected", reason=sent)
        if behaviour == "leaks" and op == "modify":
            say(kind="reply", n=n, ok=False, by="trader", error=f"{sent} with the key {key}")
            continue
        if behaviour == "one trader, stops with an error" and op == "stop":
            say(kind="note", trader=trader, by="trader", text="the node did not stop cleanly\nRuntimeError: no key")
            say(kind="reply", n=n, ok=True, clean=False, within_s=5.0, raised=f"RuntimeError: no key {key}")
            continue
        if behaviour.endswith("stops uncleanly") and op == "stop":
            say(kind="note", trader=trader, by="trader", text="the node did not stop cleanly within 5 s\nTimeoutError")
            say(kind="reply", n=n, ok=True, clean=False, within_s=5.0)
            continue
        if behaviour == "breaks beside the trader" and op == "submit":
            broken = f"Traceback: no attribute 'last_qty', with the key {key}"
            say(kind="note", trader=trader - 1, by="suite", text="of the trader before")
            say(kind="note", trader=trader, by="trader", text="Traceback: the node itself")
            say(kind="note", trader=trader, by="suite", text=broken)
        if op == "stop":
            say(kind="reply", n=n, ok=True, clean=command["graceful"], within_s=5.0)
            continue
        books: dict[str, Any] = {"orders": [], "positions": [], "balances": []}
        seen = {**books, "config": command.get("config"), "environment": sorted(os.environ), "path": sys.path}
        say(kind="reply", n=n, ok=True, **(seen if op == "snapshot" else {}))


assert Path(conformance.subject.child.__file__).exists()
main()
