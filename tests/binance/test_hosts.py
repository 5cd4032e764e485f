"""Hosts: only this machine and the venue's test hosts, by exact address, may be sent anything."""

import pytest

from conformance.binance.hosts import ALLOWED_VARIABLE, TEST_HOSTS, ProductionHostError, refuse_production


@pytest.mark.parametrize(
    "host",
    [
        "fapi.binance.com",
        "FAPI.BINANCE.COM.",
        "demo-fapi.binance.com.evil.example",
        "evil-demo-fapi.binance.com",
        "example.com",
        "10.0.0.1",
        "localhost.example.com",
        "127.0.0.1.example.com",
    ],
)
def test_unknown_host_counts_as_production(host: str) -> None:
    """What is not on the list is refused, whoever it belongs to."""
    with pytest.raises(ProductionHostError, match="refused, nothing was sent"):
        refuse_production(f"https://{host}/path")


@pytest.mark.parametrize("host", [*sorted(TEST_HOSTS), "localhost", "127.0.0.1:80", "127.3.2.1", "[::1]:8080"])
def test_test_hosts_and_this_machine_are_allowed(host: str) -> None:
    """The venue's test hosts and every loopback address."""
    refuse_production(f"wss://{host}")


@pytest.mark.parametrize("url", ["/elsewhere", "", "https:///path"])
def test_address_without_a_host_is_refused(url: str) -> None:
    """What names no host is no known host."""
    with pytest.raises(ProductionHostError, match="refused, nothing was sent"):
        refuse_production(url)


@pytest.mark.parametrize(
    ("named", "host", "allowed"),
    [
        ("venue.example", "venue.example", True),
        (" Venue.Example ", "VENUE.example.", True),
        ("venue.example", "other.example", False),
        ("example", "venue.example", False),
        (".example", "venue.example", False),
        ("", "venue.example", False),
        ("fapi.binance.com", "fapi.binance.com", False),
        ("binance.com", "binance.com", False),
    ],
)
def test_one_more_host_is_allowed_by_its_exact_name(named: str, host: str, allowed: bool) -> None:
    """A stand-in of the user's own is named in full; no name opens the venue's own domains."""
    if allowed:
        refuse_production(f"https://{host}/x", {ALLOWED_VARIABLE: named})
    else:
        with pytest.raises(ProductionHostError, match=ALLOWED_VARIABLE):
            refuse_production(f"https://{host}/x", {ALLOWED_VARIABLE: named})
