"""Symbols whose base has one letter or two, which a name by itself does not tell from an inverse contract."""

from conformance.cases.coins import NEEDS, QUANTITY, Coin, starts_with
from conformance.kit import Traders, Venue, case, limit, market_order, require

_ONE_LETTER = Coin(name="one-letter", words="of one letter", symbol="QUSDT", row={"baseAsset": "Q"})
_TWO_LETTERS = Coin(name="two-letters", words="of two letters", symbol="OPUSDT", row={"baseAsset": "OP"})
_IN_USDC = Coin(
    name="one-letter-usdc",
    words="of one letter, quoted in USDC",
    symbol="QUSDC",
    row={"baseAsset": "Q", "quoteAsset": "USDC", "marginAsset": "USDC"},
)


@case.each(
    {"INST-900": {"coin": _ONE_LETTER}, "INST-901": {"coin": _TWO_LETTERS}, "INST-902": {"coin": _IN_USDC}},
    tier="full",
    core=["INST-900"],
    rule="Exchange Information: symbol, baseAsset, quoteAsset; production lists QUSDT, OPUSDT and the like",
    needs=NEEDS,
)
async def test_symbol_with_a_short_base_is_traded(traders: Traders, venue: Venue, coin: Coin) -> None:
    """A symbol with a base {coin} MUST be traded as any: an order rests and is cancelled, another fills."""
    trader = await starts_with(traders, venue, coin)
    its_venue = venue.of(coin.symbol)
    known = await trader.instruments(coin.symbol)
    require(coin.symbol in known, "an instrument of this symbol", seen=sorted(await trader.instruments()))

    resting = await trader.submit(limit("BUY", QUANTITY, "0.0970").but(symbol=coin.symbol))
    await resting.reaches("ACCEPTED")
    await resting.cancel()
    await resting.reaches("CANCELED")
    filled = await trader.submit(market_order("BUY", QUANTITY).but(symbol=coin.symbol))
    await filled.reaches("FILLED")
    await trader.holds(await its_venue.position(), coin.symbol)
