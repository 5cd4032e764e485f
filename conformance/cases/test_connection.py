"""Connecting: what a trader does before its first order, and what it then knows."""

from conformance.kit import Market, Trader, Traders, Venue, Wire, case, equal, limit, market_order, require, stop_market


@case("CONN-010", rule="Account Information, Start User Data Stream", card="TC-E84")
async def test_empty_account_is_reconciled(trader: Trader, wire: Wire, venue: Venue) -> None:
    """A trader that connects to an empty account MUST hold no order and no position, and the venue's balance."""
    books = await trader.books()
    equal("orders", books["orders"], [])
    equal("positions", books["positions"], [])
    require(
        [row for row in books["balances"] if float(row["total"])], "the trader knows a balance", seen=books["balances"]
    )
    wire.none("POST /fapi/v1/order")


@case(
    "CONN-020",
    rule="Current All Open Orders, Current All Algo Open Orders",
    card="TC-E84",
    upstream=["#3287"],
    needs=["orders_of_others"],
)
async def test_open_orders_are_reconciled(traders: Traders, venue: Venue, market: Market) -> None:
    """Open limit and stop orders of an earlier session MUST be open in the trader once it has connected."""
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("EARLIER-LIMIT"))
    await venue.places(stop_market("SELL", "0.010", trigger=market.below_last("3%")).named("EARLIER-STOP"))

    trader = await traders.start()

    await trader.has_open("EARLIER-LIMIT", "EARLIER-STOP")


@case("CONN-030", rule="Position Information V3", card="TC-E86", needs=["orders_of_others"])
async def test_open_position_is_reconciled(traders: Traders, venue: Venue) -> None:
    """An open position of an earlier session MUST be held by the trader once it has connected."""
    await venue.opens_position("BUY", "0.010")

    trader = await traders.start()

    await trader.holds("0.010")


# Not on the testnet: the defect comes and goes with the trades that an account has had before.
@case(
    "CONN-040",
    rule="Position Information V3",
    card="TC-E86",
    upstream=["#4736"],
    needs=["cache_database", "fresh_account"],
)
async def test_warm_restart_invents_nothing(traders: Traders) -> None:
    """A restart with nothing changed at the venue MUST change no position and apply no fill."""
    trader = await traders.start()
    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")
    await trader.holds("0.010")

    again = await traders.restart()

    await again.stays_quiet()
    await again.holds("0.010")


@case("CONN-025", rule="Current All Open Orders; Account Trade List", needs=["market_moves", "orders_of_others"])
async def test_partly_filled_order_is_reconciled(traders: Traders, venue: Venue, market: Market) -> None:
    """An open order of an earlier session that was filled in part MUST be known with what it filled, trade by trade."""
    placed = await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("EARLIER-LIMIT"))
    await market.takes(str(placed["orderId"]), "0.004")

    trader = await traders.start()

    await trader.has_open("EARLIER-LIMIT")
    await trader.holds("0.004")
    await trader.has_booked("EARLIER-LIMIT", await venue.trades())


@case("CONN-035", rule="Position Information V3", needs=["orders_of_others"])
async def test_open_short_position_is_reconciled(traders: Traders, venue: Venue) -> None:
    """An open short position of an earlier session MUST be held as short by the trader once it has connected."""
    await venue.opens_position("SELL", "0.010")

    trader = await traders.start()

    await trader.holds("-0.010")


@case("CONN-037", rule="Position Information V3, entryPrice", needs=["market_moves", "venue_acts", "orders_of_others"])
async def test_position_older_than_its_trades_has_the_venues_entry_price(
    traders: Traders, venue: Venue, market: Market
) -> None:
    """An open position whose trades the venue no longer tells MUST be held, and at the venue's entry price."""
    await venue.opens_position("BUY", "0.010")
    await market.moves_to(market.above_last("3%"))
    await venue.forgets_trades()

    trader = await traders.start()

    # Invariant 8 judges the price.
    await trader.holds("0.010")


@case(
    "CONN-045",
    rule="Current All Algo Open Orders",
    upstream=["#3287"],
    needs=["orders_of_others"],
)
async def test_reconciled_stop_keeps_its_side_and_flag(traders: Traders, venue: Venue, market: Market) -> None:
    """Open reduce-only stops of an earlier session MUST be open in the trader with the venue's side and flag."""
    await venue.opens_position("BUY", "0.010")
    trigger = market.below_last("3%")
    await venue.places(stop_market("SELL", "0.010", trigger=trigger, reduce_only=True).named("EARLIER-STOP"))

    trader = await traders.start()

    await trader.has_open("EARLIER-STOP")


@case("CONN-050", rule="Change Initial Leverage", trader={"leverages": {"BTCUSDT": 7}})
async def test_configured_leverage_is_set(trader: Trader, wire: Wire) -> None:
    """A leverage in the trader's config MUST be set at the venue before it trades."""
    request = await wire.one("POST /fapi/v1/leverage")
    equal("symbol", request.params["symbol"], "BTCUSDT")
    equal("leverage", request.params["leverage"], "7")


@case(
    "CONN-051",
    rule="Change Initial Leverage: one symbol's",
    needs=["unrecordable", "other_symbols"],
    trader={"leverages": {"BTCUSDT": 7, "ETHUSDT": 3}},
)
async def test_configured_leverage_of_each_symbol_is_set(trader: Trader, wire: Wire) -> None:
    """Each leverage in the trader's config MUST be set at the venue for the symbol that it is of."""
    await trader.settles()
    sent = {each.params["symbol"]: each.params["leverage"] for each in wire.requests("POST /fapi/v1/leverage")}
    equal("leverages that were set", sent, {"BTCUSDT": "7", "ETHUSDT": "3"})


@case("CONN-055", rule="Change Margin Type", trader={"margin_types": {"BTCUSDT": "ISOLATED"}})
async def test_configured_margin_type_is_set(trader: Trader, wire: Wire) -> None:
    """A margin type in the trader's config MUST be set at the venue before it trades."""
    request = await wire.one("POST /fapi/v1/marginType")
    equal("symbol", request.params["symbol"], "BTCUSDT")
    equal("marginType", request.params["marginType"], "ISOLATED")


@case(
    "CONN-056",
    rule="Change Margin Type: marginType ISOLATED or CROSSED, one symbol's",
    needs=["unrecordable", "other_symbols"],
    trader={"margin_types": {"BTCUSDT": "ISOLATED", "ETHUSDT": "CROSS"}},
)
async def test_configured_margin_type_of_each_symbol_is_set(trader: Trader, wire: Wire) -> None:
    """Each margin type in the trader's config MUST be set for the symbol that it is of, in the venue's words."""
    await trader.settles()
    sent = {each.params["symbol"]: each.params["marginType"] for each in wire.requests("POST /fapi/v1/marginType")}
    equal("margin types that were set", sent, {"BTCUSDT": "ISOLATED", "ETHUSDT": "CROSSED"})


@case("CONN-060", rule="Event: Order Update; one account, several clients", needs=["orders_of_others"])
async def test_order_of_another_client_is_learned(trader: Trader, venue: Venue, market: Market) -> None:
    """An order that another client of the account places SHOULD be open in the trader."""
    await venue.places(limit("BUY", "0.010", market.below_last("2%")).named("FOREIGN-LIMIT"))

    await trader.has_open("FOREIGN-LIMIT")
