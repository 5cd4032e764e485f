"""Lines about requests: what is asked at a start and for a command, how fast in a burst, and what is connected."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from conformance.binance.usdm import USDM
from conformance.wire_changes.bills import SUBMIT, Bill, Bills
from conformance.wire_changes.causes import RECONNECT, RUNNING, START, STOP
from conformance.wire_changes.sides import Key
from conformance.wire_changes.wording import Line, code, listed, sentences, times

Cases = Mapping[Key, frozenset[str]]
_PHRASES = {
    START: "a start",
    STOP: "a stop",
    RECONNECT: "after a reconnect the trader",
    RUNNING: "a trader that is left alone",
    "cancel_all": "cancelling all orders",
    "cancel_batch": "cancelling a batch of orders",
    "query_order": "a query of an order",
    "query_account": "a query of the account",
}
_OF_KIND = {"submit": "submitting {}", "modify": "modifying {}", "cancel": "cancelling {}"}
#: What is asked for one purpose: another endpoint of the same purpose is another way of the same.
_PURPOSES = {"cancel all": "cancel", "balances": "account", "all orders": "open orders", "trades": "open orders"}


def asked(found: Cases, bills: tuple[Bills, Bills]) -> Iterator[Line]:
    """Yield a line for each occasion on which other questions are asked, or asked more or less often."""
    by_occasion: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    for key, cases in found.items():
        by_occasion[_occasion(key)][key] = cases
    for occasion, keys in by_occasion.items():
        if occasion == START:
            yield _start(keys, bills)
        elif occasion in (_SENT, _UNSENT):
            kinds = (f"{_with_article(_kind(key))} ({code(key[2])})" for key in keys)
            yield Line.of(f"{occasion}: {listed(kinds, 8)}", *keys.values())
        else:
            text = f"{_phrase(occasion)} {_bill(occasion, bills)}{_changed(keys)}"
            yield Line.of(text, *keys.values(), another_way=_same_purposes(keys))


_SENT = "orders that were denied or held back are sent now"
_UNSENT = "orders that were sent are no longer"


def _occasion(key: Key) -> str:
    """Return what a difference is grouped by: its command and kind of order, or that orders are sent or no longer."""
    _, about, route, before, after = key
    op = about.partition(" ")[0]
    if op == "submit" and _is_placement(route) and "0" in (before, after):
        return _SENT if before == "0" else _UNSENT
    return about if op in _OF_KIND else op


def _start(keys: Cases, bills: tuple[Bills, Bills]) -> Line:
    before, after = (side.typical(START) or Bill(0, 0) for side in bills)
    more, weight = after.requests - before.requests, after.weight - before.weight
    number = f"{abs(more)} {'more' if more > 0 else 'fewer'} questions" if more else "as many questions"
    figures = f"{before.requests} → {after.requests} requests, {before.weight} → {after.weight} weight"
    text = f"a start asks {number} ({weight:+} weight; {figures}): {_changed(keys, bare=True)}"
    same = before == after and _same_purposes(keys)
    return Line.of(text, *keys.values(), another_way=same)


def _bill(occasion: str, bills: tuple[Bills, Bills]) -> str:
    """Return what an order costs now, where that is another bill in plain circumstances."""
    op, _, kind = occasion.partition(" ")
    before, after = (side.typical(kind) if op == SUBMIT else None for side in bills)
    if before is None or after is None or before == after:
        return ""
    weight = f" ({after.weight - before.weight:+} weight)" if after.weight != before.weight else ""
    return f"costs {after.requests} requests instead of {before.requests}{weight}: "


def _changed(keys: Cases, *, bare: bool = False) -> str:
    most = max(map(len, keys.values()))
    gone, new, counted = list[str](), list[str](), list[str]()
    told = set[str]()
    for (_, _, route, before, after), cases in sorted(keys.items(), key=lambda each: (-len(each[1]), each[0])):
        if route in told:
            # What is most frequent is said of it.
            continue
        told.add(route)
        rarely = f" (in {len(cases)})" if len(cases) * 2 < most else ""
        if after == "0":
            gone.append(f"{code(route)}{rarely}")
        elif before == "0":
            often = "" if after == "1" else f" {times(after)}"
            new.append(f"{code(route)}{often}{rarely}")
        else:
            counted.append(f"{code(route)} {times(after)} instead of {times(before)}{rarely}")
    asks = "" if bare else "asks "
    return sentences(
        [
            f"no longer {asks}{listed(gone, 6)}" if gone else "",
            f"now {asks}{listed(new, 6)}" if new else "",
            f"{asks}{listed(counted, 6)}" if counted else "",
        ]
    )


def _same_purposes(keys: Cases) -> bool:
    """Whether what is no longer asked and what is asked now serve the same purposes."""
    gone = {_purpose(key[2]) for key in keys if key[4] == "0"}
    new = {_purpose(key[2]) for key in keys if key[3] == "0"}
    return bool(gone) and gone == new and all("0" in key[3:] for key in keys)


def _purpose(route: str) -> str:
    endpoint = USDM.of(*_parts(route))
    return route if endpoint is None else _PURPOSES.get(endpoint.act, endpoint.act)


def _is_placement(route: str) -> bool:
    endpoint = USDM.of(*_parts(route))
    return endpoint is not None and endpoint.act == "place"


def _parts(route: str) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    return method, path


def _phrase(about: str) -> str:
    op, _, kind = about.partition(" ")
    if op in _OF_KIND:
        return _OF_KIND[op].format(_with_article(kind) if kind else "an order of another client's")
    return _PHRASES.get(op, op.replace("_", " "))


def _kind(key: Key) -> str:
    return key[1].partition(" ")[2] or "order"


def _with_article(kind: str) -> str:
    return f"{'an' if kind[:1] in 'AEIOU' else 'a'} {kind}"


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
        yield Line.of(text, together)
