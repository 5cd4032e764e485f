"""Why a balance changes: every reason that the venue has for it, and one that it may have tomorrow."""

from conformance.kit import Faults, Market, Trader, Traders, Venue, Wire, case, market_order

_RULE = "Event: Balance and Position Update, m: each reason changes the wallet balance that is told with it"


@case.each(
    {
        "ACC-110": {"reason": "DEPOSIT", "amount": "25.5"},
        "ACC-111": {"reason": "WITHDRAW", "amount": "-25.5"},
        "ACC-112": {"reason": "ADMIN_DEPOSIT", "amount": "25.5"},
        "ACC-113": {"reason": "ADMIN_WITHDRAW", "amount": "-25.5"},
        "ACC-114": {"reason": "ADJUSTMENT", "amount": "-25.5"},
        "ACC-115": {"reason": "INSURANCE_CLEAR", "amount": "-25.5"},
        "ACC-116": {"reason": "MARGIN_TRANSFER", "amount": "25.5"},
        "ACC-117": {"reason": "ASSET_TRANSFER", "amount": "25.5"},
        "ACC-118": {"reason": "AUTO_EXCHANGE", "amount": "25.5"},
        "ACC-119": {"reason": "COIN_SWAP_DEPOSIT", "amount": "25.5"},
        "ACC-120": {"reason": "COIN_SWAP_WITHDRAW", "amount": "-25.5"},
        "ACC-121": {"reason": "WITHDRAW_REJECT", "amount": "25.5"},
        "ACC-122": {"reason": "OPTIONS_PREMIUM_FEE", "amount": "-25.5"},
        "ACC-123": {"reason": "OPTIONS_SETTLE_PROFIT", "amount": "25.5"},
        "ACC-950": {"reason": "MARGIN_TYPE_CHANGE", "amount": "-25.5"},
    },
    rule=_RULE,
    needs=["unrecordable", "venue_acts"],
)
async def test_balance_follows_whatever_changed_it(
    trader: Trader, venue: Venue, wire: Wire, reason: str, amount: str
) -> None:
    """A balance that changes by {amount} for the reason {reason} MUST be known to the trader as the venue has it."""
    await venue.transfers(amount, reason=reason)

    # Invariant 8 judges the balance.
    await wire.frame("ACCOUNT_UPDATE", since=0)
    await trader.settles()


@case("ACC-130", rule="Event: Balance and Position Update: words may be added", needs=["unrecordable", "venue_acts"])
async def test_balance_follows_an_unknown_reason(trader: Trader, venue: Venue, faults: Faults) -> None:
    """A balance that changes for a reason that the trader does not know MUST be known as the venue has it."""
    rewritten = faults.rewrite("ACCOUNT_UPDATE", {"a.m": "REASON_OF_TOMORROW"})

    await venue.transfers("25.5")

    # Invariant 8 judges the balance.
    await rewritten.happens()
    await trader.settles()


@case(
    "ACC-140", rule="Event: Balance and Position Update, B: only changed assets", needs=["unrecordable", "venue_acts"]
)
async def test_emptied_asset_beside_others_is_known_as_empty(traders: Traders, venue: Venue, wire: Wire) -> None:
    """An asset that is emptied while others are held MUST be known as empty, and the others as they were."""
    await venue.transfers("10", asset="BNB")
    trader = await traders.start()

    await venue.transfers("-10", asset="BNB")

    # Invariant 8 judges the balances.
    await wire.frame("ACCOUNT_UPDATE")
    await trader.settles()


@case(
    "ACC-141",
    rule="Account Information: assets, each with its walletBalance",
    needs=["unrecordable", "venue_acts", "query_account"],
)
async def test_query_of_the_account_tells_of_every_asset(traders: Traders, venue: Venue, faults: Faults) -> None:
    """An asset that was emptied unheard, and one that was gained, MUST be known so once the account is queried."""
    await venue.transfers("10", asset="BNB")
    trader = await traders.start()
    faults.lose("ACCOUNT_UPDATE", times=2)
    await venue.transfers("-10", asset="BNB")
    await venue.transfers("25", asset="USDC")

    await trader.query_account()

    # Invariant 8 judges the balances.
    await trader.has_its_answers()
    await trader.settles()


@case(
    "ACC-145",
    rule="Event: Balance and Position Update, B: every asset that changed; Toggle BNB Burn On Futures Trade",
    needs=["unrecordable", "venue_acts", "market_moves"],
)
async def test_two_assets_of_one_event_are_both_known(traders: Traders, venue: Venue, market: Market) -> None:
    """Where one trade changes two assets, a profit in USDT and its commission in BNB, both MUST be the venue's."""
    await venue.transfers("10", asset="BNB")
    await venue.burns_bnb()
    trader = await traders.start()
    entry = await trader.submit(market_order("BUY", "0.010"))
    await entry.reaches("FILLED")
    await market.moves_to(market.above_last("1%"))

    leaving = await trader.submit(market_order("SELL", "0.010"))
    await leaving.reaches("FILLED")

    # Invariant 8 judges the balances.
    await trader.settles()
