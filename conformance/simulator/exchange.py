"""The exchange around the venue: the checks of every request, and the headers of its answer."""

from dataclasses import dataclass

from conformance.simulator.accounts.settings import AccountSettings
from conformance.simulator.authentication import Authentication
from conformance.simulator.credentials import Credentials
from conformance.simulator.interference import Interference
from conformance.simulator.limits import Limits
from conformance.simulator.streams.hub import Hub
from conformance.simulator.streams.listen_keys import ListenKeys
from conformance.simulator.venue import Venue


@dataclass(slots=True)
class Exchange:
    """The venue with its authentication, limits and listen keys: all that answering a request needs."""

    venue: Venue
    credentials: Credentials
    authentication: Authentication
    limits: Limits
    listen_keys: ListenKeys
    hub: Hub
    settings: AccountSettings
    interference: Interference
    throttled: bool = False
    """Whether new orders are refused with -1008 (503-C)."""


def open_exchange(venue: Venue, credentials: Credentials) -> Exchange:
    """Join authentication, limits, listen keys and streams to a venue."""
    listen_keys = ListenKeys(venue.clock, venue.options.listen_key_validity_ms)
    hub = Hub(venue.clock, venue.options, listen_keys)
    venue.bus.subscribe(hub.deliver)
    interference = Interference()
    venue.bus.filter = interference.pass_on
    return Exchange(
        venue=venue,
        credentials=credentials,
        authentication=Authentication(venue.clock, venue.options, credentials),
        limits=Limits(venue.clock, venue.options, venue.market.document.get("rateLimits", [])),
        listen_keys=listen_keys,
        hub=hub,
        settings=AccountSettings(
            venue.clock, venue.account, venue.margin, venue.reports, venue.bus, has_orders=venue.has_orders
        ),
        interference=interference,
    )
