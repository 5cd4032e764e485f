"""Hosts: which of them a suite may send orders to. Everything that is not on the list counts as production."""

import ipaddress
import os
from collections.abc import Mapping
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
#: The environment variable that allows one host more: a user's own stand-in for the venue, by its exact name.
ALLOWED_VARIABLE = "CONFORMANCE_ALLOWED_HOST"
#: What no variable allows: the venue's own domains, whose test hosts are listed above.
_VENUES_DOMAINS = (".binance.com", ".binance.us", ".binance.me", ".binancefuture.com")


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


def refuse_production(url: str, environment: Mapping[str, str] = os.environ) -> None:
    """Raise `ProductionHostError` where `url` points neither at this machine nor at a known test host of the venue.

    A host that `CONFORMANCE_ALLOWED_HOST` names is allowed too, unless it is one of the venue's domains.
    """
    host = host_of(url)
    if host in TEST_HOSTS or is_loopback(host):
        return
    named = environment.get(ALLOWED_VARIABLE, "").strip().lower()
    if host and host == named and not f".{host}".endswith(_VENUES_DOMAINS):
        return
    raise ProductionHostError(
        f"{host} is not a known testnet or demo host of Binance, so it may be production: refused, nothing was sent. "
        f"Allowed: {', '.join(sorted(TEST_HOSTS))}, or a simulator on this machine (127.0.0.1, localhost, ::1), or a "
        f"stand-in of your own whose exact name is in {ALLOWED_VARIABLE}"
    )
