"""Request budgets: how much a start and an order of each kind may ask of the venue, as data, and what exceeds them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from conformance.binance.order_types import VENUE_TYPE
from conformance.history.history import History
from conformance.locations import FIXTURES
from conformance.verdict.decision import Decision
from conformance.verdict.on_the_wire import SEEN
from conformance.verdict.results import Results
from conformance.verdict.schema import Piece, SchemaError, read_yaml
from conformance.wire_changes.bills import Bill, Bills
from conformance.wire_changes.observed import observe

BUDGETS_FILE = FIXTURES / "budgets.yaml"
"""The budgets of this project."""
Of = Literal[
    "start",
    "MARKET",
    "LIMIT",
    "STOP_MARKET",
    "STOP_LIMIT",
    "MARKET_IF_TOUCHED",
    "LIMIT_IF_TOUCHED",
    "TRAILING_STOP_MARKET",
]
assert {*get_args(Of)} == {"start", *VENUE_TYPE}, "a type of order has no budget"


@dataclass(frozen=True, slots=True)
class RequestBudget:
    """The most that a start, or an order of some kind, may ask in plain circumstances; `place` is `file:line`."""

    of: str
    most: Bill
    reason: str
    place: str

    @property
    def name(self) -> str:
        """What the budget is called in a finding."""
        subject = "a start" if self.of == "start" else f"{self.of} orders"
        return f"budget for {subject}: {_words(self.most)}"


@dataclass(frozen=True, slots=True)
class Excess:
    """A budget that most of the occasions exceed, with the typical bill and the cases that show it."""

    budget: RequestBudget
    bill: Bill
    cases: tuple[str, ...]

    def describe(self) -> str:
        """Return the finding as one line."""
        return (
            f"{self.budget.name} is exceeded: {_words(self.bill)} in {len(self.cases)} cases, such as {self.cases[0]}"
        )


def _words(bill: Bill) -> str:
    return f"{bill.requests} request{'s' if bill.requests != 1 else ''} of weight {bill.weight}"


class _Budget(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    of: Annotated[list[Of], Meta(min_length=1)]
    requests: Annotated[int, Meta(ge=1)]
    weight: Annotated[int, Meta(ge=0)]
    reason: Annotated[str, Meta(pattern=r"\S")]


def load_request_budgets(path: Path = BUDGETS_FILE) -> Sequence[RequestBudget]:
    """Load and check the `requests` of a budgets file; raises `SchemaError` for anything that breaks its schema."""
    root = read_yaml(path, "expected `requests` among the budgets; name another file")
    listed = root.at("requests")
    found: dict[str, RequestBudget] = {}
    for piece in listed.entries() if isinstance(listed.value, list) else ():
        for budget in _budgets(piece):
            if budget.of in found:
                raise SchemaError(f"{budget.place}: {budget.of} has a budget already, at {found[budget.of].place}")
            found[budget.of] = budget
    return tuple(found.values())


def _budgets(piece: Piece) -> Iterator[RequestBudget]:
    given = piece.convert(_Budget)
    for of in given.of:
        yield RequestBudget(of, Bill(given.requests, given.weight), " ".join(given.reason.split()), piece.place)


def exceeded(budgets: Sequence[RequestBudget], bills: Bills) -> list[Excess]:
    """Return the budgets that at least half of all occasions exceed.

    A single question more may be the machine's doing: an answer that came late is asked for again.
    """
    found: list[Excess] = []
    for budget in budgets:
        seen: Any = bills.cases.get(budget.of, {})
        over = {bill: cases for bill, cases in seen.items() if _is_over(bill, budget.most)}
        cases = tuple(dict.fromkeys(case for each in over.values() for case in each))
        if over and sum(map(len, over.values())) * 2 >= sum(map(len, seen.values())):
            found.append(Excess(budget, max(over, key=lambda bill: (len(over[bill]), bill)), cases))
    return found


def _is_over(bill: Bill, most: Bill) -> bool:
    return bill.requests > most.requests or bill.weight > most.weight


def bills_of(results: Results) -> Bills:
    """Return what starts and orders cost in one run; raises `HistoryError` for a history that cannot be read."""
    bills = Bills()
    for case in results.cases.values():
        path = results.history_of(case.id)
        if case.outcome in SEEN and path is not None:
            bills.add(case.id, observe(History.read(path)))
    return bills


def decide_with_budgets(
    decision: Decision, reasons: Sequence[str], excesses: Sequence[Excess]
) -> tuple[Decision, tuple[str, ...]]:
    """Return the decision with the budgets that are exceeded: what is certain decides, whatever else was not seen."""
    if not excesses:
        return decision, tuple(reasons)
    before = () if decision is Decision.UPGRADE else tuple(reasons)
    return Decision.REGRESSED, (*(excess.describe() for excess in excesses), *before)
