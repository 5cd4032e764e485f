"""Invariant 16: the trader's books agree with themselves."""

from collections.abc import Iterator

from conformance.history.entries import Command, Snapshot
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant


@invariant(16)
def books_agree_with_themselves(reading: Reading) -> Iterator[Break]:
    """The lists of a trader's cache, and what its portfolio says, are in the end what its orders and positions are.

    A strategy asks for its open orders, and whether it is flat, and acts on the answer: an order that is open and not
    in the list is one that nobody cancels. In the end is the last look at each trader: what is so for a moment would
    depend on when the suite happens to look.
    """
    told = set()
    for snapshot in _last_looks(reading):
        for row in snapshot.more.get("at_odds", ()):
            place = row["of"], row["about"]
            if place not in told:
                told.add(place)
                yield Break(f"{row['of']} at odds", f"{row['about']}: told {row['says']}, is {row['is']}")


def _last_looks(reading: Reading) -> Iterator[Snapshot]:
    last: Snapshot | None = None
    for entry in reading.history.entries:
        if isinstance(entry, Snapshot) and entry.who == "trader":
            last = entry
        elif isinstance(entry, Command) and entry.op == "start" and last is not None:
            yield last
            last = None
    if last is not None:
        yield last
