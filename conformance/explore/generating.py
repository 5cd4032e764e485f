"""How programs are made up: by Hypothesis, from the weights; valid by construction, with a share of mistakes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, get_args

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.explore.novelty import most_novel
from conformance.explore.program import Program
from conformance.explore.steps.commands import Amend, Busy, Cancel, CancelAll, CancelBatch, Query, Restart
from conformance.explore.steps.faults import (
    Drop,
    Fault,
    FrameEvent,
    FrameFault,
    HoldAnswers,
    HoldFrames,
    Lose,
    On,
    Release,
)
from conformance.explore.steps.hedge_account import HedgeAccount
from conformance.explore.steps.lists import Bracket, SubmitList
from conformance.explore.steps.step import Step
from conformance.explore.steps.submission import CONDITIONAL, LIMITED, RESTING, TRADING, Submit
from conformance.explore.steps.surroundings import Expire, Fill, Other, OtherOn, Price, VenueAct
from conformance.explore.weights import Weights

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SIDES = ("BUY", "SELL")
_ROUTES: tuple[On, ...] = ("place", "place", "cancel", "cancel", "modify", "cancel all", "batch cancel", "query")
_BATCH = 40
"""So many programs are chosen, the newest situations first, out of three times as many."""
_POOL = 3


class Sketch:
    """What a program has made so far, as far as it can be known before it is played."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.conditional: set[str] = set()
        self.waiting: dict[str, Submit] = {}
        self.resting: set[str] = set()
        self.partly_filled: set[str] = set()
        self.ended: set[str] = set()
        self.has_traded = False
        self.holds = False

    @property
    def open(self) -> list[str]:
        """The orders that should be open."""
        return [letter for letter in self.made if letter not in self.ended]

    def takes(self, step: Step) -> None:
        """Note what a step makes of the orders."""
        if isinstance(step, Submit):
            self.made.append(step.order)
            if step.kind in CONDITIONAL:
                self.conditional.add(step.order)
                self.waiting[step.order] = step
            elif step.kind in RESTING:
                self.resting.add(step.order)
            else:
                self.ended.add(step.order)
                self.has_traded = self.has_traded or step.kind in TRADING
        elif isinstance(step, SubmitList):
            self.made += step.orders
            self.resting.update(step.orders)
        elif isinstance(step, Bracket):
            self.made += step.orders
            self.conditional.add(step.orders[2])
            self.resting.update(step.orders[:2] if step.entry == "limit" else step.orders[1:2])
            self.ended.update(() if step.entry == "limit" else step.orders[:1])
            self.has_traded = self.has_traded or step.entry == "market"
        elif isinstance(step, Price):
            self._triggers(step)
        elif isinstance(step, Fill):
            (self.partly_filled if step.quantity else self.ended).add(step.order)
            self.has_traded = True
        elif isinstance(step, Cancel | Expire) or (isinstance(step, OtherOn) and step.act == "cancel"):
            self.ended.add(step.order)
        elif isinstance(step, CancelBatch):
            self.ended.update(step.orders)
        elif isinstance(step, CancelAll):
            self.ended.update(self.made)
        elif isinstance(step, HoldAnswers | HoldFrames):
            self.holds = True
        elif isinstance(step, Release):
            self.holds = False

    def _triggers(self, move: Price) -> None:
        """Note what a move of the price should make of the orders that wait for one."""
        for letter, order in list(self.waiting.items()):
            if letter in self.ended:
                del self.waiting[letter]
            elif order.triggers_above is (move.to == "above") and order.away <= move.by:
                del self.waiting[letter]
                (self.resting if order.kind in LIMITED else self.ended).add(letter)
                self.has_traded = True


class _Maker:
    """Draws steps for one program."""

    def __init__(self, draw: DrawFn, weights: Weights) -> None:
        self._draw = draw
        self._weights = weights
        self._steps: Sequence[Any] = weights.step_names
        self._kinds: Sequence[Any] = weights.kinds
        self.sketch = Sketch()
        if self.happens(weights.shares.few_kinds):
            self._steps = ("submit", *self._some(weights.step_names))
            self._kinds = self._some(weights.kinds) or weights.kinds

    def _some(self, names: Sequence[Any]) -> Sequence[Any]:
        """Draw about half of the names, each as often as it weighs; what stays meets itself more often."""
        chosen = {name for name in dict.fromkeys(names) if self.happens(50)}
        return tuple(name for name in names if name in chosen)

    def step(self) -> Step:
        """Draw one step. One that needs an order where there is none becomes a submission."""
        kind = self._one(self._steps)
        if self.sketch.holds and self.happens(self._weights.shares.release):
            kind = "release"
        make: Callable[[], Step | None] = getattr(self, f"_{kind.replace('-', '_')}")
        step = make() or self._submit()
        if self.happens(self._weights.shares.at_once):
            step = step.but(at_once=True)
        self.sketch.takes(step)
        return step

    def _one(self, choices: Sequence[Any]) -> Any:
        return self._draw(st.sampled_from(choices))

    def happens(self, percent: int) -> bool:
        """Draw whether something happens that does so often, in percent."""
        # The likelier first, and so the simpler.
        return bool(self._draw(st.integers(0, 99)) >= 100 - percent)

    def _order(self, among: Sequence[str] | None = None) -> str | None:
        """Draw an order, mostly an open one."""
        choices = list(self.sketch.open if among is None else among)
        parted = [letter for letter in choices if letter in self.sketch.partly_filled]
        if parted and self.happens(self._weights.shares.partly_filled):
            choices = parted
        if not choices or self.happens(self._weights.shares.ended):
            choices = self.sketch.made
        return self._one(choices) if choices else None

    def _letter(self, ahead: int = 0) -> str:
        return _LETTERS[len(self.sketch.made) + ahead]

    def _submit(self) -> Step:
        kind = self._one(self._kinds)
        return Submit(
            order=self._letter(),
            kind=kind,
            side=self._one(_SIDES),
            quantity=self._one(("0.010", "0.020")),
            away=self._one(("2%", "1%", "3%")),
            reduce_only=not kind.startswith("closing") and self.happens(self._weights.shares.reduce_only),
            mark=kind in ("stop", "stop-limit") and self.happens(15),
        )

    def _submit_list(self) -> Step:
        return SubmitList(orders=(self._letter(), self._letter(1)), side=self._one(_SIDES))

    def _bracket(self) -> Step:
        orders = (self._letter(), self._letter(1), self._letter(2))
        return Bracket(orders=orders, side=self._one(_SIDES), entry=self._one(("limit", "market")))

    def _cancel(self) -> Step | None:
        order = self._order()
        return None if order is None else Cancel(order=order)

    def _cancel_batch(self) -> Step | None:
        if not self.sketch.open:
            return None
        orders = tuple(dict.fromkeys(self._one(self.sketch.open) for _ in range(2)))
        return CancelBatch(orders=orders)

    def _cancel_all(self) -> Step:
        return CancelAll(side=self._one((None, None, None, *_SIDES)))

    def _amend(self) -> Step | None:
        order = self._order()
        if order is None:
            return None
        if self.happens(40):
            return Amend(order=order, quantity=self._one(("0.020", "0.005")))
        return Amend(order=order, to=self._one(("3%", "1%")))

    def _query(self) -> Step | None:
        order = self._order(self.sketch.made)
        return None if order is None else Query(order=order)

    def _restart(self) -> Step:
        return Restart(warm=self.happens(self._weights.shares.warm))

    def _busy(self) -> Step:
        return Busy(ms=self._one((50, 150)), at_once=True)

    def _price(self) -> Step:
        waiting = [each for letter, each in self.sketch.waiting.items() if letter not in self.sketch.ended]
        above = [each.triggers_above for each in waiting if each.triggers_above is not None]
        if above and self.happens(self._weights.shares.towards_triggers):
            return Price(to="above" if self._one(above) else "below")
        return Price(to=self._one(("below", "above")), by=self._one(("3%", "1%", "2%")))

    def _fill(self) -> Step | None:
        order = self._order([letter for letter in self.sketch.open if letter in self.sketch.resting])
        return None if order is None else Fill(order=order, quantity=self._one((None, "0.004", "0.004")))

    def _other_client(self) -> Step:
        acts = ("limit", "market", "stop", "cancel all", "leverage", *(("close", "reduce") * self.sketch.has_traded))
        return Other(act=self._one(acts), side=self._one(_SIDES))

    def _other_client_on(self) -> Step | None:
        order = self._order()
        return None if order is None else OtherOn(act=self._one(("cancel", "amend")), order=order)

    def _venue(self) -> Step:
        acts = ("fund", "transfer", "skew clock", "expire listen key", "pass the date")
        # Without a position there is nothing to close; where there is one, no other act of the venue costs as much.
        return VenueAct(act=self._one((*(("liquidate", "deleverage") * 2 * self.sketch.has_traded), *acts)))

    def _expire(self) -> Step | None:
        order = self._order()
        return None if order is None else Expire(order=order)

    def _fault(self) -> Step:
        return Fault(
            request=self._one(_ROUTES), fate=self._one(self._weights.fate_names), done=self._one((False, True))
        )

    def _frame(self) -> Step:
        if self.happens(30):
            return FrameFault(what="late")
        return FrameFault(event=self._one(get_args(FrameEvent)))

    def _lose(self) -> Step | None:
        order = self._order()
        if order is None:
            return None
        return Lose(order=order, event="ALGO_UPDATE" if order in self.sketch.conditional else "ORDER_TRADE_UPDATE")

    def _hold_answers(self) -> Step:
        return HoldAnswers(request=self._one(_ROUTES))

    def _hold_frames(self) -> Step:
        return HoldFrames(event=self._one(get_args(FrameEvent)))

    def _release(self) -> Step | None:
        return Release() if self.sketch.holds else None

    def _drop_stream(self) -> Step:
        return Drop()


@st.composite
def programs(draw: DrawFn, weights: Weights) -> Program:
    """Return a strategy of programs."""
    maker = _Maker(draw, weights)
    length = draw(st.integers(weights.length.least, weights.length.most))
    account = [HedgeAccount()] if maker.happens(weights.shares.hedge) else []
    return Program.of([*account, *(maker.step() for _ in range(length))])


def made_up(weights: Weights, from_seed: int) -> Iterator[Program]:
    """Yield programs without end, no two alike; the same for the same weights and seed.

    They come in batches. Of each batch those come first that lead to situations which no program before was meant to
    lead to, and what is left at its end, the least new, is not played.
    """
    seen: set[Program] = set()
    reached: set[object] = set()
    number = 0
    while True:
        pool = [each for each in _batch(programs(weights), from_seed, number) if each.steps and each not in seen]
        number += 1
        for program in most_novel(pool, reached, _BATCH):
            seen.add(program)
            yield program


def _batch(strategy: SearchStrategy[Program], from_seed: int, number: int) -> list[Program]:
    """Return one batch of Hypothesis's programs, each once."""
    found: list[Program] = []

    @seed(from_seed * 1_000_003 + number)
    @settings(
        max_examples=_BATCH * _POOL,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(program: Program) -> None:
        found.append(program)

    collect()
    return list(dict.fromkeys(found))
