"""Invariant 16: the trader's books agree with themselves."""

from collections.abc import Iterator

from conformance.history.entries import Snapshot
from conformance.invariants.reading import Reading
from conformance.invariants.rule import Break, invariant


@invariant(16)
def books_agree_with_themselves(reading: Reading) -> Iterator[Break]:
    """Whenever a strategy looks, the cache and the portfolio say of orders and positions what these are.

    A strategy asks for its open orders, and whether it is flat, and acts on the answer: an order that is open and not
    in the list is one that nobody cancels.
    """
    told = set()
    for snapshot in reading.history.of(Snapshot):
        for row in snapshot.more.get("at_odds", ()) if snapshot.who == "trader" else ():
            place = row["of"], row["about"]
            if place not in told:
                told.add(place)
                yield Break(f"{row['of']} at odds", f"{row['about']}: told {row['says']}, is {row['is']}")
