"""A node that is stopped while an order waits to be sent again: once nobody listens any more, none may come to live."""

from conformance.binance.route import Routes
from conformance.cases.commands import LIMIT, MARKET, STOP, Command
from conformance.cases.stream_attempts import CLOSING
from conformance.cases.throttles import PROTECTED, TOO_MUCH, Throttle
from conformance.history.entries import Entry, Request
from conformance.kit import Faults, Market, Traders, Wire, case, require

#: It stops in the middle of these: ten attempts, which take a second.
_STUBBORN = {
    "client": {"max_retries": 10, "retry_delay_initial_ms": 100, "retry_delay_max_ms": 120},
    "optional": ["client.max_retries", "client.retry_delay_initial_ms", "client.retry_delay_max_ms"],
}


@case.each(
    "LIFE-910",
    axes={"command": (LIMIT, MARKET, STOP), "throttle": (TOO_MUCH, PROTECTED)},
    tier="full",
    core=["limit.429"],
    rule="Close User Data Stream; General info, limits: an attempt that is refused for now can be made again",
    upstream=["34ac1b1688"],
    needs=["graceful_stop", "unrecordable"],
    trader=_STUBBORN,
)
async def test_nothing_is_sent_again_once_the_stream_is_closed(
    traders: Traders, market: Market, wire: Wire, faults: Faults, command: Command, throttle: Throttle
) -> None:
    """{command}, answered {throttle} each time, MUST NOT be sent again once the stopping trader closes its stream.

    It would not hear of the fill: what it sends then is a position that nobody knows.
    """
    trader = await traders.start()
    throttle.meets(faults, command.routes, times=None)
    # The attempts that are left would all come while it is closed.
    faults.delay(CLOSING, seconds=0.6, processed=True, optional=True)
    routes = Routes.parse(command.routes)
    await command.asked(trader, market, [])

    def is_attempt(entry: Entry) -> bool:
        return isinstance(entry, Request) and entry.by == "trader" and (entry.method, entry.path) in routes

    await trader.history.wait(is_attempt, what="an attempt", within_s=5.0, since=trader.moment)

    await traders.stop()

    closed_at = next((each.seq for each in wire.asked(CLOSING)), trader.moment)
    late = wire.asked(command.routes, since=closed_at)
    # One may have been on its way.
    require(len(late) <= 1, "no attempt once the stream is being closed", seen=f"{len(late)} attempts")
