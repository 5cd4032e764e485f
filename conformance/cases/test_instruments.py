"""Instruments: what a trader takes a symbol for, by which it rounds, bounds and values every order."""

from decimal import Decimal

from conformance.kit import Trader, Venue, case, equal, require


@case.each(
    {
        "INST-010": {"field": "tick", "filter_type": "PRICE_FILTER", "name": "tickSize"},
        "INST-020": {"field": "min_price", "filter_type": "PRICE_FILTER", "name": "minPrice"},
        "INST-030": {"field": "max_price", "filter_type": "PRICE_FILTER", "name": "maxPrice"},
        "INST-040": {"field": "step", "filter_type": "LOT_SIZE", "name": "stepSize"},
        "INST-050": {"field": "min_quantity", "filter_type": "LOT_SIZE", "name": "minQty"},
        "INST-060": {"field": "max_quantity", "filter_type": "LOT_SIZE", "name": "maxQty"},
        "INST-070": {"field": "min_notional", "filter_type": "MIN_NOTIONAL", "name": "notional"},
    },
    rule="Exchange Information: filters",
)
async def test_filter_is_the_instruments(trader: Trader, venue: Venue, field: str, filter_type: str, name: str) -> None:
    """An instrument's {field} MUST be {name} of the venue's {filter_type}."""
    told = await venue.symbol()
    filters = {each["filterType"]: each for each in told["filters"]}

    known = await trader.instruments(told["symbol"])

    equal(field, known[told["symbol"]].get(field), Decimal(filters[filter_type][name]))


@case.each(
    {
        "INST-110": {"field": "base", "name": "baseAsset"},
        "INST-120": {"field": "quote", "name": "quoteAsset"},
        "INST-130": {"field": "settlement", "name": "marginAsset"},
    },
    rule="Exchange Information: baseAsset, quoteAsset, marginAsset",
)
async def test_asset_is_the_instruments(trader: Trader, venue: Venue, field: str, name: str) -> None:
    """An instrument's {field} currency MUST be the venue's {name}."""
    told = await venue.symbol()

    known = await trader.instruments(told["symbol"])

    equal(field, known[told["symbol"]].get(field), told[name])


@case(
    "INST-140",
    rule="Exchange Information: requiredMarginPercent and maintMarginPercent are to be ignored",
    upstream=["#3420"],
)
async def test_margin_is_the_whole_value(trader: Trader, venue: Venue) -> None:
    """An instrument's initial margin MUST be the whole value of an order, which the symbol's leverage divides."""
    symbol = (await venue.symbol())["symbol"]

    known = await trader.instruments(symbol)

    equal("margin_init", known[symbol].get("margin_init"), 1)


@case("INST-210", rule="Exchange Information: contractType", needs=["other_symbols"])
async def test_every_trading_perpetual_is_known(trader: Trader, venue: Venue) -> None:
    """Every perpetual that the venue trades MUST be an instrument of the trader under its own symbol."""
    rows = await venue.symbols()
    wanted = {row["symbol"] for row in rows if (row["contractType"], row["status"]) == ("PERPETUAL", "TRADING")}

    known = {symbol: row["type"] for symbol, row in (await trader.instruments()).items()}

    require(wanted <= known.keys(), "an instrument for every perpetual", seen=sorted(wanted - known.keys()))
    types = {known[symbol] for symbol in wanted}
    require(types == {"CryptoPerpetual"}, "a perpetual for every perpetual", seen=sorted(types))
