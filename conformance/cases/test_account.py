"""The account: what the venue does to it without being asked, and what the trader then knows."""

from conformance.kit import Market, Trader, Traders, Venue, Wire, case, equal, limit, market_order, stop_market


@case("ACC-010", rule="Event: Balance and Position Update, m FUNDING_FEE", needs=["unrecordable", "venue_acts"])
async def test_funding_changes_the_balance(trader: Trader, venue: Venue, wire: Wire) -> None:
    """Funding paid on a position MUST change the balance that the trader knows."""
    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")

    await venue.funds()

    # Invariant 8 judges the balance.
    await wire.frame("ACCOUNT_UPDATE")


@case("ACC-020", rule="Event: Balance and Position Update, m WITHDRAW", needs=["unrecordable", "venue_acts"])
async def test_emptied_balance_is_known_as_empty(trader: Trader, venue: Venue, wire: Wire) -> None:
    """A withdrawal of the whole balance MUST leave the trader without any."""
    await venue.transfers("-10000")

    # Invariant 8 judges the balance.
    await wire.frame("ACCOUNT_UPDATE")


@case(
    "ACC-030",
    rule="Event: Balance and Position Update, wb is the wallet balance",
    trader={"margin_types": {"BTCUSDT": "ISOLATED"}},
    needs=["unrecordable"],
)
async def test_isolated_margin_stays_part_of_the_balance(trader: Trader, wire: Wire) -> None:
    """An isolated position MUST leave the trader's balance at the venue's wallet balance, its margin included."""
    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")

    # Invariant 8 judges the balance.
    await wire.frame("ACCOUNT_UPDATE")


@case(
    "ACC-040",
    rule="Event: Order Update, autoclose-; x CALCULATED",
    needs=["unrecordable", "venue_acts", "orders_of_others"],
)
async def test_liquidation_leaves_the_trader_flat(trader: Trader, venue: Venue) -> None:
    """A liquidation MUST leave the trader without the position."""
    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")
    await trader.holds("0.010")

    await venue.liquidates()

    await trader.holds("0")


@case(
    "ACC-050",
    rule="Event: Order Update, adl_autoclose; x CALCULATED",
    needs=["unrecordable", "venue_acts", "orders_of_others"],
)
async def test_deleveraging_reduces_the_position(trader: Trader, venue: Venue) -> None:
    """Auto-deleveraging of a part of a position MUST leave the trader with the rest."""
    order = await trader.submit(market_order("BUY", "0.010"))
    await order.reaches("FILLED")
    await trader.holds("0.010")

    await venue.deleverages("0.004")

    await trader.holds("0.006")


@case("ACC-060", rule="Event: Algo Order Update, X EXPIRED", needs=["unrecordable", "venue_acts", "orders_of_others"])
async def test_orders_that_expire_with_a_liquidation_end(trader: Trader, venue: Venue, market: Market) -> None:
    """Open limit and stop orders that the venue expires with a liquidation MUST no longer be open in the trader."""
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    resting = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))
    stop = await trader.submit(stop_market("SELL", "0.010", trigger=market.below_last("4%")))
    await resting.reaches("ACCEPTED")
    await stop.reaches("ACCEPTED")

    await venue.liquidates()

    await trader.has_open()


@case("ACC-070", rule="Event: Order Update, N; Toggle BNB Burn On Futures Trade", needs=["unrecordable", "venue_acts"])
async def test_commission_in_bnb_is_booked_in_bnb(trader: Trader, venue: Venue) -> None:
    """A commission that the venue takes in BNB MUST be booked in BNB, and both balances MUST be the venue's."""
    await venue.transfers("10", asset="BNB")
    await venue.burns_bnb()
    order = await trader.submit(market_order("BUY", "0.010"))

    filled = await order.reaches("FILLED")

    equal("commission_currency", filled.get("commission_currency"), "BNB")


@case(
    "ACC-075",
    rule="Event: Order Update: L is a price in the symbol's quoteAsset, N the asset of the commission",
    needs=["unrecordable", "venue_acts"],
)
async def test_fill_is_in_the_currency_of_its_price(trader: Trader, venue: Venue) -> None:
    """A fill whose commission the venue takes in BNB MUST be told in the currency of its price, as any other."""
    await venue.transfers("10", asset="BNB")
    await venue.burns_bnb()
    order = await trader.submit(market_order("BUY", "0.010"))

    filled = await order.reaches("FILLED")

    equal("currency", filled.get("currency"), (await venue.symbol())["quoteAsset"])


@case(
    "ACC-071",
    rule="Account Trade List: commissionAsset; Toggle BNB Burn On Futures Trade",
    needs=["unrecordable", "venue_acts", "orders_of_others"],
)
async def test_commission_in_bnb_of_an_earlier_trade_is_booked_in_bnb(traders: Traders, venue: Venue) -> None:
    """A start MUST book the commission of an earlier trade in the asset that the venue took it in, BNB."""
    await venue.transfers("10", asset="BNB")
    await venue.burns_bnb()
    await venue.opens_position("BUY", "0.010")

    trader = await traders.start()

    # Invariant 12 judges the commission.
    await trader.holds("0.010")
    await trader.settles()
