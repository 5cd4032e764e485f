"""Instruments: what a trader takes a symbol for, by which it rounds, bounds and values every order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from conformance.cases.questions import ACCOUNT, INSTRUMENTS
from conformance.cases.situations import passes_over_what_is_free
from conformance.cases.symbols import INFORMATION, told_as
from conformance.kit import (
    Faults,
    Market,
    Trader,
    Traders,
    Venue,
    Wire,
    case,
    equal,
    limit,
    market_order,
    require,
)
from conformance.subject.errors import CommandRefused


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
    """An instrument's margins MUST be the whole value of an order, which the symbol's leverage divides."""
    symbol = (await venue.symbol())["symbol"]

    known = await trader.instruments(symbol)

    equal("margin_init", known[symbol].get("margin_init"), 1)
    equal("margin_maint", known[symbol].get("margin_maint"), 1)


@case("INST-210", rule="Exchange Information: contractType", needs=["other_symbols"])
async def test_every_trading_perpetual_is_known(trader: Trader, venue: Venue) -> None:
    """Every perpetual that the venue trades MUST be an instrument of the trader under its own symbol."""
    rows = await venue.symbols()
    wanted = {row["symbol"] for row in rows if (row["contractType"], row["status"]) == ("PERPETUAL", "TRADING")}

    known = {symbol: row["type"] for symbol, row in (await trader.instruments()).items()}

    require(wanted <= known.keys(), "an instrument for every perpetual", seen=sorted(wanted - known.keys()))
    types = {known[symbol] for symbol in wanted}
    require(types == {"CryptoPerpetual"}, "a perpetual for every perpetual", seen=sorted(types))


@case.each(
    {
        "INST-211": {"underlying": "EQUITY"},
        "INST-212": {"underlying": "COMMODITY"},
        "INST-213": {"underlying": "KR_EQUITY"},
        "INST-214": {"underlying": "HK_EQUITY"},
        "INST-215": {"underlying": "CN_EQUITY"},
        "INST-216": {"underlying": "FX"},
    },
    tier="full",
    core=["INST-211", "INST-215", "INST-216"],
    rule="Exchange Information: TRADIFI_PERPETUAL, underlyingType; Trading Schedule: the markets beneath",
    upstream=["#4471"],
    needs=["unrecordable"],
    trader={"timeout_connection_s": 5.0, "timeout_stop_s": 1.0},
)
async def test_perpetual_of_each_market_trades(
    traders: Traders, market: Market, faults: Faults, underlying: str
) -> None:
    """A TRADIFI_PERPETUAL whose underlying is of the market {underlying} MUST be an instrument, and trade."""
    told = told_as("BTCUSDT", contractType="TRADIFI_PERPETUAL", underlyingType=underlying)
    faults.rewrite_answer(INFORMATION, told, times=None)
    trader = await traders.start()

    known = await trader.instruments("BTCUSDT")
    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    require("BTCUSDT" in known, "an instrument", seen=sorted(known))
    await order.reaches("ACCEPTED")


@case.each(
    {"INST-460": {"status": "TRADING"}, "INST-461": {"status": "SETTLING"}},
    tier="full",
    core=["INST-460"],
    rule="Exchange Information: contractType has PERPETUAL_DELIVERING; Position Information V3: what the account holds",
    needs=["unrecordable", "other_symbols", "orders_of_others"],
    trader={"timeout_connection_s": 5.0},
)
async def test_perpetual_that_is_delivered_is_held(traders: Traders, venue: Venue, faults: Faults, status: str) -> None:
    """A position in a perpetual that is to be delivered (PERPETUAL_DELIVERING, {status}) MUST be held by the trader."""
    await venue.of("ETHUSDT").places(market_order("BUY", "0.100").but(symbol="ETHUSDT").named("LEFT-ETH"))
    faults.rewrite_answer(
        INFORMATION, told_as("ETHUSDT", contractType="PERPETUAL_DELIVERING", status=status), times=None
    )

    trader = await traders.start()

    passes_over_what_is_free(trader)
    await trader.holds("0.100", "ETHUSDT")


def _places(filter_type: str, name: str) -> Callable[[Mapping[str, Any]], str]:
    """Return how many decimal places a figure of a filter has."""
    return lambda row: str(-int(Decimal(_filter(row, filter_type)[name]).as_tuple().exponent))


def _filter(row: Mapping[str, Any], filter_type: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(each for each in row["filters"] if each["filterType"] == filter_type)
    return found


@dataclass(frozen=True)
class Term:
    """One thing that an instrument says of itself, and what the venue's row says of it."""

    field: str
    of: Callable[[Mapping[str, Any]], object]


def _figure(field: str, filter_type: str, name: str) -> Term:
    return Term(field, lambda row: Decimal(_filter(row, filter_type)[name]))


_TERMS = (
    _figure("tick", "PRICE_FILTER", "tickSize"),
    _figure("min_price", "PRICE_FILTER", "minPrice"),
    _figure("max_price", "PRICE_FILTER", "maxPrice"),
    _figure("step", "LOT_SIZE", "stepSize"),
    _figure("min_quantity", "LOT_SIZE", "minQty"),
    _figure("max_quantity", "LOT_SIZE", "maxQty"),
    _figure("min_notional", "MIN_NOTIONAL", "notional"),
    Term("price_precision", _places("PRICE_FILTER", "tickSize")),
    Term("size_precision", _places("LOT_SIZE", "stepSize")),
    Term("base", lambda row: row["baseAsset"]),
    Term("quote", lambda row: row["quoteAsset"]),
    Term("settlement", lambda row: row["marginAsset"]),
    # A contract is one of the base asset, and its value is in the quote asset.
    Term("multiplier", lambda _: "1"),
    Term("inverse", lambda _: False),
)
_TERMS_OF_DELIVERY = (
    Term("listed_ms", lambda row: str(row["onboardDate"])),
    Term("delivered_ms", lambda row: str(row["deliveryDate"])),
)


@case.each(
    {
        "INST-510": {"kind": "perpetual", "terms": _TERMS},
        "INST-511": {"kind": "delivery contract of the quarter", "terms": (*_TERMS, *_TERMS_OF_DELIVERY)},
    },
    rule="Exchange Information: filters, contractType, baseAsset, quoteAsset, marginAsset, onboardDate, deliveryDate",
    needs=["other_symbols"],
)
async def test_each_contract_has_its_own_terms(trader: Trader, venue: Venue, kind: str, terms: Sequence[Term]) -> None:
    """All terms of every {kind} MUST be the venue's: its own, and no other symbol's."""
    wanted = ("PERPETUAL" if kind == "perpetual" else "CURRENT_QUARTER", "TRADING")
    rows = [each for each in await venue.symbols() if (each["contractType"], each["status"]) == wanted]

    known = await trader.instruments(*(row["symbol"] for row in rows))

    for row in rows:
        require(row["symbol"] in known, f"an instrument for every {kind}", seen=f"none for {row['symbol']}")
        for term in terms:
            equal(term.field, known[row["symbol"]].get(term.field), term.of(row))


def _with_finer_figures(body: Any) -> Any:
    """Let every symbol's figures of precision be finer than its tick and its step, as they are of some."""
    for row in body["symbols"]:
        row.update(pricePrecision=8, quantityPrecision=8, baseAssetPrecision=8, quotePrecision=8)
    return body


@case(
    "INST-520",
    rule="Exchange Information: pricePrecision, quantityPrecision: please do not use it as tickSize, as stepSize",
    needs=["unrecordable"],
)
async def test_precision_is_that_of_tick_and_step(traders: Traders, venue: Venue, faults: Faults) -> None:
    """An instrument MUST be as precise as the venue's tick and step are, whatever its figures of precision are."""
    row = await venue.symbol()
    faults.rewrite_answer(tuple(INSTRUMENTS.routes), _with_finer_figures, times=None)
    trader = await traders.start()

    known = await trader.instruments(row["symbol"])

    require(row["symbol"] in known, "an instrument, whatever its figures of precision", seen=sorted(known))
    for term in _TERMS:
        if term.field in ("tick", "step", "price_precision", "size_precision"):
            equal(term.field, known[row["symbol"]].get(term.field), term.of(row))


@case.each(
    {"INST-410": {"fee": "maker_fee"}, "INST-411": {"fee": "taker_fee"}},
    rule="User Commission Rate: makerCommissionRate, takerCommissionRate",
    needs=["instrument_fees", "unrecordable"],
)
async def test_fee_is_what_the_account_pays(trader: Trader, venue: Venue, fee: str) -> None:
    """An instrument's {fee} SHOULD be what the account pays."""
    maker, taker = await venue.commission_rates()
    symbol = (await venue.symbol())["symbol"]

    known = await trader.instruments(symbol)

    equal(fee, known[symbol].get(fee), maker if fee == "maker_fee" else taker)


#: Of the first tier above the regular user's (binance.com/en/fee/futureFee).
_OF_VIP_1 = {"symbol": "BTCUSDT", "makerCommissionRate": "0.000160", "takerCommissionRate": "0.000400"}


def _of_vip_1(body: Any) -> Any:
    return body | {"feeTier": 1} if "feeTier" in body else body


_OF_A_MAKER = {"symbol": "BTCUSDT", "makerCommissionRate": "-0.000050", "takerCommissionRate": "0.000310"}
#: A data client has instruments of its own, which may be loaded otherwise.
_ALONE: Mapping[str, Any] = {"with_data_client": False, "subscribe": []}
_ONLY_ONE = {"load_ids": ["BTCUSDT-PERP.BINANCE"]}
_ASKING = {"instrument_provider": {**_ONLY_ONE, "query_commission_rates": True}}


@case.each(
    {
        "INST-420": {"fee": "maker_fee", "named": "makerCommissionRate"},
        "INST-421": {"fee": "taker_fee", "named": "takerCommissionRate"},
    },
    rule="User Commission Rate: makerCommissionRate, takerCommissionRate; a market maker is paid",
    needs=["instrument_fees", "execution_instruments", "unrecordable", "orders_of_others"],
)
async def test_fee_is_the_accounts_where_a_trader_is_to_ask(
    traders: Traders, venue: Venue, faults: Faults, fee: str, named: str
) -> None:
    """Where a trader is to ask for commission rates, an instrument's {fee} MUST be what the account pays."""
    # Only a start that finds nothing is held to the budget of a start, which such a question exceeds.
    await venue.opens_position("BUY", "0.010")
    faults.answer("GET /fapi/v1/commissionRate", 200, _OF_A_MAKER, times=None, symbol="BTCUSDT")
    trader = await traders.start(client=_ASKING, **_ALONE)
    passes_over_what_is_free(trader)

    known = await trader.instruments("BTCUSDT")

    equal(fee, known["BTCUSDT"].get(fee), Decimal(_OF_A_MAKER[named]))


@case(
    "INST-427",
    rule="User Commission Rate: what an account pays is told for each symbol, and nowhere else",
    needs=["unrecordable", "orders_of_others"],
)
async def test_commission_rate_is_asked_for_where_a_trader_is_to(traders: Traders, venue: Venue, wire: Wire) -> None:
    """A trader that is configured to ask for commission rates (query_commission_rates) MUST ask, or refuse it."""
    # Only a start that finds nothing is held to the budget of a start, which such a question would exceed.
    await venue.opens_position("BUY", "0.010")
    try:
        trader = await traders.start(client=_ASKING)
    except CommandRefused as refusal:
        if "query_commission_rates" in str(refusal):
            return
        raise

    await trader.settles()
    asked = wire.requests("GET /fapi/v1/commissionRate", symbol="BTCUSDT")
    require(bool(asked), "a question for the commission rate", seen="none")


@case(
    "INST-425",
    rule="Account Information: feeTier; User Commission Rate: makerCommissionRate, takerCommissionRate",
    needs=["instrument_fees", "execution_instruments", "unrecordable"],
)
async def test_fee_is_of_the_accounts_tier(traders: Traders, faults: Faults) -> None:
    """Of an account of the tier VIP 1, an instrument's fees SHOULD be what such an account pays."""
    faults.rewrite_answer(tuple(ACCOUNT.routes), _of_vip_1, times=None, optional=True)
    faults.answer("GET /fapi/v1/commissionRate", 200, _OF_VIP_1, times=None, optional=True)
    trader = await traders.start(**_ALONE)

    known = await trader.instruments("BTCUSDT")

    equal("maker_fee", known["BTCUSDT"].get("maker_fee"), Decimal(_OF_VIP_1["makerCommissionRate"]))
    equal("taker_fee", known["BTCUSDT"].get("taker_fee"), Decimal(_OF_VIP_1["takerCommissionRate"]))


@case(
    "INST-430",
    rule="Exchange Information; New Order: only for a symbol that the trader knows",
    needs=["execution_instruments", "unrecordable"],
)
async def test_trader_of_one_instrument_trades_it(traders: Traders, market: Market) -> None:
    """A trader that is to load one instrument only MUST trade it as one that loads all."""
    trader = await traders.start(client={"instrument_provider": _ONLY_ONE}, **_ALONE)

    order = await trader.submit(limit("BUY", "0.010", market.below_last("2%")))

    await order.reaches("ACCEPTED")


@case(
    "INST-440",
    rule="a venue has no name on the wire: it is what the trader is configured to call it",
    needs=["unrecordable"],
)
async def test_venue_has_the_name_that_it_is_given(traders: Traders) -> None:
    """Where a trader is to call the venue by a name of its own, as with two accounts, its instruments MUST have it."""
    trader = await traders.start(client={"venue": "BINANCE_UM"}, **_ALONE)

    known = await trader.instruments("BTCUSDT")

    equal("instrument_id", known.get("BTCUSDT", {}).get("instrument_id"), "BTCUSDT-PERP.BINANCE_UM")
