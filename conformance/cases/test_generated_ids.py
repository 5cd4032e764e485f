"""Client order ids that a strategy's own factory makes, in the form that the strategy is configured for."""

import re
from collections.abc import Mapping
from typing import Any

from conformance.kit import Traders, Wire, case, equal, market_order, require

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


@case.each(
    {
        "COID-910": {"form": "with hyphens, as by default", "given": {}, "pattern": r"O-\d{8}-\d{6}-001-001-1"},
        "COID-911": {
            "form": "without hyphens",
            "given": {"use_hyphens_in_client_order_ids": False},
            "pattern": r"O\d{14}0010011",
        },
        "COID-912": {"form": "of UUIDs", "given": {"use_uuid_client_order_ids": True}, "pattern": _UUID},
        "COID-913": {
            "form": "of UUIDs without hyphens",
            "given": {"use_uuid_client_order_ids": True, "use_hyphens_in_client_order_ids": False},
            "pattern": _UUID.replace("-[", "[").replace("-4", "4"),
        },
        "COID-914": {"form": "with the strategy's tag", "given": {"order_id_tag": "042"}, "pattern": r"O-.*-001-042-1"},
    },
    tier="full",
    core=["COID-910"],
    rule="New Order, newClientOrderId: unique among open orders; NautilusTrader, StrategyConfig",
    needs=["close_position", "unrecordable"],
)
async def test_ids_have_the_form_that_is_configured(
    traders: Traders, wire: Wire, form: str, given: Mapping[str, Any], pattern: str
) -> None:
    """An order that a strategy makes itself MUST have an id {form}, and be known by it from the venue's answer on."""
    trader = await traders.start(strategy=given)
    await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    await trader.holds("0.010")
    await trader.settles()
    since = trader.moment

    (closing,) = await trader.close_all_positions()

    require(re.fullmatch(pattern, closing.id) is not None, f"an id {form}", seen=closing.id)
    await closing.reaches("FILLED")
    await trader.holds("0")
    equal("orders sent", len(wire.asked("place order", since=since)), 1)
