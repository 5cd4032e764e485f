"""Unknown fates while open orders are checked as well: one check does not keep the other from its conclusion."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.cases.commands import CANCEL, LIMIT, MODIFY, Command
from conformance.cases.questions import ALL_ORDERS, ALL_STOPS, OPEN_ORDERS, OPEN_STOPS
from conformance.cases.situations import OF_ORDERS, passes_over_what_is_free
from conformance.gateway.faults.request_faults import RequestFault
from conformance.kit import AxisValue, Faults, Market, Order, Trader, Venue, case, limit
from conformance.kit.waiting import comes_true

_LISTS = tuple(route for each in (OPEN_ORDERS, OPEN_STOPS, ALL_ORDERS, ALL_STOPS) for route in each.routes)
_GONE = {"code": -2013, "msg": "Order does not exist."}
_UNAVAILABLE = {"code": -1, "msg": "Service Unavailable."}
#: What 1.x and 2.x may take: so many questions, each so long after the one before, and a machine that is busy.
_WITHIN_S = 6.0
#: Positions are not checked: a loop that checks all in turn would come later to the others.
_ENGINE = {"position_check_interval_secs": None}
_CHECKED = {"inflight_check": {"interval_ms": 100, "threshold_ms": 400, "retries": 5}, "exec_engine": _ENGINE}
#: An order that is not among those told is asked for at the second check: by default, which is five, it depends on
#: when the two checks began whose last question comes first, since they count in one number.
_ASKED_FOR_SOON = {"open_check_missing_retries": 1}


def _often(**also: Any) -> dict[str, Any]:
    return {"exec_engine": {"open_check_interval_secs": 0.25, "open_check_threshold_ms": 100, **_ENGINE, **also}}


@dataclass(frozen=True, kw_only=True)
class _Check(AxisValue):
    """What the open-order check does meanwhile; `meets` arms what its questions meet."""

    meets: Callable[[Faults], RequestFault | None] = lambda faults: None


_CHECKS = (
    _Check(
        name="often",
        words="all orders are checked again and again",
        trader=_often(**_ASKED_FOR_SOON),
    ),
    _Check(
        name="open-only",
        words="open orders alone are checked again and again",
        trader=_often(open_check_open_only=True),
    ),
    _Check(
        name="hangs",
        words="a check of open orders is never answered",
        meets=lambda faults: faults.hang(_LISTS, processed=False, times=None, optional=True),
    ),
    _Check(
        name="fails",
        words="each check of open orders is answered 503",
        meets=lambda faults: faults.answer(_LISTS, 503, _UNAVAILABLE, times=None, optional=True),
        # Each question is asked once: a check that repeats its questions takes so much longer. And open orders alone:
        # RECON-050 is about what a failed check of all orders concludes of the one beside.
        trader={
            **_often(open_check_open_only=True),
            "client": {"max_retries": 0},
            "optional": ["client.max_retries"],
        },
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Told(AxisValue):
    """What a query of the order tells."""

    gone: bool


_TOLD = (
    _Told(name="found", words="a query tells of it", gone=False),
    _Told(name="gone", words="the venue no longer finds it, as after three days", gone=True),
)


@case.each(
    "FATE-340",
    axes={"command": (LIMIT, CANCEL, MODIFY), "check": _CHECKS, "told": _TOLD},
    but={
        "an order that was never placed is not found": {"command": "limit", "told": "found"},
        "where open orders are not told either, nothing says that it has ended": {
            "command": ("cancel", "modify"),
            "check": ("hangs", "fails"),
            "told": "gone",
        },
    },
    tier="full",
    core=["cancel.often.gone", "limit.hangs.gone"],
    rule=(
        "General info: 408, 503 leave the execution status unknown: verify by query; Query Order: cancelled without a "
        "fill, it is not found after three days; Current All Open Orders: what is not among them is open no more"
    ),
    card="TC-E74",
    upstream=["#4152"],
    needs=["inflight_check", "open_check", "unrecordable", "venue_acts"],
    profile="checks",
    why="the requirement is about one check beside another",
    trader=_CHECKED,
)
async def test_fate_is_learned_while_open_orders_are_checked(
    trader: Trader, market: Market, venue: Venue, faults: Faults, command: Command, check: _Check, told: _Told
) -> None:
    """What became of an order of which {command} was lost MUST be known in the in-flight check's time, while {check}.

    It has ended at the venue (or never was there), of which no event tells; {told}.
    """
    passes_over_what_is_free(trader)
    orders = await command.given(trader, market)
    if not orders:
        # Without an open order a check may ask nothing.
        beside = await trader.submit(limit("BUY", "0.010", market.below_last("6%")))
        await beside.reaches("ACCEPTED")
    for event in OF_ORDERS:
        faults.lose(event, times=None, optional=True)
    if told.gone and orders:
        _is_gone(faults)
    await _goes_on(trader, check.meets(faults))
    lost = faults.drop(command.routes, processed=command is CANCEL, times=None, optional=True)
    if command is MODIFY:
        # Before the amendment, and unheard.
        await venue.cancels(str((await orders[0].row())["venue_order_id"]))

    orders = await command.asked(trader, market, orders)

    await lost.happens()
    for order in orders:
        await _is_known(order, "REJECTED" if command is LIMIT else "CANCELED")


def _is_gone(faults: Faults) -> None:
    """Let the venue tell of no order but those that are open, as it does where the only other ended without a fill."""
    faults.rewrite_answer(ALL_ORDERS.routes, lambda body: [], times=None, optional=True)
    faults.answer("query", 400, _GONE, times=None, optional=True)


async def _goes_on(trader: Trader, met: RequestFault | None) -> None:
    """Wait until a check of open orders has met what it is to; whoever asks otherwise is looked at for as long."""
    if met is not None:

        async def has_met() -> bool:
            return met.applied > 0

        await comes_true(trader.history, has_met, within_s=2.0)


async def _is_known(order: Order, status: str) -> None:
    await order.reaches(status, within_s=_WITHIN_S)
