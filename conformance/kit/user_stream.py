"""The user stream as a case drops it and waits for it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from conformance.binance.usdm import KEEP_LISTEN_KEY, LISTEN_KEY
from conformance.history.entries import Channel, Connection, Entry, Frame, Request
from conformance.history.history import DeadlineError, History
from conformance.kit.failure import CheckError
from conformance.kit.verifiers import require
from conformance.kit.waiting import comes_true

if TYPE_CHECKING:
    from conformance.gateway.server import Gateway

#: A trader may open a stream, rotate its listen key and open another one (NautilusTrader ≥ 1.223, after about 0.2 s).
_SETTLED_AFTER_S = 0.5

#: What the venue does is on the wire within milliseconds; a trader without a stream may be given one meanwhile.
_TELLS_WITHIN_S = 0.5

_ROUTE = "/private/"

_KEY_ROUTES = (LISTEN_KEY.route, "WS userDataStream.start")
_KEEPING_ROUTES = (KEEP_LISTEN_KEY.route, "WS userDataStream.ping")


class UserStream:
    """The trader's connection to the venue's events."""

    def __init__(self, gateway: "Gateway", history: History) -> None:
        self._gateway = gateway
        self._history = history
        self._dropped_at = 0

    async def drops(self) -> None:
        """Close the user stream from the venue's side."""
        self._dropped_at = len(self._history)
        await self._gateway.close_streams("user", abort=True)

    async def closes(self, code: int = 1000) -> None:
        """Let the venue close the user stream in due form, as it does after 24 hours."""
        self._dropped_at = len(self._history)
        await self._gateway.close_streams("user", code=code)

    async def logon_drops(self) -> None:
        """Reset the connection of the WS API on which the trader logged on and asked for its stream."""
        self._dropped_at = len(self._history)
        await self._gateway.close_streams("ws-api", abort=True)

    async def logon_closes(self, code: int = 1000) -> None:
        """Let the venue close that connection in due form, as it does after 24 hours."""
        self._dropped_at = len(self._history)
        await self._gateway.close_streams("ws-api", code=code)

    async def ends(self, act: Callable[[], Awaitable[None]]) -> None:
        """Let the venue end it by an act of its own, such as the listen key's expiry."""
        self._dropped_at = len(self._history)
        await act()

    async def delivers_what_is_kept_back(self) -> None:
        """Deliver the frames that `faults.reorder` keeps back for another one that has not come."""
        await self._gateway.deliver_kept()

    async def is_given_a_key(self, within_s: float = 5.0) -> None:
        """Wait until the trader asks for a listen key, which it does for a stream that is not to be had otherwise."""
        try:
            await self._history.wait(
                _asks_for_a_key, what="the trader asks for a listen key", within_s=within_s, since=self._dropped_at
            )
        except DeadlineError as error:
            raise CheckError(
                "requests for a listen key",
                required=f"one within {within_s:g} s",
                seen="none",
                signature="no listen key was asked for",
                since=error.since,
            ) from None

    async def is_kept_alive(self, within_s: float = 5.0) -> None:
        """Wait for the trader's next keep-alive of its listen key, without which that lives for an hour."""
        try:
            await self._history.wait(
                _keeps_its_key, what="a keep-alive of the listen key", within_s=within_s, since=len(self._history)
            )
        except DeadlineError as error:
            raise CheckError(
                "keep-alives of the listen key",
                required=f"one within {within_s:g} s",
                seen="none",
                signature="the listen key was not kept alive",
                since=error.since,
            ) from None

    async def is_pinged(self, channel: Channel = "user", *, within_s: float = 5.0) -> None:
        """Ping the trader's connections of the channel, as the venue does every three minutes, and wait for the pongs.

        A connection that owes one for ten minutes is closed (Live Subscribing/Unsubscribing to streams). One that the
        trader has closed meanwhile, for another that it has opened, owes none.
        """
        pinged = await self._gateway.ping_streams(channel)
        require(bool(pinged), f"a connection of the {channel} channel", seen="none")

        async def answered() -> bool:
            left = [connection for connection in pinged if connection.is_open or connection.answers_pings]
            return bool(left) and all(connection.answers_pings for connection in left)

        mute = f"{within_s:g} s after a ping, {len(pinged)} connections"
        require(await comes_true(self._history, answered, within_s=within_s), "a pong for each ping", seen=mute)

    async def is_open_again(self, within_s: float = 10.0) -> None:
        """Wait until a user stream is open again and stays: no connection comes or goes for a while.

        NautilusTrader ≥ 1.223 takes the stream that it has opened again for good only when the first event comes on it,
        and then opens another; a ping does not count.
        """
        since = self._dropped_at
        try:
            while True:
                await self._history.wait(
                    _opens, what="the trader opens a user stream again", within_s=within_s, since=since
                )
                since = await self._quiet_from()
                if self._open_connections():
                    return
        except DeadlineError as error:
            raise CheckError(
                "user stream",
                required=f"to be open again within {within_s:g} s",
                seen=f"{len(self._open_connections())} connections open",
                signature="the user stream was not opened again",
                since=error.since,
            ) from None

    async def tells_again(self, act: Callable[[], Awaitable[None]], within_s: float = 10.0) -> None:
        """Let the venue do what it tells of, over and over, until the trader gets word of it on a user stream.

        A connection that is open may be mute: nothing is told on one whose listen key is gone.
        """
        began = len(self._history)
        deadline_s = self._history.now_s() + within_s
        while True:
            since = len(self._history)
            await act()
            try:
                await self._history.wait(_tells, what="word of it", within_s=_TELLS_WITHIN_S, since=since)
            except DeadlineError:
                if self._history.now_s() < deadline_s:
                    continue
                raise CheckError(
                    "user stream",
                    required=f"to tell what happens within {within_s:g} s",
                    seen="no word of it",
                    signature="the user stream stayed mute",
                    since=began,
                ) from None
            return

    def is_private(self) -> None:
        """Require that every user stream so far was opened on the route /private; production is silent on others.

        The simulator is not, so that the rest can be judged of versions that know no routes (NautilusTrader ≤ 1.222).
        """
        paths = [each.path for each in self._history.of(Connection) if _opens(each)]
        elsewhere = [path for path in paths if not path.startswith(_ROUTE)]
        require(
            bool(paths) and not elsewhere, f"user streams on the route {_ROUTE}", seen=", ".join(elsewhere) or "none"
        )

    async def _quiet_from(self) -> int:
        """Wait until no stream has come or gone for a while; return where that while began."""
        while True:
            since = len(self._history)
            try:
                await self._history.wait(_changes, what="a change of streams", within_s=_SETTLED_AFTER_S, since=since)
            except DeadlineError:
                return since

    def _open_connections(self) -> set[int]:
        found: set[int] = set()
        for connection in self._history.of(Connection, since=self._dropped_at):
            if _opens(connection):
                found.add(connection.id)
            else:
                found.discard(connection.id)
        return found


def _asks_for_a_key(entry: Entry) -> bool:
    return isinstance(entry, Request) and entry.by == "trader" and entry.route in _KEY_ROUTES


def _keeps_its_key(entry: Entry) -> bool:
    return isinstance(entry, Request) and entry.by == "trader" and entry.route in _KEEPING_ROUTES


def _tells(entry: Entry) -> bool:
    return isinstance(entry, Frame) and (entry.channel, entry.direction) == ("user", "down")


def _opens(entry: Entry) -> bool:
    return _changes(entry) and isinstance(entry, Connection) and entry.state == "open"


def _changes(entry: Entry) -> bool:
    return isinstance(entry, Connection) and entry.channel == "user"
