"""Lines about parameters: which a request carries, with which values, and how it names the order that it is about."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from conformance.binance.defaults import default_of
from conformance.binance.usdm import USDM, is_plumbing, writes
from conformance.wire_changes.sides import Key
from conformance.wire_changes.wording import Line, Matter, code, listed, same_in_another_form, sentences

Cases = Mapping[Key, frozenset[str]]
#: Parameters that say which order is meant.
_WHICH = frozenset({"orderId", "origClientOrderId", "algoId", "clientAlgoId", "orderIdList", "origClientOrderIdList"})
_NOW, _GONE, _OTHER = "now carries", "no longer carries", "carries another value:"
_FORM, _DEFAULT_GONE, _DEFAULT_SAID = "writes in another form:", "leaves out the default", "says the default"
_ANOTHER_WAY = frozenset({_FORM, _DEFAULT_GONE, _DEFAULT_SAID})
_PLURAL: Mapping[str, str] = {
    _NOW: "now carry",
    _GONE: "no longer carry",
    _OTHER: "carry another value:",
    _FORM: "write in another form:",
    _DEFAULT_GONE: "leave out the default",
    _DEFAULT_SAID: "say the default",
}


def carried(found: Cases) -> Iterator[Line]:
    """Yield lines about parameters: those that come and go together, on the same endpoints, are one line."""
    routes: dict[tuple[str, str], set[str]] = defaultdict(set)
    cases: dict[tuple[str, str], set[str]] = defaultdict(set)
    named: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    for key, where in found.items():
        if key[2] in _WHICH and "" in key[3:]:
            named[_route(key[1])][key] = where
            continue
        became = _became(key)
        routes[became].add(_route(key[1]))
        cases[became].update(where)
    together: dict[tuple[frozenset[str], bool], list[tuple[str, str]]] = defaultdict(list)
    for became, on in routes.items():
        another_way = became[0] in _ANOTHER_WAY
        of_orders = frozenset() if another_way else frozenset(filter(_is_about_orders, on))
        for endpoints in filter(None, (of_orders, frozenset(on) - of_orders)):
            together[endpoints, another_way].append(became)
    texts: dict[bool, list[tuple[int, str]]] = defaultdict(list)
    shown: dict[bool, set[str]] = defaultdict(set)
    for (endpoints, another_way), changes in together.items():
        changes.sort(key=lambda each: (-len(cases[each]), each))
        text = f"{listed(map(code, sorted(endpoints)))} {_said(changes, several=len(endpoints) > 1)}"
        show = set[str]().union(*(cases[each] for each in changes))
        if not another_way and _is_about_orders(min(endpoints)):
            yield Line.of(text, show, matter=Matter.ORDERS)
            continue
        texts[another_way].append((-len(show), text))
        shown[another_way] |= show
    for route, keys in named.items():
        show = set[str]().union(*keys.values())
        texts[True].append((-len(show), _by_another_id(route, keys)))
        shown[True] |= show
    for another_way, told in texts.items():
        yield Line.of(sentences([text for _, text in sorted(told)]), shown[another_way], another_way=another_way)


def _is_about_orders(route: str) -> bool:
    """Whether an endpoint changes what is at the venue; keeping a session alive does not."""
    method, _, path = route.partition(" ")
    return writes(method, path) and not is_plumbing(method, path)


def _said(changes: Sequence[tuple[str, str]], *, several: bool) -> str:
    verbs: dict[str, list[str]] = defaultdict(list)
    for verb, item in changes:
        verbs[_PLURAL[verb] if several else verb].append(item)
    return sentences([f"{verb} {listed(items, 6)}" for verb, items in verbs.items()])


def _became(key: Key) -> tuple[str, str]:
    """Return what became of a parameter, as verb and item."""
    _, about, name, before, after = key
    default = default_of(name, algo=_is_algo(_route(about)))
    if not before or not after:
        if default is not None and (before or after).casefold() == default.casefold():
            return _DEFAULT_GONE if before else _DEFAULT_SAID, code(f"{name}={default}")
        return _GONE if before else _NOW, code(name)
    if same_in_another_form(before, after):
        return _FORM, code(name) if before[:1].isdigit() else f"{code(name)} ({before} → {after})"
    return _OTHER, f"{code(name)} ({before} → {after})"


def _by_another_id(route: str, keys: Cases) -> str:
    """Return what is said of an endpoint that names its orders by other ids than it did."""
    gone = dict.fromkeys(code(key[2]) for key in keys if key[3])
    new = dict.fromkeys(code(key[2]) for key in keys if key[4])
    if gone and new:
        how = f"by {listed(new)} instead of {listed(gone)}"
    else:
        how = f"by {listed(new)} too" if new else f"no longer by {listed(gone)} too"
    return f"{code(route)} names the order {how}"


def _is_algo(route: str) -> bool:
    method, _, path = route.partition(" ")
    endpoint = USDM.of(method, path)
    return endpoint is not None and endpoint.algo


def _route(about: str) -> str:
    return " ".join(about.split(" ")[:2])
