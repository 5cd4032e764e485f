"""The upstream: production is refused, before anything is sent."""

import pytest

from conformance.binance.hosts import ProductionHostError, refuse_production
from conformance.gateway.upstream import Upstream


@pytest.mark.parametrize(
    "url",
    [
        "https://fapi.binance.com",
        "https://FAPI.BINANCE.COM.",
        "https://user:password@fapi.binance.com:443",
        "https://api.binance.us",
        "https://fapi.binance.me",
        "https://evil-demo-fapi.binance.com",
        "https://testnet.binancefuture.com.binance.com",
    ],
)
def test_production_hosts_are_refused(url: str) -> None:
    """Whatever carries Binance's name and is not a known testnet or demo host counts as production."""
    with pytest.raises(ProductionHostError, match="refused, nothing was sent"):
        Upstream.at(url)


def test_one_production_host_among_three_is_refused() -> None:
    """Each of the three bases is looked at, not only REST."""
    with pytest.raises(ProductionHostError, match=r"ws-fapi\.binance\.com"):
        Upstream(
            http="https://testnet.binancefuture.com",
            stream="wss://fstream.binancefuture.com",
            ws_api="wss://ws-fapi.binance.com",
        )


def test_testnet_and_demo_have_three_hosts() -> None:
    """REST, streams and WS API may be on different hosts; none of them is production."""
    for upstream in (Upstream.testnet(), Upstream.demo()):
        for base in (upstream.http, upstream.stream, upstream.ws_api):
            refuse_production(base)
    assert Upstream.testnet().host == "testnet.binancefuture.com"


@pytest.mark.parametrize("base", ["127.0.0.1:80", "ftp://127.0.0.1", "http://127.0.0.1/fapi", ""])
def test_malformed_base_is_refused_with_the_form_expected(base: str) -> None:
    """The error shows what was given and what is expected."""
    with pytest.raises(ValueError, match="http: expected http://HOST"):
        Upstream(http=base, stream="ws://127.0.0.1", ws_api="ws://127.0.0.1")
