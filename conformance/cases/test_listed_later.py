"""Symbols that the venue lists after the trader's start, which it learns of by asking for all symbols again."""

import asyncio

from conformance.cases.listed import INFORMATION, exchange_info_without
from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Faults, Traders, Venue, case, limit, require
from conformance.kit.fates import CUT_OFF, FATES, UNKNOWN, Fate
from conformance.kit.waiting import comes_true

_NEW = "ETHUSDT"
_PAGE = next(fate for fate in FATES if fate.name == "502")
#: Instead of once an hour; 2.x asks once a second at most.
_SOON = {"with_data_client": True, "instruments_ms": 300}


@case.each(
    {"CONN-660": {"fate": _PAGE}, "CONN-661": {"fate": CUT_OFF}, "CONN-662": {"fate": UNKNOWN}},
    tier="full",
    core=["CONN-660"],
    rule="Exchange Information: a symbol may be listed at any time; a question that fails says nothing of it",
    needs=["unrecordable", "other_symbols"],
    trader=_SOON,
)
async def test_symbol_that_is_listed_later_is_learned_of(
    traders: Traders, venue: Venue, faults: Faults, fate: Fate
) -> None:
    """A trader one of whose updates of the symbols {fate} MUST learn of a symbol that is listed later, and trade it."""
    listed = asyncio.Event()
    faults.rewrite_answer(INFORMATION, exchange_info_without(_NEW), times=None, until=listed)
    venue.of(_NEW)
    trader = await traders.start()
    passes_over_what_is_free(trader)

    async def is_known() -> bool:
        return _NEW in await trader.instruments(_NEW)

    require(not await is_known(), "a symbol that is not listed yet", seen="an instrument")
    failure = fate.meets(faults, (INFORMATION,), processed=False)
    listed.set()
    await failure.happens()

    require(
        await comes_true(trader.history, is_known, within_s=3.0), "an instrument once the symbol is listed", seen="none"
    )
    order = await trader.submit(limit("BUY", "0.100", "2000.00").but(symbol=_NEW))
    await order.reaches("ACCEPTED")
