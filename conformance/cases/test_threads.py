"""On which thread strategies are told what happens: their own alone, since they lock nothing."""

from conformance.cases.situations import passes_over_what_is_free
from conformance.kit import Market, Traders, UserStream, Venue, case, limit, market_order, require
from conformance.kit.waiting import comes_true

_RULE = "Architecture: a single-threaded core, in which all handlers of a node's strategies are called"
_PRICES = {"with_data_client": True, "subscribe": ["quotes", "trades"]}


@case(
    "HND-080",
    rule=_RULE,
    upstream=["#3322", "c7373ba3b1"],
    needs=["market_moves", "unrecordable", "venue_acts"],
    trader=_PRICES,
)
async def test_all_is_told_on_the_nodes_thread(
    traders: Traders, venue: Venue, market: Market, user_stream: UserStream
) -> None:
    """Orders, positions, prices and the account MUST be told to strategies on the node's one thread."""
    trader = await traders.start()
    passes_over_what_is_free(trader)
    await (await trader.submit(market_order("BUY", "0.010"))).reaches("FILLED")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    await order.reaches("ACCEPTED")
    await venue.funds()
    await venue.transfers("100")
    await market.moves_to(market.above_last("0.5%"))
    # What a reconnect makes of a position is the matter of other cases.
    await (await trader.submit(market_order("SELL", "0.010"))).reaches("FILLED")
    await trader.settles()

    await user_stream.drops()
    await user_stream.is_open_again()
    await order.cancel()
    await order.reaches("CANCELED")
    await trader.settles()

    threads = await trader.threads()
    for kind in ("OrderFilled", "PositionOpened", "QuoteTick", "TradeTick", "Started"):
        require(kind in threads["told"], f"{kind} told", seen=threads["told"])
    require(not threads["others"], "all told on the node's own thread", seen=threads["others"])


@case.each(
    {"HND-081": {"way": "a callback"}, "HND-082": {"way": "the handler of events"}},
    rule=_RULE,
    tier="full",
    core=["HND-081"],
    needs=["unrecordable"],
)
async def test_timers_ring_on_the_nodes_thread(traders: Traders, way: str) -> None:
    """A strategy's timer MUST ring in {way} on the node's one thread, where all else is told to it."""
    trader = await traders.start()
    await trader.sets_timer("looks", 50, by_default=way != "a callback")

    async def rung() -> bool:
        return await trader.rung("looks") > 1

    require(await comes_true(trader.history, rung, within_s=5.0), "a timer that rings", seen=0)
    threads = await trader.threads()
    require(not threads["others"], "all told on the node's own thread", seen=threads["others"])
