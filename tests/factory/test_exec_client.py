"""The execution client's config: native, complete, and refused when it could not work."""

import inspect
from typing import Any

import pytest

from factory import BinanceAccountType, create_binance_exec_client, environments, exec_client, installed
from tests.factory.building import FIELDS, ONE, built, has


def test_returns_the_native_config_under_the_venues_name() -> None:
    """The result is {"BINANCE": config}, and the config is of NautilusTrader's own class, not a subclass."""
    clients = create_binance_exec_client()

    assert list(clients) == ["BINANCE"]
    assert type(clients["BINANCE"]) is installed.EXEC_CLIENT_CONFIG


def test_signature_is_the_published_one() -> None:
    """Names, order and defaults of the arguments are what callers were promised."""
    parameters = inspect.signature(create_binance_exec_client).parameters

    assert {name: each.default for name, each in parameters.items() if name != "native"} == {
        "account_type": BinanceAccountType.USDT_FUTURES,
        "testnet": False,
        "max_retries": 3,
        "leverages": None,
        "margin_types": None,
    }
    assert list(parameters)[-1] == "native"
    assert parameters["native"].kind is inspect.Parameter.VAR_KEYWORD


@pytest.mark.parametrize("account", ["SPOT", "MARGIN", "USDT_FUTURES", "COIN_FUTURES"])
def test_account_type_reaches_the_config(account: str) -> None:
    """Every account type that both generations know arrives in the native field under its native name."""
    config = built(account_type=BinanceAccountType[account])

    if ONE:
        assert config.account_type is BinanceAccountType[account]
    else:
        product = installed.PRODUCT_TYPES[account]
        assert config.product_type == getattr(installed.binance.BinanceProductType, product)


@pytest.mark.skipif(ONE, reason="1.x has no BinanceProductType: run a 2.x version")
def test_the_native_product_type_of_2x_is_an_account_type_too() -> None:
    """On 2.x the native enum may be passed where 1.x takes BinanceAccountType."""
    product = installed.binance.BinanceProductType.USD_M

    assert built(account_type=product).product_type == product


def test_isolated_margin_exists_where_the_version_has_it() -> None:
    """ISOLATED_MARGIN is built on 1.x and refused by name on 2.x, which has no such product."""
    account = BinanceAccountType.ISOLATED_MARGIN
    if ONE:
        assert built(account_type=account).account_type is account
    else:
        with pytest.raises(ValueError, match="no ISOLATED_MARGIN; it has SPOT, MARGIN, USDT_FUTURES, COIN_FUTURES"):
            built(account_type=account)


@pytest.mark.parametrize("account", ["USDT_FUTURES", 1, None])
def test_what_is_no_account_type_is_refused_with_the_allowed_ones(account: object) -> None:
    """A string or number is no account type, and the error lists those that are."""
    with pytest.raises(ValueError, match=r"account_type: .* allowed: .*BinanceAccountType\.USDT_FUTURES"):
        built(account_type=account)


@pytest.mark.parametrize("testnet", [False, True])
def test_testnet_selects_the_native_environment(testnet: bool) -> None:
    """`testnet` becomes the field that the installed version has: `environment`, or `testnet` before 1.223."""
    config = built(testnet=testnet)

    if "environment" in FIELDS:
        native = environments.members()
        assert config.environment == (native.TESTNET if testnet else native.LIVE)
    if "testnet" in FIELDS:
        assert config.testnet is (testnet and "environment" not in FIELDS)


@has("environment")
@pytest.mark.parametrize("name", ["LIVE", "TESTNET", "DEMO"])
def test_the_native_environment_is_passed_through(name: str) -> None:
    """Where the version has environments, any of them can be asked for natively."""
    environment = getattr(environments.members(), name)

    assert built(environment=environment).environment == environment


@has("environment")
@pytest.mark.parametrize("name", ["LIVE", "DEMO"])
def test_an_environment_that_contradicts_testnet_is_refused(name: str) -> None:
    """testnet=True never yields another environment."""
    environment = getattr(environments.members(), name)

    with pytest.raises(ValueError, match=f"environment: {name} contradicts testnet=True"):
        built(testnet=True, environment=environment)


@has("environment")
def test_none_as_environment_means_what_testnet_says() -> None:
    """The native default for environment is accepted."""
    assert built(testnet=True, environment=None).environment == environments.members().TESTNET


@has("environment")
def test_what_is_no_environment_is_refused_with_the_allowed_ones() -> None:
    """A string is no environment."""
    with pytest.raises(ValueError, match="'paper' is not a BinanceEnvironment; allowed: LIVE, TESTNET, DEMO"):
        built(environment="paper")


def test_testnet_must_be_a_bool() -> None:
    """A truthy string must not choose between production and testnet."""
    with pytest.raises(ValueError, match="testnet: 'no' is not a bool; allowed: True, False"):
        built(testnet="no")


@has("max_retries")
@pytest.mark.parametrize("retries", [0, 3, 10])
def test_retries_reach_the_config_with_exponential_backoff(retries: int) -> None:
    """Retries within 0 to 10 are set, with both ends of the backoff."""
    config = built(max_retries=retries)

    assert (config.max_retries, config.retry_delay_initial_ms, config.retry_delay_max_ms) == (retries, 1_000, 10_000)


@has("max_retries")
def test_at_most_three_retries_by_default() -> None:
    """The default is three retries."""
    assert built().max_retries == 3


@pytest.mark.skipif("max_retries" in FIELDS, reason="this version has retries: run 2.0.0rc3 or rc4")
def test_a_version_without_retries_stays_below_every_ceiling() -> None:
    """Where the client never retries, a ceiling for retries is no error."""
    assert built(max_retries=10) is not None


@pytest.mark.parametrize("retries", [-1, 11, 2.5, "3", None, True])
def test_retries_outside_0_to_10_are_refused(retries: Any) -> None:
    """The refusal says what was given and what is allowed."""
    with pytest.raises(ValueError, match=f"max_retries: {retries!r} is not a whole number from 0 to 10"):
        built(max_retries=retries)


@has("max_retries")
def test_backoff_can_be_set_natively() -> None:
    """The native delay fields pass through."""
    config = built(retry_delay_initial_ms=50, retry_delay_max_ms=400)

    assert (config.retry_delay_initial_ms, config.retry_delay_max_ms) == (50, 400)


@has("max_retries")
@pytest.mark.parametrize("delay", [0, -5, 1.5, True, "9"])
def test_a_delay_that_is_no_number_of_milliseconds_is_refused(delay: Any) -> None:
    """Delays are positive whole milliseconds."""
    with pytest.raises(ValueError, match=r"retry_delay_initial_ms: .* is not a positive whole number of milliseconds"):
        built(retry_delay_initial_ms=delay)


@has("max_retries")
def test_backoff_that_shrinks_is_refused() -> None:
    """The first delay cannot be longer than the longest."""
    with pytest.raises(ValueError, match="retry_delay_initial_ms: 20000 is more than retry_delay_max_ms, 10000"):
        built(retry_delay_initial_ms=20_000)


def test_leverages_reach_the_config_under_the_venues_symbols() -> None:
    """Both the venue's and NautilusTrader's form of a symbol are taken; the config holds the venue's."""
    given = {"BTCUSDT": 1, "ETHUSDT-PERP": 125, "BTCUSDT_260925": 5, "SOLUSDT-PERP.BINANCE": 2, "币安人生USDT": 3}
    config = built(leverages=given)

    symbols = ["BTCUSDT", "ETHUSDT", "BTCUSDT_260925", "SOLUSDT", "币安人生USDT"]
    assert dict(config.futures_leverages) == dict(zip(symbols, given.values(), strict=True))
    if ONE:
        assert {type(each).__name__ for each in config.futures_leverages} == {"BinanceSymbol"}


def test_coin_margined_symbols_keep_the_venues_suffix() -> None:
    """BTCUSD-PERP is BTCUSD_PERP at the venue, while pairs quoted in a dollar coin are bare."""
    config = built(
        account_type=BinanceAccountType.COIN_FUTURES, leverages={"BTCUSD-PERP": 3, "BTCUSD_PERP": 3, "BTCFDUSD-PERP": 4}
    )

    assert dict(config.futures_leverages) == {"BTCUSD_PERP": 3, "BTCFDUSD": 4}


@pytest.mark.parametrize("leverage", [0, 126, -1, 1.5, "10", True, None])
def test_leverage_outside_1_to_125_is_refused(leverage: Any) -> None:
    """The refusal names symbol, value and range."""
    with pytest.raises(ValueError, match=f"leverages: BTCUSDT {leverage!r} is not a whole number from 1 to 125"):
        built(leverages={"BTCUSDT": leverage})


@pytest.mark.parametrize(
    ("symbol", "nearest"),
    [
        ("btcusdt", "'BTCUSDT'"),
        ("BTC/USDT", "'BTCUSDT'"),
        ("BTC USDT", "'BTCUSDT'"),
        ("BTC-USDT-PERP.BINANCE", "'BTCUSDT'"),
        ("", None),
        ("!", None),
        (7, None),
    ],
)
@pytest.mark.parametrize("argument", ["leverages", "margin_types"])
def test_a_malformed_symbol_is_refused_with_the_nearest(argument: str, symbol: Any, nearest: str | None) -> None:
    """The refusal shows the symbol given, an example, and the nearest well-formed one where there is one."""
    with pytest.raises(ValueError, match=f"{argument}: .* is not a Binance futures symbol") as refusal:
        built(**{argument: {symbol: 5 if argument == "leverages" else "CROSS"}})

    assert repr(symbol) in str(refusal.value)
    assert (f"did you mean {nearest}?" in str(refusal.value)) is (nearest is not None)


def test_margin_types_reach_the_config_as_native_members() -> None:
    """CROSS and ISOLATED become the native enum's members."""
    config = built(margin_types={"BTCUSDT": "CROSS", "ETHUSDT": "ISOLATED"})

    native = exec_client._margin_type_enum()
    assert dict(config.futures_margin_types) == {"BTCUSDT": native.CROSS, "ETHUSDT": native.ISOLATED}


@pytest.mark.parametrize("margin_type", ["CROSSED", "cross", "", None, 1])
def test_an_unknown_margin_type_is_refused(margin_type: Any) -> None:
    """The refusal says what was given and what is allowed."""
    with pytest.raises(ValueError, match=f"BTCUSDT {margin_type!r} is not a margin type; allowed: CROSS, ISOLATED"):
        built(margin_types={"BTCUSDT": margin_type})


@pytest.mark.parametrize("account", ["SPOT", "MARGIN"])
@pytest.mark.parametrize("arguments", [{"leverages": {"BTCUSDT": 2}}, {"margin_types": {"BTCUSDT": "CROSS"}}])
def test_leverage_and_margin_types_are_refused_without_futures(account: str, arguments: dict[str, Any]) -> None:
    """Spot and margin accounts have neither."""
    with pytest.raises(ValueError, match=f"{account} accounts have neither; they are for COIN_FUTURES, USDT_FUTURES"):
        built(account_type=BinanceAccountType[account], **arguments)


def test_empty_leverages_and_margin_types_are_none() -> None:
    """Empty mappings ask for nothing."""
    config = built(account_type=BinanceAccountType.SPOT, leverages={}, margin_types={})

    assert config.futures_leverages is None
    assert config.futures_margin_types is None


def test_native_fields_pass_through_unchanged() -> None:
    """Any other field of the installed config is passed as it is."""
    config = built(base_url_http="http://127.0.0.1:8080", base_url_ws="ws://127.0.0.1:8080", recv_window_ms=7_000)

    assert config.base_url_http == "http://127.0.0.1:8080"
    assert config.base_url_ws == "ws://127.0.0.1:8080"
    assert config.recv_window_ms == 7_000


@pytest.mark.parametrize(
    ("field", "nearest"),
    [("base_url_htp", "base_url_http"), ("recv_window", "recv_window_ms"), ("use_gtdd", "use_gtd")],
)
def test_an_unknown_native_field_is_refused_with_the_nearest(field: str, nearest: str) -> None:
    """The refusal names class, version, field, and the nearest field that exists."""
    with pytest.raises(ValueError, match=f"{installed.VERSION} has no field '{field}': the nearest is '{nearest}'"):
        built(**{field: "x"})


def test_an_unknown_field_like_no_other_is_refused_with_all_fields() -> None:
    """Without a near one, every field is listed."""
    with pytest.raises(ValueError, match=r"has no field 'zzz': its fields are .*base_url_http.*use_gtd"):
        built(zzz=1)


@pytest.mark.parametrize(
    ("field", "argument"),
    [
        ("futures_leverages", "leverages"),
        ("futures_margin_types", "margin_types"),
        ("product_type", "account_type"),
    ],
)
def test_a_native_field_with_an_argument_of_its_own_is_refused(field: str, argument: str) -> None:
    """What the factory checks cannot be slipped past it under the native name."""
    with pytest.raises(ValueError, match=f"{field}: pass {argument}= instead"):
        built(**{field: {}})


@pytest.mark.skipif(ONE, reason="1.x makes the account's id itself: run a 2.x version")
def test_2x_gets_an_account_id_which_can_be_replaced(native: Any) -> None:
    """2.x wants the account's id in the config; the default can be replaced natively."""
    assert str(built().account_id) == "BINANCE-001"
    assert str(built(account_id=native.AccountId.from_str("BINANCE-009")).account_id) == "BINANCE-009"


@pytest.mark.parametrize(
    "asking",
    [
        {"hedge_mode": True},
        {"hedging": "yes"},
        {"dual_side_position": "true"},
        {"position_mode": "HEDGE"},
        {"position_side": "LONG"},
        {"oms_type": "HEDGING"},
    ],
)
def test_hedge_mode_is_refused_with_its_reason(asking: dict[str, Any]) -> None:
    """Whatever field asks for hedge mode, the refusal gives the defect, not a spelling hint."""
    with pytest.raises(ValueError, match=r"hedge mode is refused: .*#3104.*one-way mode"):
        built(**asking)


def test_the_native_hedging_oms_type_is_refused(native: Any) -> None:
    """The native enum's member asks for hedge mode as well."""
    with pytest.raises(ValueError, match="#3104"):
        built(oms_type=native.OmsType.HEDGING)


@pytest.mark.parametrize("saying", [{"hedge_mode": False}, {"position_mode": "one_way"}, {"dual_side_position": None}])
def test_saying_one_way_is_no_error(saying: dict[str, Any]) -> None:
    """A field that only says one-way is dropped: one-way is what is built."""
    assert built(**saying) is not None


@has("oms_type")
def test_the_native_netting_oms_type_passes_through(native: Any) -> None:
    """NETTING is what the factory is for."""
    assert built(oms_type=native.OmsType.NETTING).oms_type == native.OmsType.NETTING
