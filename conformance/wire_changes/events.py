"""Lines about the trader's events: which are emitted, what they say, and in which order they come."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from conformance.wire_changes.causes import SEVERAL
from conformance.wire_changes.sides import Key
from conformance.wire_changes.wording import Line, Matter, code, listed, same_in_another_form, sentences

Cases = Mapping[Key, frozenset[str]]
_BY = "<by "
_FILL, _POSITIONS, _REFUSALS = "OrderFilled", "Position", "refusals"
_NOW, _GONE = "is now emitted", "is no longer emitted"
_MORE, _LESS = "is emitted more often", "is emitted less often"


def emitted(found: Cases, stages: Mapping[Key, Sequence[tuple[str, str]]]) -> Iterator[Line]:
    """Yield a line for each event that is emitted more or less often; `stages` are (case, circumstances) of each.

    The refusals of the trader's wishes are one line, and so are the events of positions.
    """
    grouped: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for key in found:
        grouped[key[1], _emission(key)].append(key)
    told: dict[str, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    cases: dict[str, set[str]] = defaultdict(set)
    for (event, verb), keys in grouped.items():
        counted = Counter(stage for _, stage in {each for key in keys for each in stages[key]} if stage)
        of_each = [stage if len(counted) == 1 else f"{stage} ({count})" for stage, count in counted.most_common(4)]
        where = set().union(*(found[key] for key in keys))
        told[_family(event)][event].append((-len(where), f"{verb} {listed(of_each)}".rstrip()))
        cases[_family(event)] |= where
    for family, of_events in told.items():
        ranked = sorted(of_events.items(), key=lambda each: (min(each[1]), each[0]))
        texts = [f"{event} {sentences([text for _, text in sorted(verbs)])}" for event, verbs in ranked]
        yield Line.of(sentences(texts), cases[family], matter=Matter.EVENTS)


def _family(event: str) -> str:
    if event.endswith("Rejected"):
        return _REFUSALS
    return _POSITIONS if event.startswith(_POSITIONS) else event


def _emission(key: Key) -> str:
    before, after = (_number(count) for count in key[3:])
    if after > before:
        return _MORE if before else _NOW
    return _LESS if after else _GONE


def _number(count: str) -> int:
    return 2 if count == SEVERAL else int(count)


def said(found: Cases) -> Iterator[Line]:
    """Yield lines about fields: those that come, go or change together, in the same events, are one line."""
    events: dict[tuple[str, str], set[str]] = defaultdict(set)
    cases: dict[tuple[str, str], set[str]] = defaultdict(set)
    shown: dict[tuple[str, str], str] = {}
    forms: dict[str, set[str]] = defaultdict(set)
    named: dict[str, set[str]] = defaultdict(set)
    for key, where in sorted(found.items(), key=lambda each: (-len(each[1]), each[0])):
        _, event, name, before, after = key
        if before and after and same_in_another_form(before, after):
            forms[f"{event}.{name}"].update(where)
            continue
        if before.startswith(_BY) and after.startswith(_BY):
            named[f"{code(name)} ({before} → {after})"].update(where)
            continue
        became = (_HAS if not before else _HAS_NOT if not after else _DIFFERS), name
        events[became].add(event)
        cases[became].update(where)
        # What is most frequent stands for the others.
        shown.setdefault(became, f"{code(name)} ({before} → {after})" if before and after else code(name))
    together: dict[frozenset[str], list[tuple[str, str]]] = defaultdict(list)
    for became, of in events.items():
        together[frozenset(of)].append(became)
    yield from _by_family(together, cases, shown)
    if forms or named:
        parts = [f"write figures in another form: {listed(map(code, forms), 8)}"] if forms else []
        parts += [f"call positions by another id: {listed(named)}"] if named else []
        yield Line.of(f"events {sentences(parts)}", *forms.values(), *named.values(), another_way=True)


def _by_family(
    together: Mapping[frozenset[str], Sequence[tuple[str, str]]],
    cases: Mapping[tuple[str, str], set[str]],
    shown: Mapping[tuple[str, str], str],
) -> Iterator[Line]:
    """Yield a line about the fields of fills, of the other events of orders, and of positions."""
    texts: dict[str, list[tuple[int, str]]] = defaultdict(list)
    where: dict[str, set[str]] = defaultdict(set)
    for of_events, changes in together.items():
        families = {_FILL if event == _FILL else _family(event) for event in of_events}
        family = families.pop() if families in ({_FILL}, {_POSITIONS}) else "orders"
        text = f"{listed(sorted(of_events))} {_told(changes, shown, several=len(of_events) > 1)}"
        show = set().union(*(cases[each] for each in changes))
        texts[family].append((-len(show), text))
        where[family] |= show
    for family, told in texts.items():
        yield Line.of(sentences([text for _, text in sorted(told)]), where[family], matter=Matter.FIELDS)


_HAS, _HAS_NOT, _DIFFERS = "now has", "no longer has", "differs in"
_PLURAL: Mapping[str, str] = {_HAS: "now have", _HAS_NOT: "no longer have", _DIFFERS: "differ in"}


def _told(changes: Sequence[tuple[str, str]], shown: Mapping[tuple[str, str], str], *, several: bool) -> str:
    verbs: dict[str, list[str]] = defaultdict(list)
    for each in changes:
        verbs[_PLURAL[each[0]] if several else each[0]].append(shown[each])
    return sentences([f"{verb} {listed(fields, 6)}" for verb, fields in verbs.items()])


def ordered(found: Cases) -> Iterator[Line]:
    """Yield a line for each pair of events that come the other way round."""
    swapped: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, where in found.items():
        before, after = key[3].split(), key[4].split()
        first = next(pair for pair in zip(before, after, strict=True) if pair[0] != pair[1])
        swapped[first].update(where)
    for (was, now), together in swapped.items():
        yield Line.of(f"{now} comes before {was}, no longer after it", together, matter=Matter.EVENTS)
