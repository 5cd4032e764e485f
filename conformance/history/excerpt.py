"""The part of a history that shows one failure: the orders it is about, what was asked and told, and the failed check.

A timeline shows everything; the reader of an issue needs the start as one line, each question once, and the end.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence, Set

from conformance.binance.events import read_event
from conformance.history.entries import (
    Answer,
    Command,
    Declared,
    Entry,
    Event,
    FailedCheck,
    FaultApplied,
    Frame,
    Note,
    Request,
    Snapshot,
)
from conformance.history.folding import Fold, Told, WaitBegins, folded
from conformance.history.plain import plain
from conformance.history.timeline import line_of

_WIDTH = 150
#: What names an order or a stop, in requests, answers and rows.
_IDS = frozenset(
    {
        *("newClientOrderId", "origClientOrderId", "clientOrderId", "clientAlgoId"),
        *("orderId", "algoId", "actualOrderId"),
    }
)
_STEPS = frozenset({"OrderInitialized", "OrderSubmitted"})
#: What every start asks, and which says nothing of an order.
_SETTLED = frozenset({"reference", "account", "setting"})
_WORD = re.compile(r"[\w.-]+")


def excerpt(entries: Sequence[Entry], failure: str) -> str:
    """Return the lines that show the failure, times in ms since the first entry, the failed check last.

    Where the check names an order, what belongs to other orders alone is left out. `failure` stands last where the
    history has no failed check of its own, as with an invariant that is judged afterwards.
    """
    shown = list(_until_the_check(entries))
    check = shown[-1] if shown and isinstance(shown[-1], FailedCheck) else None
    concerned = _concerned(shown, f"{check.about} {check.required} {check.seen}" if check else failure)
    settled = {each.id for each in shown if isinstance(each, Request) and _asks_what_is_settled(each)}
    told = (each for each in folded(shown) if _counts(each, settled))
    kept = _last_books(each for each in told if _is_about(each, concerned, shown))
    start = entries[0].ns if entries else 0
    lines = list(_once_each((f"{(each.ns - start) / 1e6:7.0f}", _line(each)) for each in kept))
    return "\n".join(lines if check else [*lines, f"         ✗ FAILED CHECK   {failure}"])


def _asks_what_is_settled(request: Request) -> bool:
    endpoint = request.endpoint
    return request.by == "trader" and endpoint is not None and endpoint.act in _SETTLED


def _until_the_check(entries: Sequence[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        if isinstance(entry, FailedCheck):
            return


def _line(told: Told) -> str:
    """Return the line, shortened to what decides: of a frame, a fault and an event its first part."""
    speaker, what, rest = (plain(part) for part in line_of(told))
    kept = f"{speaker:16} {what}"
    if isinstance(told, Frame | FaultApplied | Event) and "TRADE_LITE" not in what:
        return kept.rstrip()
    if isinstance(told, FailedCheck):
        # What follows a check's first line is the trader's log.
        return kept.split("⏎", maxsplit=1)[0]
    return _cut(f"{kept} {rest}".rstrip(), max(_WIDTH, len(kept)))


def _cut(line: str, width: int) -> str:
    """Return the line, cut at the width."""
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _counts(told: Told, settled: Set[int]) -> bool:
    """Say whether a line helps to understand this one failure."""
    if isinstance(told, Fold):
        return told.what.startswith("start-up")
    if isinstance(told, Frame):
        return told.channel != "market"
    if isinstance(told, Event):
        return told.name not in _STEPS
    if isinstance(told, Request):
        return told.id not in settled
    if isinstance(told, Answer):
        return told.to not in settled or told.status != 200
    return not isinstance(told, Note | Declared | WaitBegins)


def _ids(entry: Entry | Fold | WaitBegins) -> set[str]:
    """Return everything by which the entry names an order."""
    if isinstance(entry, Command):
        return set(entry.orders)
    if isinstance(entry, Event):
        return {text for text in (entry.client_order_id, str(entry.fields().get("venue_order_id") or "")) if text}
    if isinstance(entry, Request):
        return set(_named(entry.params))
    if isinstance(entry, Answer):
        return set(_named(entry.body))
    return set(_named(entry.data)) if isinstance(entry, Frame | FaultApplied) else set()


def _named(said: object) -> Iterator[str]:
    if isinstance(said, str) and said.startswith(("{", "[")):
        try:
            said = json.loads(said)
        except ValueError:
            return
    if (event := read_event(said)) is not None:
        yield from event.ids
    elif isinstance(said, dict):
        for key, value in said.items():
            if key in _IDS and isinstance(value, str | int) and value:
                yield str(value)
            else:
                yield from _named(value)
    if isinstance(said, list):
        for each in said:
            yield from _named(each)


def _concerned(entries: Sequence[Entry], failure: str) -> set[str]:
    """Return every id of the orders that the failure names; empty where it names none of them."""
    groups = [found for entry in entries if (found := _ids(entry)) and not _is_list(entry)]
    concerned = set(_WORD.findall(failure)) & {each for group in groups for each in group}
    while grown := {each for group in groups if group & concerned for each in group} - concerned:
        concerned |= grown
    return concerned


def _is_list(entry: Entry) -> bool:
    return isinstance(entry, Answer) and isinstance(entry.body, list)


def _is_about(told: Told, concerned: set[str], entries: Sequence[Entry]) -> bool:
    if not concerned or isinstance(told, Answer):
        request = next((each for each in entries if isinstance(told, Answer) and _asked(each, told)), None)
        return not concerned or request is None or _is_about(request, concerned, entries)
    named = _ids(told)
    return not named or bool(named & concerned)


def _asked(entry: Entry, answer: Answer) -> bool:
    return isinstance(entry, Request) and entry.id == answer.to


def _last_books(told: Iterable[Told]) -> list[Told]:
    """Keep of each one's books the last look only."""
    lines = list(told)
    last = {each.who: each for each in lines if isinstance(each, Snapshot)}
    return [each for each in lines if not isinstance(each, Snapshot) or last[each.who] is each]


def _once_each(lines: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the lines; a question that is repeated with the same answer appears once, with a note."""
    seen: dict[str, int] = {}
    again = 0
    for at, line in lines:
        said = re.sub(r"#\d+ |startTime=\d+|endTime=\d+", "", line)
        repeated = seen.get(said, 0) and ("GET " in line or "→ trader" in line)
        seen[said] = seen.get(said, 0) + 1
        if repeated:
            again += 1
            continue
        if again:
            yield "         …                the same questions and answers again"
            again = 0
        yield f"{at}  {line}"
