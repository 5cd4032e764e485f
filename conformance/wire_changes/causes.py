"""Why a trader asked the venue something: the command that it carries out, its start, or a stream that came back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.history.entries import Answer, AskedOrder, Command, Connection, Entry, FaultApplied, Reply, Request
from conformance.history.history import History
from conformance.history.silent import SILENT
from conformance.wire_changes.names import Names

START = "start"
STOP = "stop"
KILL = "kill"
RECONNECT = "reconnect"
RUNNING = "running"
#: Commands that may lead to a request about any order, whatever order they name.
_FOR_ALL = frozenset(
    {"cancel_all", "market_exit", "close_position", "close_all_positions", "pause", "resume", START, STOP, KILL}
)
_CLOSING = frozenset({"stop", "kill"})
#: Commands of the suite's own, which ask nothing of the venue.
_SILENT = SILENT | {"fail"}
SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Cause:
    """`nth` counts the causes of the same `op` in a case; `kind` is the type of the order that it is about, or "".

    `troubled` says that something had gone wrong before: how often is asked then depends on time.
    """

    op: str
    nth: int
    kind: str = ""
    troubled: bool = False
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the trader with its cause, the orders that it names, and its answer."""

    request: Request
    cause: Cause
    orders: tuple[str, ...]
    answer: Answer | None


class Causes:
    """One pass over a history, which yields the trader's requests up to entry `until`, each with its cause."""

    def __init__(self, history: History, names: Names, until: int | None = None) -> None:
        self._entries: Sequence[Entry] = history.entries if until is None else history.entries[:until]
        self._answers = {answer.to: answer for answer in history.of(Answer)}
        self._names = names
        self._kinds: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._of_order: dict[str, Cause] = {}
        self._without_order = Cause(RUNNING, 0)
        self._last: Cause | None = None
        self._starting: Cause | None = None
        self._last_start: Cause | None = None
        self._troubled = False
        self._closing = False
        self._at_closing: tuple[dict[str, Cause], Cause] = {}, self._without_order
        self.all: list[Cause] = []
        """Every cause that was met, also those that led to no request."""
        self.failed_starts: set[int] = set()
        """Which starts, by their count, did not lead to a trader that is connected."""
        self._start_number = -1

    def asked(self) -> Iterator[Asked]:
        """Yield the trader's requests in their order."""
        for entry in self._entries:
            if isinstance(entry, Command):
                self._command(entry)
            elif isinstance(entry, Reply):
                self._replied(entry)
            elif isinstance(entry, FaultApplied):
                self._troubled = True
            elif isinstance(entry, Connection):
                self._connection(entry)
            elif isinstance(entry, Request) and entry.by == "trader":
                orders = self._names.in_request(entry)
                yield Asked(entry, self._cause(entry, orders), orders, self._answers.get(entry.id))

    def _command(self, command: Command) -> None:
        op = _op(command)
        if op in _SILENT:
            return
        if command.order is not None:
            self._kinds[self._names.order(command.order.client_order_id) or ""] = _kind(command.order)
        named = tuple(name for raw in command.orders if (name := self._names.order(raw)))
        kinds = {self._kinds.get(name, "") for name in named}
        if op == START:
            # A process that went with the last trader took the trouble with it.
            self._troubled = False
        if op in (STOP, KILL):
            self._at_closing = dict(self._of_order), self._without_order
        cause = self._new(op, kinds.pop() if len(kinds) == 1 else "", named)
        self._last, self._closing = cause, op in (STOP, KILL)
        if op == START:
            self._start_number = command.n
            self._starting = self._last_start = cause
            self._of_order.clear()
        self._of_order.update(dict.fromkeys(named, cause))
        if op in _FOR_ALL or not named:
            self._of_order = dict.fromkeys(self._of_order, cause)
            self._without_order = cause

    def _replied(self, reply: Reply) -> None:
        if self._starting is not None and reply.n == self._start_number:
            if not reply.ok:
                self.failed_starts.add(self._starting.nth)
            self._starting = None

    def _connection(self, connection: Connection) -> None:
        if connection.channel == "user" and connection.state == "closed" and not self._closing:
            self._troubled = True
            self._without_order = self._new(RECONNECT, "", ())

    def _cause(self, request: Request, orders: Sequence[str]) -> Cause:
        if self._starting is not None:
            return self._starting
        endpoint = request.endpoint
        if self._closing and endpoint is not None and not endpoint.writes and not endpoint.is_plumbing:
            return self._before_closing(orders)
        for name in orders:
            if name in self._of_order:
                return self._aged(self._of_order[name])
        if orders and self._last is not None:
            return self._aged(self._last)
        cause = self._without_order
        if cause.op == START and self._last_start is not None:
            # Keeping the session alive begins with the start, and may come after it; all else is a periodic check.
            return self._last_start if endpoint is not None and endpoint.is_plumbing else Cause(RUNNING, 0)
        return cause

    def _before_closing(self, orders: Sequence[str]) -> Cause:
        """Return the cause of a question that was under way as the trader was stopped: what stops asks none."""
        of_order, without_order = self._at_closing
        cause = next((of_order[name] for name in orders if name in of_order), without_order)
        return self._aged(Cause(RUNNING, 0) if cause.op == START else cause)

    def _aged(self, cause: Cause) -> Cause:
        """Return the cause as troubled where something has gone wrong since."""
        if not self._troubled or cause.troubled:
            return cause
        return Cause(cause.op, cause.nth, cause.kind, troubled=True, orders=cause.orders)

    def _new(self, op: str, kind: str, orders: tuple[str, ...]) -> Cause:
        self._counts[op] = self._counts.get(op, 0) + 1
        cause = Cause(op, self._counts[op], kind, self._troubled, orders)
        self.all.append(cause)
        return cause


def _kind(order: AskedOrder) -> str:
    """Return an order's type; one that asks more of the venue by itself is of a kind of its own.

    An algorithm cuts it up, or the trader holds the date until which it is good, and cancels it then.
    """
    by = order.more.get("exec_algorithm_id")
    dated = " good till a date" if order.time_in_force == "GTD" else ""
    return f"{order.type}{dated} by {by}" if by else f"{order.type}{dated}"


def _op(command: Command) -> str:
    """Return what a command is for; the end of a process that does not shut down is another than a native stop."""
    if command.op not in _CLOSING:
        return command.op
    return STOP if command.op == "stop" and command.more.get("graceful") else KILL


def often(count: int, *, troubled: bool) -> str:
    """Return a count as it compares: exact, or 0, 1 and several where how often is asked depends on time."""
    return SEVERAL if troubled and count > 1 else str(count)
