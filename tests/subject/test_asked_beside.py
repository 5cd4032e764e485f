"""What a trader can be asked beside its trading: what it does by itself, whose its events are, how it cuts orders."""

import socket
from pathlib import Path

import pytest

from conformance.simulator import Simulator
from conformance.subject.errors import CommandRefused, NotSupported, SubjectMisused
from conformance.subject.subject import Subject
from tests.subject.real import AT_BOTH_ENDS, REAL, Events, below, config, order, trade

pytestmark = [
    *REAL,
    pytest.mark.parametrize("version", AT_BOTH_ENDS, indirect=True),
]

SYMBOL = "BTCUSDT"


async def test_what_it_does_by_itself_is_asked_without_a_connection(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """Hosts of the environment that was asked about, nothing opened to any of them; the running trader is untouched."""
    trader = await subject.start_trader(config(subject, venue), events)
    if subject.generation == 2:
        with pytest.raises(NotSupported, match="shipped_urls"):
            await trader.command("shipped")
        return

    live = await trader.command("shipped", symbol=SYMBOL)
    practice = await trader.command("shipped", symbol=SYMBOL, testnet=True)

    assert live["rest"] == "https://fapi.binance.com"
    assert live["user_stream"].startswith("wss://fstream.binance.com/")
    assert "LISTENKEY" in live["user_stream"]
    assert f"{SYMBOL.lower()}@markPrice" in live["mark_prices"]
    assert 60 <= live["keep_alive_s"] <= 1800
    assert "binancefuture.com" in practice["user_stream"]
    assert peers(trader.pid) == {"127.0.0.1"}
    await trade(trader, events, venue)


def peers(pid: int) -> set[str]:
    """Return the addresses that a process has IPv4 connections to, or tries to."""
    own = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
    rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    remotes = {row[2].partition(":")[0] for row in rows if f"socket:[{row[9]}]" in own}
    return {socket.inet_ntoa(bytes.fromhex(remote)[::-1]) for remote in remotes} - {"0.0.0.0"}


async def test_events_name_the_account(subject: Subject, venue: Simulator, events: Events) -> None:
    """Each event of an order that the venue has, and of a position, says the one account that it is of."""
    trader = await subject.start_trader(config(subject, venue), events)
    await trader.command("submit", order=order("M-1", type="MARKET", side="BUY"))
    await events.find(lambda event: event["event"] == "PositionOpened")

    named = {event["event"]: event.get("account_id") for event in events.all if event["event"] != "AccountState"}

    accounts = {named[event] for event in ("OrderSubmitted", "OrderFilled", "PositionOpened")}
    assert len(accounts) == 1
    assert str(accounts.pop()).startswith("BINANCE-")


async def test_algorithm_that_comes_with_it_cuts_an_order_up(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """A TWAP sends the first slice at once, under the order's name and a number, and the order itself as the last."""
    if subject.generation == 2:
        with pytest.raises(NotSupported, match="twap"):
            await subject.start_trader(config(subject, venue, twap=True), events)
        return
    trader = await subject.start_trader(config(subject, venue, twap=True), events)
    how = {"exec_algorithm_id": "TWAP", "exec_algorithm_params": {"horizon_secs": 0.2, "interval_secs": 0.1}}

    await trader.command("submit", order=order("A-1", type="MARKET", side="BUY") | how)
    await events.find(lambda event: event["event"] == "OrderFilled" and event["client_order_id"] == "A-1")

    filled = [event["client_order_id"] for event in events.all if event["event"] == "OrderFilled"]
    assert filled == ["A-1-E1", "A-1"]


async def test_algorithm_of_a_user_sends_a_slice_ahead(subject: Subject, venue: Simulator, events: Events) -> None:
    """The suite's own algorithm sends the slice that is asked for, and what is left of the order after it."""
    trader = await subject.start_trader(config(subject, venue, slices=True), events)
    ahead = {"quantity": "0.004", "price": "51000.00", "time_in_force": "IOC"}
    how = {"exec_algorithm_id": "SLICES", "exec_algorithm_params": ahead}

    await trader.command("submit", order=order("A-1", type="MARKET", side="BUY") | how)
    await events.find(lambda event: event["event"] == "OrderFilled" and event["client_order_id"] == "A-1")

    filled = [event for event in events.all if event["event"] == "OrderFilled"]
    assert [(event["client_order_id"], event["type"]) for event in filled] == [("A-1-E1", "LIMIT"), ("A-1", "MARKET")]
    assert [event["last_qty"] for event in filled] == ["0.004", "0.006"]


async def test_strategy_hears_of_the_others_orders_alone(subject: Subject, venue: Simulator, events: Events) -> None:
    """The last strategy notes the fills of the first one's orders and none of its own; 2.x has no way to hear them."""
    settings = config(subject, venue, strategies=2, hears=["fills_topic"])
    if subject.generation == 2:
        with pytest.raises(NotSupported, match="hears"):
            await subject.start_trader(settings, events)
        return
    trader = await subject.start_trader(settings, events)
    for number, name in ((2, "OWN-1"), (1, "OTHER-1")):
        await trader.command("submit", strategy=number, order=order(name, type="MARKET", side="BUY"))
        await events.wait("OrderFilled", name)

    (heard,) = (await trader.command("heard"))["heard"]

    filled = await events.wait("OrderFilled", "OTHER-1")
    assert heard == {"event": "OrderFilled", "client_order_id": "OTHER-1", "trade_id": filled["trade_id"]}


async def test_strategy_notes_what_its_handlers_are_told(subject: Subject, venue: Simulator, events: Events) -> None:
    """With handlers of its own the last strategy notes each event twice: told in its own handler and in the general."""
    settings = config(subject, venue, strategies=2, hears=["handlers"])
    trader = await subject.start_trader(settings, events)
    for number, name in ((1, "OTHER-1"), (2, "OWN-1")):
        await trader.command("submit", strategy=number, order=order(name, type="LIMIT", side="BUY", price=below(venue)))
        await events.wait("OrderAccepted", name)

    heard = (await trader.command("heard"))["heard"]

    assert [(row["handler"], row["event"], row["about"]) for row in heard] == [
        (handler, f"Order{event}", "OWN-1")
        for event in ("Initialized", "Submitted", "Accepted")
        for handler in (f"on_order_{event.lower()}", "on_order_event")
    ]


async def test_handlers_are_of_own_orders_alone(subject: Subject, venue: Simulator, events: Events) -> None:
    """A strategy cannot have handlers of its own and hear of others' orders as well: the note would not tell which."""
    settings = config(subject, venue, strategies=2, hears=["handlers", "fills_topic"])
    with pytest.raises(SubjectMisused, match="by handlers of its own"):
        await subject.start_trader(settings, events)


async def test_nobody_hears_of_others_unasked(subject: Subject, venue: Simulator, events: Events) -> None:
    """A trader whose strategies hear of no others' orders is not to be asked: the suite's mistake, not silence."""
    trader = await subject.start_trader(config(subject, venue), events)
    with pytest.raises(SubjectMisused, match="start it with hears"):
        await trader.command("heard")


async def test_book_of_its_own_orders_is_asked_of_a_trader_that_keeps_one(
    subject: Subject, venue: Simulator, events: Events
) -> None:
    """A trader without such a book has none to show, empty or not: the suite's mistake, with what to start it with."""
    trader = await subject.start_trader(config(subject, venue), events)
    with pytest.raises(SubjectMisused, match=r"start it with exec_engine\.manage_own_order_books"):
        await trader.command("own_book", symbol="BTCUSDT")


async def test_profits_of_an_unknown_symbol_are_refused(subject: Subject, venue: Simulator, events: Events) -> None:
    """What the trader does not know has no profits; the refusal names what it knows."""
    trader = await subject.start_trader(config(subject, venue), events)
    with pytest.raises(CommandRefused, match=r"knows no instrument 'NOUSDT'; known: .*BTCUSDT"):
        await trader.command("profits", symbol="NOUSDT", price="1")


async def test_handler_alone_is_made_to_fail(subject: Subject, venue: Simulator, events: Events) -> None:
    """A command that is to fail in a handler makes no sense outside of one, and the error says where it does."""
    trader = await subject.start_trader(config(subject, venue), events)
    with pytest.raises(SubjectMisused, match=r"trader\.when\(…\)\.fails\(\)"):
        await trader.command("fail")


async def test_what_goes_beside_a_list_is_of_all_its_orders(subject: Subject, venue: Simulator, events: Events) -> None:
    """A native list has its params once: those of its orders are these, and orders that differ in them make no list."""
    trader = await subject.start_trader(config(subject, venue), events)
    if "price_match" not in subject.capabilities:
        with pytest.raises(NotSupported, match="price_match"):
            await trader.command("submit_list", orders=[priced_by_the_venue(venue, "A-1")])
        return
    asked = [priced_by_the_venue(venue, name) for name in ("A-1", "A-2")]

    await trader.command("submit_list", orders=asked)

    for name in ("A-1", "A-2"):
        await events.wait("OrderAccepted", name)
    assert [row["priceMatch"] for row in venue.control.books()["orders"]] == ["QUEUE", "QUEUE"]
    differing = [priced_by_the_venue(venue, "B-1"), order("B-2", type="LIMIT", side="BUY", price=below(venue))]
    with pytest.raises(SubjectMisused, match="a native list has its params once, for all its orders"):
        await trader.command("submit_list", orders=differing)


def priced_by_the_venue(venue: Simulator, name: str) -> dict[str, object]:
    """Return the terms of a LIMIT order whose price the venue chooses."""
    return order(name, type="LIMIT", side="BUY", price=below(venue), price_match="QUEUE")
