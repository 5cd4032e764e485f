"""Hosts: which of them a suite may send orders to. Everything that is not on the list counts as production."""

import ipaddress
from urllib.parse import urlsplit

#: The venue's test hosts, by exact address (binance-usdm, section 1).
TEST_HOSTS = frozenset(
    {
        "testnet.binancefuture.com",
        "fstream.binancefuture.com",
        "stream.binancefuture.com",
        "demo-fapi.binance.com",
        "demo-fstream.binance.com",
    }
)


class ProductionHostError(ValueError):
    """An address that is, or may be, the production venue."""


def host_of(url: str) -> str:
    """Return a URL's host in lower case, without the root's dot."""
    return (urlsplit(url).hostname or "").rstrip(".").lower()


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_production(url: str) -> None:
    """Raise `ProductionHostError` where `url` points neither at this machine nor at a known test host of the venue."""
    host = host_of(url)
    if host in TEST_HOSTS or is_loopback(host):
        return
    raise ProductionHostError(
        f"{host} is not a known testnet or demo host of Binance, so it may be production: refused, nothing was sent. "
        f"Allowed: {', '.join(sorted(TEST_HOSTS))}, or a simulator on this machine (127.0.0.1, localhost, ::1)"
    )
