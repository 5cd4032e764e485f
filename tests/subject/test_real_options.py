"""What a trader can be asked for beyond what most ask: options it may not know, clients by name, unusual orders."""

import pytest

from conformance.simulator import Simulator
from conformance.subject.errors import NotSupported
from conformance.subject.subject import Subject
from tests.subject.real import AT_BOTH_ENDS, REAL, Events, below, config, order

pytestmark = [
    *REAL,
    pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True),
]


async def test_config_says_what_it_makes_of_an_option(subject: Subject, venue: Simulator, events: Events) -> None:
    """An option that the version knows is kept, one that no config takes is refused, with its own error."""
    trader = await subject.start_trader(config(subject, venue), events)

    known = await trader.command("configures", section="exec_engine", options={"allow_overfills": True})
    unknown = await trader.command("configures", section="exec_engine", options={"allow_underfills": True})

    # The oldest has none of either.
    assert known["kept"] == ["allow_overfills"] if "kept" in known else "allow_overfills" in known["refused"]
    assert "allow_underfills" in unknown["refused"]


async def test_config_says_what_it_reads_in_a_file(subject: Subject, venue: Simulator, events: Events) -> None:
    """What a file says of a section is read with its values; a version that reads none says so."""
    trader = await subject.start_trader(config(subject, venue), events)
    asked = {"section": "risk_engine", "options": {"max_order_submit_rate": "10/00:00:01"}, "written": True}

    if "written_configs" not in subject.capabilities:
        with pytest.raises(NotSupported, match="in a file"):
            await trader.command("configures", **asked)
        return

    read = await trader.command("configures", **asked)
    assert read["kept"] == ["max_order_submit_rate"]
    assert read["values"]["max_order_submit_rate"] == "10/00:00:01"


async def test_command_reaches_the_client_that_it_names(subject: Subject, venue: Simulator, events: Events) -> None:
    """A client named as the venue's takes what is asked of it as it does where nobody names one."""
    trader = await subject.start_trader(config(subject, venue), events)
    terms = order("L-1", type="LIMIT", side="BUY", price=below(venue))
    await trader.command("submit", order=terms, client_id="BINANCE")
    await events.find(lambda event: event["event"] == "OrderAccepted")

    await trader.command("cancel", client_order_id="L-1", client_id="BINANCE")

    await events.find(lambda event: event["event"] == "OrderCanceled")


@pytest.mark.parametrize(
    "terms",
    [
        {"type": "MARKET_TO_LIMIT", "side": "BUY"},
        {"type": "TRAILING_STOP_MARKET", "side": "SELL", "trailing_offset": "500", "trailing_offset_type": "PRICE"},
        {
            "type": "TRAILING_STOP_LIMIT",
            "side": "SELL",
            "trailing_offset": "100",
            "trailing_offset_type": "BASIS_POINTS",
            "limit_offset": "20",
            "price": "49000.00",
        },
    ],
)
async def test_order_that_only_nautilustrader_has_is_built(
    subject: Subject, venue: Simulator, events: Events, terms: dict[str, str]
) -> None:
    """It gets as far as to the trader, whatever that then makes of it."""
    trader = await subject.start_trader(config(subject, venue), events)

    await trader.command("submit", order=order("U-1", **terms))

    (row,) = (await trader.command("snapshot"))["orders"]
    assert row["type"] == terms["type"]
