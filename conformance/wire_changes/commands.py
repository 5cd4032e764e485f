"""Lines about commands: what is asked for an order, plainly and after an error, and which orders are sent at all."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from conformance.binance.usdm import USDM
from conformance.wire_changes.bills import SUBMIT, Bills
from conformance.wire_changes.sides import Key
from conformance.wire_changes.wording import Line, Matter, code, listed, sentences, times

Cases = Mapping[Key, frozenset[str]]
_PHRASES = {
    "cancel_all": "cancelling all orders",
    "modify_batch": "amending a batch of orders",
    "cancel_batch": "cancelling a batch of orders",
    "query_order": "a query of an order",
    "query_account": "a query of the account",
    "submit_list": "submitting a list of orders",
}
_OF_KIND = {"submit": "submitting", "modify": "modifying", "cancel": "cancelling"}
_IN_TROUBLE = "after an error or a lost answer, "
_SENT = "orders that were denied or held back are sent now"
_UNSENT = "orders that were sent are no longer"
#: What is asked for one purpose: another endpoint of the same purpose is another way of the same.
_PURPOSES = {"cancel all": "cancel", "balances": "account", "all orders": "open orders"}


def commanded(found: Cases, troubled: Cases, bills: tuple[Bills, Bills]) -> Iterator[Line]:
    """Yield a line for each change of what commands ask; `troubled` are the cases in which something had gone wrong.

    Commands and kinds of order that changed alike are one line. After an error the kind of order makes no difference.
    """
    sending: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    asking: dict[tuple[bool, str], dict[Key, frozenset[str]]] = defaultdict(dict)
    by_op: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    for key, cases in found.items():
        by_op[key[1].partition(" ")[0]][key] = cases
    whole = {op for op, keys in by_op.items() if same_purposes(keys)}
    for key, cases in found.items():
        op, _, kind = key[1].partition(" ")
        if op == SUBMIT and _is_placement(key[2]) and "0" in key[3:]:
            sending[_SENT if key[3] == "0" else _UNSENT][key] = cases
            continue
        in_trouble = cases & troubled.get(key, frozenset())
        if in_trouble and op not in whole:
            asking[True, op][key] = in_trouble
        if op in whole:
            asking[False, op][key] = cases
        elif cases - in_trouble:
            asking[False, f"{op} {kind}".rstrip()][key] = cases - in_trouble
    for occasion, keys in sending.items():
        kinds = (f"{_with_article(_kind(key[1]) or 'order')} ({code(key[2])})" for key in sorted(keys))
        yield Line.of(f"{occasion}: {listed(kinds, 8)}", *keys.values(), matter=Matter.ORDERS)
    yield from _asked(asking, bills)


def _asked(asking: Mapping[tuple[bool, str], Cases], bills: tuple[Bills, Bills]) -> Iterator[Line]:
    alike: dict[tuple[bool, str, bool], dict[str, Cases]] = defaultdict(dict)
    for (in_trouble, occasion), keys in asking.items():
        bill = "" if in_trouble else _bill(occasion, bills)
        change = f"{bill}{changed(keys)}"
        alike[in_trouble, change, same_purposes(keys)][occasion] = keys
    for (in_trouble, change, another_way), occasions in alike.items():
        start = _IN_TROUBLE if in_trouble else ""
        cases = (where for keys in occasions.values() for where in keys.values())
        text = f"{start}{_subjects(occasions)} {change}"
        yield Line.of(text, *cases, another_way=another_way, matter=Matter.ORDERS)


def _subjects(occasions: Mapping[str, Cases]) -> str:
    """Return what the trader is told to do: `cancelling a LIMIT and a STOP_LIMIT`."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for occasion, keys in occasions.items():
        op = occasion.partition(" ")[0]
        # After an error all kinds of order are one occasion.
        named = [_kind(occasion)] if " " in occasion else [_kind(key[1]) for key in keys]
        kinds[op] += [_with_article(kind) if kind else "an order that came from elsewhere" for kind in named]
    told = (
        f"{_OF_KIND[op]} {listed(sorted(named), 7)}" if op in _OF_KIND else _PHRASES.get(op, op.replace("_", " "))
        for op, named in kinds.items()
    )
    return listed(told)


def _bill(occasion: str, bills: tuple[Bills, Bills]) -> str:
    """Return what an order costs now, where that is another bill in plain circumstances."""
    op, _, kind = occasion.partition(" ")
    before, after = (side.typical(kind) if op == SUBMIT else None for side in bills)
    if before is None or after is None or before == after:
        return ""
    weight = f" ({after.weight - before.weight:+} weight)" if after.weight != before.weight else ""
    return f"costs {after.requests} requests instead of {before.requests}{weight}: "


def changed(keys: Cases, *, bare: bool = False) -> str:
    """Return what is no longer asked, asked now, and asked in another number, of one occasion."""
    together: dict[tuple[str, str, str], frozenset[str]] = defaultdict(frozenset)
    for key, cases in keys.items():
        together[key[2:]] |= cases
    most = max(map(len, together.values()))
    gone, new, counted = list[str](), list[str](), list[str]()
    told = set[str]()
    for (route, before, after), cases in sorted(together.items(), key=lambda each: (-len(each[1]), each[0])):
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


def same_purposes(keys: Cases) -> bool:
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


def _kind(about: str) -> str:
    return about.partition(" ")[2]


def _with_article(kind: str) -> str:
    return f"{'an' if kind[:1] in 'AEIOUaeiou' else 'a'} {kind}"
