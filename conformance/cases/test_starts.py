"""Starts that something is in the way of: symbols that do not trade, answers that are none, trades no longer told."""

from conformance.cases.symbols import INFORMATION, told_as
from conformance.kit import Faults, Market, Traders, Venue, case, limit

_SOON = {"timeout_connection_s": 5.0, "timeout_stop_s": 1.0}
_POSITIONS = ("GET /fapi/v2/positionRisk", "GET /fapi/v3/positionRisk")


_STATUS = "Exchange Information: status of a symbol; words may be added"


@case.each(
    {
        "CONN-410": {"status": "TRADING_HALT"},
        "CONN-412": {"status": "SETTLING"},
        "CONN-413": {"status": "PENDING_TRADING"},
    },
    tier="full",
    core=["CONN-410"],
    rule=_STATUS,
    upstream=["#4320"],
    needs=["unrecordable"],
    trader=_SOON,
)
async def test_symbol_that_does_not_trade_keeps_from_no_other(
    traders: Traders, market: Market, faults: Faults, status: str
) -> None:
    """A symbol whose status is {status} MUST NOT keep the trader from trading another."""
    await _trades_beside(traders, market, faults, status)


@case.each(
    {"CONN-411": {"status": "TRADING_CANCEL_ONLY"}, "CONN-414": {"status": "STATUS_OF_TOMORROW"}},
    rule=_STATUS,
    needs=["unrecordable"],
    tier="full",
    trader=_SOON,
)
async def test_status_of_late_keeps_from_no_other(
    traders: Traders, market: Market, faults: Faults, status: str
) -> None:
    """A symbol whose status is the new word {status} MUST NOT keep the trader from trading another."""
    await _trades_beside(traders, market, faults, status)


async def _trades_beside(traders: Traders, market: Market, faults: Faults, status: str) -> None:
    faults.rewrite_answer(INFORMATION, told_as("ETHUSDT", status=status), times=None)
    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("ACCEPTED")


@case.each(
    {"CONN-420": {"kind": "TRADIFI_PERPETUAL"}, "CONN-421": {"kind": "KIND_OF_TOMORROW"}},
    tier="full",
    core=["CONN-420"],
    rule="Exchange Information: contractType; 144 of production's symbols are TRADIFI_PERPETUAL",
    upstream=["#4471"],
    needs=["unrecordable"],
    trader=_SOON,
)
async def test_other_kind_of_contract(traders: Traders, market: Market, faults: Faults, kind: str) -> None:
    """A symbol that is a {kind} MUST trade, or where the kind is unknown keep the trader from no other."""
    # What trades as a TRADIFI_PERPETUAL has no coin beneath it.
    told = (
        told_as("BTCUSDT", contractType=kind, underlyingType="EQUITY")
        if kind == "TRADIFI_PERPETUAL"
        else told_as("ETHUSDT", contractType=kind)
    )
    faults.rewrite_answer(INFORMATION, told, times=None)

    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")


@case.each(
    {"CONN-430": {"question": "open orders order"}, "CONN-431": {"question": _POSITIONS}},
    tier="full",
    core=["CONN-430"],
    rule="General info: an answer that is no JSON says nothing",
    needs=["unrecordable"],
    trader=_SOON,
)
async def test_page_at_the_start_does_not_end_it(
    traders: Traders, market: Market, faults: Faults, question: str | tuple[str, ...]
) -> None:
    """A page in place of one answer to {question} MUST NOT end the start of a trader on an empty account."""
    faults.garble(question, times=1, optional=True)

    trader = await traders.start()

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")


@case.each(
    {
        "CONN-440": {"status": 429, "code": -1003},
        "CONN-441": {"status": 503, "code": -1000},
    },
    tier="full",
    core=["CONN-440"],
    rule="General info: a question that was not answered is no answer; it can be asked again",
    needs=["unrecordable", "orders_of_others"],
    trader=_SOON,
)
async def test_refused_question_at_the_start_is_asked_again(
    traders: Traders, market: Market, venue: Venue, faults: Faults, status: int, code: int
) -> None:
    """Open orders that the venue refuses to tell at the start ({status}, once) MUST be known after it."""
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("FOREIGN-1"))
    refusal = {"code": code, "msg": "Refused."}
    faults.answer("open orders order", status, refusal, headers={"Retry-After": "0"}, times=1, optional=True)

    trader = await traders.start()

    await trader.has_open("FOREIGN-1", within_s=2.0)
