"""Lines about requests: what is asked at a start and without a command, how fast in a burst, and what is connected."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from conformance.wire_changes.bills import Bill, Bills
from conformance.wire_changes.causes import RECONNECT, RUNNING, START, STOP
from conformance.wire_changes.commands import changed, commanded, same_purposes
from conformance.wire_changes.sides import Key
from conformance.wire_changes.wording import Line, Matter, code, listed, sentences

Cases = Mapping[Key, frozenset[str]]
_UNCOMMANDED = {STOP: "a stop", RECONNECT: "after a reconnect the trader", RUNNING: "a trader that is left alone"}


def asked(found: Cases, troubled: Cases, bills: tuple[Bills, Bills]) -> Iterator[Line]:
    """Yield a line for each occasion on which other questions are asked, or asked more or less often.

    `troubled` are the cases of each difference in which something had gone wrong.
    """
    by_occasion: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    for key, cases in found.items():
        op = key[1].partition(" ")[0]
        by_occasion[op if op == START or op in _UNCOMMANDED else ""][key] = cases
    for occasion, keys in by_occasion.items():
        if occasion == START:
            yield _start(keys, bills)
        elif occasion:
            text = f"{_UNCOMMANDED[occasion]} {changed(keys)}"
            yield Line.of(text, *keys.values(), another_way=same_purposes(keys), matter=Matter.QUESTIONS)
    yield from commanded(by_occasion[""], troubled, bills)


def _start(keys: Cases, bills: tuple[Bills, Bills]) -> Line:
    before, after = (side.typical(START) or Bill(0, 0) for side in bills)
    more, weight = after.requests - before.requests, after.weight - before.weight
    number = f"{abs(more)} {'more' if more > 0 else 'fewer'} questions" if more else "as many questions"
    figures = f"{before.requests} → {after.requests} requests, {before.weight} → {after.weight} weight"
    text = f"a start asks {number} ({weight:+} weight; {figures}): {changed(keys, bare=True)}"
    same = before == after and same_purposes(keys)
    return Line.of(text, *keys.values(), another_way=same, matter=Matter.QUESTIONS)


def connected(found: Cases) -> Iterator[Line]:
    """Yield a line for each kind of stream that is opened or subscribed to in another place."""
    by_channel: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    for key, cases in found.items():
        by_channel[key[1]][key] = cases
    for channel, keys in by_channel.items():
        often = sorted(keys.items(), key=lambda each: (-len(each[1]), each[0]))
        gone = [code(key[2]) for key, _ in often if key[4] == "0"]
        new = [code(key[2]) for key, _ in often if key[3] == "0"]
        parts = [f"now {listed(new)}" if new else "", f"no longer {listed(gone)}" if gone else ""]
        text = f"connections for {_CHANNELS.get(channel, channel)}: {sentences(parts)}"
        yield Line.of(text, *keys.values(), another_way=bool(gone) and bool(new))


_CHANNELS = {"user": "the user stream", "market": "market data", "ws-api": "the WS API"}


def paced(found: Cases) -> Iterator[Line]:
    """Yield a line for each endpoint to which a burst of orders is sent faster or slower."""
    by_pace: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for (_, route, _, before, after), cases in found.items():
        by_pace[route, before, after].update(cases)
    for (route, before, after), together in by_pace.items():
        text = f"a burst of {code(route)} is sent at some {2 ** int(after)} a second, instead of {2 ** int(before)}"
        yield Line.of(text, together, matter=Matter.ORDERS)
