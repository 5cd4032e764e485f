"""What a case can ask for by the name of a parameter, whoever plays it: pytest, or the player of mutants."""

from collections.abc import Mapping
from typing import Any

from conformance.gateway.faults.armed import Faults
from conformance.kit.market import Market
from conformance.kit.market_streams import MarketStreams
from conformance.kit.run import CaseRun
from conformance.kit.traders import Traders
from conformance.kit.user_stream import UserStream
from conformance.kit.venue import Venue
from conformance.kit.wire import Wire


class Given:
    """What an open run gives its case; `run`, `subject` and a started `trader` come beside it."""

    def __init__(self, run: CaseRun, config: Mapping[str, Any]) -> None:
        """`config` is what the case's traders have beyond their profile."""
        self._run = run
        self._config = config

    @property
    def traders(self) -> Traders:
        """Starts traders when the case asks for one."""
        return Traders(self._run, self._config)

    @property
    def wire(self) -> Wire:
        """The trader's requests, the venue's answers, and the frames."""
        return self._run.wire

    @property
    def market(self) -> Market:
        """The symbol's market: prices to measure from, and moves of it."""
        return self._run.market

    @property
    def venue(self) -> Venue:
        """The account at the venue, through the suite's own requests."""
        return self._run.venue

    @property
    def faults(self) -> Faults:
        """What goes wrong on the wire, chosen by method, path and count."""
        return self._run.gateway.faults

    @property
    def user_stream(self) -> UserStream:
        """The trader's connection to the venue's events."""
        return UserStream(self._run.gateway, self._run.history)

    @property
    def market_streams(self) -> MarketStreams:
        """The trader's connections to the venue's prices."""
        return MarketStreams(self._run.gateway, self._run.history)


NAMES = tuple(name for name, each in vars(Given).items() if isinstance(each, property))
"""The parameters that `Given` has."""
