"""Redirects: the venue has none, so that one comes from what stands between, such as a network's page of its own."""

from conformance.cases.commands import CANCEL, LIMIT, STOP, Command
from conformance.cases.questions import OPEN_ORDERS
from conformance.cases.situations import QUESTIONS
from conformance.kit import AxisValue, Faults, Market, Traders, Venue, Wire, case, limit, require
from conformance.kit.waiting import comes_true

_MOVED = "/moved"
_RULE = "General info: the base endpoint; API key and signature are for it and nobody else"
_WAYS = (AxisValue(name="302", words="302"), AxisValue(name="307", words="307"))


def _is_told_to_nobody_else(wire: Wire) -> None:
    """Require that nothing with the account's key has come to where a redirect led."""
    keyed = wire.keyed_below(_MOVED)
    require(not keyed, "the API key at the venue's host alone", seen=", ".join(request.route for request in keyed))


@case.each(
    "KEY-310",
    axes={"command": (LIMIT, STOP, CANCEL), "way": _WAYS},
    tier="full",
    core=["limit.307", "cancel.302"],
    rule=_RULE,
    needs=["unrecordable", "inflight_check"],
)
async def test_redirected_request_takes_the_key_nowhere(
    traders: Traders, market: Market, wire: Wire, venue: Venue, faults: Faults, command: Command, way: AxisValue
) -> None:
    """The answer {way} to {command}, a redirect, MUST NOT take the account's key to another host, nor decide."""
    trader = await traders.start()
    given = await command.given(trader, market)
    to = {"Location": f"{traders.another_host}{_MOVED}"}
    redirect = faults.answer(command.routes, int(way.words), "", headers=to)

    orders = await command.asked(trader, market, given)
    await redirect.happens()
    since = trader.moment

    async def goes_on() -> bool:
        return bool(wire.keyed_below(_MOVED) or wire.asked(QUESTIONS, since=since))

    # Who follows it connects anew first, which a busy machine draws out; who does not asks the venue what became of it.
    await comes_true(trader.history, goes_on, within_s=12.0)
    _is_told_to_nobody_else(wire)
    await venue.confirms(orders[0])


@case.each(
    {"KEY-320": {"way": "302"}, "KEY-321": {"way": "307"}},
    tier="full",
    core=["KEY-320"],
    rule=_RULE,
    needs=["unrecordable", "orders_of_others"],
    trader={"timeout_connection_s": 5.0, "timeout_stop_s": 1.0},
)
async def test_redirected_question_takes_the_key_nowhere(
    traders: Traders, market: Market, wire: Wire, venue: Venue, faults: Faults, way: str
) -> None:
    """The answer {way} to a start's first question for open orders MUST NOT take the account's key to another host."""
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("FOREIGN-1"))
    to = {"Location": f"{traders.another_host}{_MOVED}"}
    faults.answer(OPEN_ORDERS.routes, int(way), "", headers=to)

    trader = await traders.try_to_start() or await traders.start()

    _is_told_to_nobody_else(wire)
    await trader.has_open("FOREIGN-1")
