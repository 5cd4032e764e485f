"""Lists whose orders are of every kind, and lists of which it is not known what became of them."""

from conformance.cases.situations import CHECKED, DONE, passes_over_what_is_free
from conformance.cases.ways import WAYS, Way
from conformance.kit import AxisValue, Faults, Market, Trader, Venue, case, limit, market_order
from conformance.kit.fates import CUT_OFF, FATES, TIMEOUT, Fate

_BATCH = "POST /fapi/v1/batchOrders"
#: 1.x sends the orders of a list one by one: FATE-010 has their fates.
_LIST = (_BATCH, "place order")
_FATES = tuple(fate for fate in FATES if fate.name in ("408", "1006", "503", "502", "page"))


@case.each(
    {f"LIST-41{number}": {"way": way} for number, way in enumerate(WAYS)},
    rule="Place Multiple Orders: each order with the parameters of New Order",
    needs=["order_lists", "gtd", "unrecordable"],
)
async def test_order_of_a_list_is_sent_as_asked(trader: Trader, venue: Venue, market: Market, way: Way) -> None:
    """Of a list that has {way}, each order MUST be sent as asked, and stand or fill as at the venue."""
    passes_over_what_is_free(trader)
    await (await trader.submit(market_order("BUY", "0.020"))).reaches("FILLED")

    beside, order = await trader.submit_list([limit("BUY", "0.010", market.below_last("3%")), way.make(market)])

    await beside.reaches("ACCEPTED")
    await order.reaches(way.reaches)
    await venue.confirms(beside)
    await venue.confirms(order)


@case.each(
    "LIST-430",
    axes={"fate": (*_FATES, CUT_OFF), "done": DONE},
    but={"a request that was cut off before is not done": {"fate": "reset-before", "done": "done"}},
    rule="General info: 5xx and -1006, -1007: execution status unknown; Place Multiple Orders",
    needs=["batch_lists", "order_lists", "unrecordable"],
    trader=CHECKED,
)
async def test_list_of_unknown_fate(
    trader: Trader, venue: Venue, market: Market, faults: Faults, fate: Fate, done: AxisValue
) -> None:
    """When a list of two orders {fate} and is {done}, both MUST end as the venue has them."""
    fate.meets(faults, _BATCH, processed=done.name == "done", optional=True)

    orders = await trader.submit_list([limit("BUY", "0.010", market.below_last(each)) for each in ("2%", "3%")])

    for order in orders:
        await venue.confirms(order, within_s=15.0)


@case(
    "LIST-450",
    rule="Place Multiple Orders: a row for each order, of its own fate; -1007: execution status unknown",
    needs=["batch_lists", "order_lists", "unrecordable"],
    trader=CHECKED,
)
async def test_row_of_unknown_fate(trader: Trader, venue: Venue, market: Market, faults: Faults) -> None:
    """An order of a list whose row says -1007 though it is live MUST NOT be REJECTED, and end as at the venue."""
    faults.rewrite_answer(_BATCH, lambda rows: [rows[0], TIMEOUT], optional=True)

    orders = await trader.submit_list([limit("BUY", "0.010", market.below_last(each)) for each in ("2%", "3%")])

    for order in orders:
        await venue.confirms(order, within_s=15.0)


@case(
    "LIST-460",
    rule="Place Multiple Orders, New Order: an order that the venue does not have",
    needs=["order_lists", "unrecordable"],
    trader=CHECKED,
)
async def test_rest_of_a_list_whose_first_order_is_cut_off(
    trader: Trader, venue: Venue, market: Market, faults: Faults
) -> None:
    """Where a list's first request is cut off, before the venue has it, its others MUST be sent or refused."""
    faults.drop(_LIST, processed=False)

    orders = await trader.submit_list([limit("BUY", "0.010", market.below_last(each)) for each in ("2%", "3%")])

    for order in orders:
        # On a busy machine the periodic check that finds out was done after 3.8 s.
        await venue.confirms(order, within_s=8.0)
