"""A node that is told to stop the native way at an error: what a request, a question or an event may meet is none."""

from typing import Any

from conformance.cases.commands import CANCEL, CANCEL_BATCH, LIMIT, MODIFY, Command
from conformance.cases.daily_business import ENDS, Business, Day, goes_on
from conformance.cases.questions import (
    ALL_ORDERS,
    LIMITED,
    ONE_ORDER,
    OPEN_ORDERS,
    PAGE,
    POSITIONS,
    UNAVAILABLE,
    Failure,
    Question,
)
from conformance.cases.situations import CHECKED, DONE, UNHURRIED, Situation, passes_over_what_is_free
from conformance.kit import (
    AxisValue,
    Faults,
    Market,
    MarketStreams,
    Order,
    Side,
    Trader,
    Traders,
    UserStream,
    Venue,
    Wire,
    case,
    limit,
    market_order,
)
from conformance.kit.fates import CUT_OFF, FATES, UNKNOWN, Fate

_RULE = "General info: 503, 429 and a cut connection end no session"
_CUT_OFF_AFTER = next(each for each in FATES if each.name == "reset-after")
_TOO_MANY = Fate(
    name="1003",
    words="is answered 400 (-1003)",
    meets=lambda faults, routes, **how: faults.answer(routes, 400, {"code": -1003, "msg": "Too many requests."}, **how),
)
#: The versions do not ask for the same: whatever is first.
_ORDERS = Question(
    name="orders",
    words="the question for orders",
    routes=(*OPEN_ORDERS.routes, *ALL_ORDERS.routes, *ONE_ORDER.routes),
)
_OTHER = "ETHUSDT"


async def _has_one_resting(traders: Traders, market: Market, **config: Any) -> tuple[Trader, Order]:
    trader = await traders.start(**config)
    passes_over_what_is_free(trader)
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("5%")).named("RESTING"))
    await resting.reaches("ACCEPTED")
    return trader, resting


@case.each(
    "LIFE-850",
    axes={
        "command": (LIMIT, CANCEL, MODIFY, CANCEL_BATCH),
        "fate": (UNKNOWN, CUT_OFF, _CUT_OFF_AFTER),
        "done": DONE,
    },
    but={
        "what the venue never had it has not done": {"fate": ("503", "reset-before"), "done": "done"},
        "a request that is cut off before the venue has it is the cell of its own": {
            "fate": "reset-after",
            "done": "not-done",
        },
    },
    tier="full",
    core=["limit.reset-before.not-done"],
    rule=f"{_RULE}; the execution status is unknown",
    needs=["ends_on_error", "inflight_check", "market_moves", "unrecordable"],
    trader={**ENDS, **CHECKED},
)
async def test_unknown_fate_ends_no_node(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    command: Command,
    fate: Fate,
    done: AxisValue,
) -> None:
    """A node that is to stop at an error MUST go on, its orders with it, when {command} {fate} and is {done}."""
    trader, resting = await _has_one_resting(traders, market, **(UNHURRIED if done.name == "done" else {}))
    situation = Situation(trader, wire, market, venue, faults, command, fate, done.name == "done")

    if situation.is_done:
        await situation.told_by_stream()
    else:
        await situation.told_by_answer_alone()
    await trader.settles()

    await goes_on(trader, market, resting)


def _query(failing: Failure | Fate) -> Business:
    async def happens(day: Day) -> None:
        failing.meets(day.faults, "query", processed=False)
        await day.resting.is_queried()

    return Business(name=f"query-{failing.name}", words=f"a query of an order {failing.words}", happens=happens)


def _account(failing: Failure | Fate) -> Business:
    async def happens(day: Day) -> None:
        fault = failing.meets(day.faults, "account", processed=False)
        await day.trader.query_account()
        await fault.happens()
        await day.trader.settles()

    words = f"a query of the account {failing.words}"
    return Business(name=f"account-{failing.name}", words=words, happens=happens, needs=("query_account",))


async def _another(day: Day) -> Order:
    order = await day.trader.submit(limit("BUY", "0.010", day.market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await day.trader.settles()
    return order


async def _query_with_less(day: Day) -> None:
    await day.market.takes((await day.resting.row())["venue_order_id"], "0.004")
    await day.resting.reaches("PARTIALLY_FILLED")
    less = {"executedQty": "0.001", "cumQuote": "50"}
    day.faults.rewrite_answer("query", less)
    await day.resting.is_queried()


async def _turned_around(day: Day) -> None:
    turns: tuple[tuple[Side, str, str], ...] = (
        ("BUY", "0.010", "0.010"),
        ("SELL", "0.020", "-0.010"),
        ("BUY", "0.010", "0"),
    )
    for side, quantity, held in turns:
        order = await day.trader.submit(market_order(side, quantity))
        await order.reaches("FILLED")
        await day.trader.holds(held)


async def _fill_without_a_price(day: Day) -> None:
    there = await day.market.of(_OTHER)
    day.venue.of(_OTHER)
    order = await day.trader.submit(limit("BUY", "0.100", there.below_last("2%")).but(symbol=_OTHER))
    await there.takes((await order.reaches("ACCEPTED"))["venue_order_id"], "0.100")
    await order.reaches("FILLED")
    await day.trader.holds("0.100", symbol=_OTHER)


async def _rate_limited(day: Day) -> None:
    LIMITED.meets(day.faults, "place order", processed=False)
    await day.trader.submit(limit("BUY", "0.010", day.market.below_last("3%")))
    await day.trader.settles()


_TROUBLE = {
    "LIFE-860": _query(UNKNOWN),
    "LIFE-861": _query(CUT_OFF),
    "LIFE-862": _query(PAGE),
    "LIFE-863": _query(LIMITED),
    "LIFE-864": _account(UNKNOWN),
    "LIFE-865": _account(CUT_OFF),
    "LIFE-866": _account(LIMITED),
    "LIFE-867": Business(
        name="less",
        words="a query is answered with less filled than was heard",
        happens=_query_with_less,
        leaves="PARTIALLY_FILLED",
    ),
    "LIFE-870": Business(name="turned", words="a position is turned around", happens=_turned_around),
    "LIFE-871": Business(
        name="no-price",
        words="an order fills in a symbol of which no price is known",
        happens=_fill_without_a_price,
        needs=("other_symbols",),
        trader={"symbols": ["BTCUSDT", _OTHER]},
    ),
    "LIFE-872": Business(
        name="price-of-one",
        words="an order fills in a symbol of which no price is known, while another's is",
        happens=_fill_without_a_price,
        needs=("other_symbols",),
        trader={"with_data_client": True, "subscribe": ["quotes"]},
    ),
    "LIFE-873": Business(name="order-429", words=f"an order {LIMITED.words}", happens=_rate_limited),
}


@case.each(
    {case_id: {"business": business} for case_id, business in _TROUBLE.items()},
    tier="full",
    core=["LIFE-860"],
    rule=_RULE,
    needs=["ends_on_error", "market_moves", "unrecordable"],
    trader=ENDS,
)
async def test_recoverable_trouble_ends_no_node(
    traders: Traders,
    wire: Wire,
    market: Market,
    venue: Venue,
    faults: Faults,
    user_stream: UserStream,
    market_streams: MarketStreams,
    business: Business,
) -> None:
    """A node that is to stop at an error MUST go on, its orders with it, when {business}."""
    trader, resting = await _has_one_resting(traders, market)

    await business.happens(Day(trader, resting, wire, market, venue, faults, user_stream, market_streams))

    await goes_on(trader, market, resting, business.leaves)


@case.each(
    "LIFE-880",
    axes={
        "question": (_ORDERS, POSITIONS),
        "failure": (UNAVAILABLE, CUT_OFF, PAGE, LIMITED, _TOO_MANY),
    },
    tier="full",
    core=["orders.503"],
    rule=_RULE,
    needs=["ends_on_error", "open_check", "position_check", "market_moves", "unrecordable"],
    profile="checks",
    why="the requirement is about what the periodic checks meet",
    trader=ENDS,
)
async def test_failed_check_ends_no_node(
    traders: Traders, market: Market, faults: Faults, question: Question, failure: Failure | Fate
) -> None:
    """A node that is to stop at an error MUST go on, its orders with it, when {question} of a check {failure}."""
    trader, resting = await _has_one_resting(traders, market)
    await trader.settles()
    met = failure.meets(faults, question.routes, processed=False)

    await met.happens()
    await trader.has_its_answers()

    await goes_on(trader, market, resting)
