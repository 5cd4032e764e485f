"""Which hosts the execution client may be aimed at: a key goes to no host of another environment."""

import pytest

from factory import BinanceAccountType, environments
from tests.factory.building import ONE, built, has


def test_coin_futures_on_a_testnet_follow_the_installed_endpoints() -> None:
    """1.x has no COIN-M testnet endpoint and is refused by name; 2.x has one."""
    arguments = {"account_type": BinanceAccountType.COIN_FUTURES, "testnet": True}
    if ONE:
        with pytest.raises(ValueError, match=r"COIN_FUTURES has no TESTNET endpoint .* use USDT_FUTURES there"):
            built(**arguments)
    else:
        assert built(**arguments).environment == environments.members().TESTNET


@has("base_url_ws_stream")
def test_coin_futures_on_a_testnet_work_with_an_endpoint_of_ones_own() -> None:
    """From 1.223 only the WS API endpoint is missing, and can be given."""
    config = built(
        account_type=BinanceAccountType.COIN_FUTURES, testnet=True, base_url_ws="ws://127.0.0.1:1/ws-dapi/v1"
    )

    assert config.base_url_ws == "ws://127.0.0.1:1/ws-dapi/v1"


@pytest.mark.parametrize(
    "url",
    [
        "https://testnet.binancefuture.com",
        "https://demo-fapi.binance.com",
        "wss://stream.binancefuture.com",
        "https://testnet.binance.vision",
    ],
)
@pytest.mark.parametrize("field", ["base_url_http", "base_url_ws"])
def test_a_production_key_is_not_sent_to_a_practice_host(field: str, url: str) -> None:
    """Without testnet=True the credentials are production's, and practice hosts must not get them."""
    with pytest.raises(ValueError, match=f"{field}: .* is a practice host and would get production's key"):
        built(**{field: url})


@pytest.mark.parametrize("url", ["https://fapi.binance.com", "wss://fstream.binance.com", "https://api.binance.us"])
def test_a_testnet_key_is_not_sent_to_a_production_host(url: str) -> None:
    """With testnet=True production hosts are refused."""
    with pytest.raises(ValueError, match=r"base_url_http: .* is a production host and would get TESTNET's key"):
        built(testnet=True, base_url_http=url)


@pytest.mark.parametrize(
    ("testnet", "url"), [(True, "https://testnet.binancefuture.com"), (False, "https://fapi.binance.com")]
)
def test_a_host_of_the_same_environment_is_allowed(testnet: bool, url: str) -> None:
    """Naming the environment's own host is no contradiction."""
    assert built(testnet=testnet, base_url_http=url).base_url_http == url


def test_a_url_of_none_is_the_native_default() -> None:
    """None is what the native field means by "the venue's own"."""
    assert built(base_url_http=None).base_url_http is None
