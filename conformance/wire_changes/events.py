"""Lines about the trader's events: which are emitted, what they say, and in which order they come."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from conformance.wire_changes.causes import SEVERAL
from conformance.wire_changes.sides import Key
from conformance.wire_changes.wording import Line, code, listed, same_in_another_form, sentences

Cases = Mapping[Key, frozenset[str]]
_NOW, _GONE = "is now emitted", "is no longer emitted"
_MORE, _LESS = "is emitted more often", "is emitted less often"


def emitted(found: Cases, stages: Mapping[Key, Sequence[str]]) -> Iterator[Line]:
    """Yield a line for each event that is emitted more or less often, with the circumstances."""
    grouped: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for key in found:
        grouped[key[1], _emission(key)].append(key)
    for (event, verb), keys in grouped.items():
        counted = Counter(stage for key in keys for stage in stages[key] if stage)
        shown = [stage if len(counted) == 1 else f"{stage} ({count})" for stage, count in counted.most_common(4)]
        yield Line.of(" ".join(filter(None, (event, verb, listed(shown)))), *(found[key] for key in keys))


def _emission(key: Key) -> str:
    before, after = (_number(count) for count in key[3:])
    if after > before:
        return _MORE if before else _NOW
    return _LESS if after else _GONE


def _number(count: str) -> int:
    return 2 if count == SEVERAL else int(count)


def said(found: Cases) -> Iterator[Line]:
    """Yield a line for each event of which fields come, go or change, and one for what is written in another form."""
    by_event: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    cases: dict[str, set[str]] = defaultdict(set)
    forms: dict[str, set[str]] = defaultdict(set)
    for key, where in sorted(found.items(), key=lambda each: (-len(each[1]), each[0])):
        _, event, field, before, after = key
        if before and after and same_in_another_form(before, after):
            forms[f"{event}.{field}"].update(where)
            continue
        cases[event].update(where)
        verb = "now has" if not before else "no longer has" if not after else "differs in"
        changed = f" ({before} → {after})" if before and after else ""
        if not any(shown.startswith(code(field)) for shown in by_event[event][verb]):
            by_event[event][verb].append(f"{code(field)}{changed}")
    for event, verbs in by_event.items():
        text = sentences([f"{verb} {listed(fields, 6)}" for verb, fields in verbs.items()])
        yield Line.of(f"{event} {text}", cases[event])
    if forms:
        text = f"events write figures in another form: {listed(map(code, forms), 8)}"
        yield Line.of(text, *forms.values(), another_way=True)


def ordered(found: Cases) -> Iterator[Line]:
    """Yield a line for each pair of events that come the other way round."""
    swapped: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, where in found.items():
        before, after = key[3].split(), key[4].split()
        first = next(pair for pair in zip(before, after, strict=True) if pair[0] != pair[1])
        swapped[first].update(where)
    for (was, now), together in swapped.items():
        yield Line.of(f"{now} comes before {was}, no longer after it", together)
