"""Traders that do not do their work, and gateways that never answer: a case that passes with them proves nothing.

The traders are patches of a 1.x adapter, files of `fixtures/proof/traders/` whose first line says what each does. What
they pass rightly, because its requirement forbids something that they do not do, is data with its reason.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from conformance.binance.events import AccountUpdate, AlgoUpdate, OrderUpdate
from conformance.binance.usdm import writes
from conformance.datafile import read_toml
from conformance.gateway.answer import Hung, Outcome
from conformance.gateway.trader_side import Sent, TraderSide
from conformance.history.entries import Command, Connection, Control, FaultApplied, Frame, Request
from conformance.history.history import History
from conformance.history.silent import SILENT
from conformance.locations import FIXTURES
from conformance.proof.source.source_mutants import PACKAGE

TRADERS = FIXTURES / "proof" / "traders"
FILE = FIXTURES / "proof" / "vacuity.toml"
UNANSWERED, WRITES_UNANSWERED = "is_never_answered", "is_never_answered_when_it_writes"
#: What no patch can play, in a sentence.
_SIDES = {
    UNANSWERED: "A gateway that answers nothing at all.",
    WRITES_UNANSWERED: "A gateway that answers no order, cancel or amendment.",
}


#: A whole case's or family's id; what is below it may be a pattern.
_OF_A_FAMILY = re.compile(r"[A-Z]+-[0-9]{3}([.].+)?")
_COMMANDS = ("does_nothing", "accepts_without_sending", "accepts_at_once")
_NO_ORDERS = SILENT | {"start", "stop", "kill", "query_account"}
_TELLING = (AccountUpdate, AlgoUpdate, OrderUpdate)


class Row(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Cases by id or pattern that these traders pass rightly, and why.

    A pattern is of one family (`FATE-010.*`): one of a group would explain what passes of families that nobody has
    written yet, and so nobody has looked at.
    """

    traders: list[str]
    cases: list[str]
    why: str

    def __post_init__(self) -> None:
        """Refuse a pattern of several families."""
        for each in self.cases:
            if not _OF_A_FAMILY.fullmatch(each):
                raise ValueError(
                    f"{each!r} is of more than one family: name each that was played, such as 'FATE-010.*'"
                )

    def covers(self, trader: str, case_id: str) -> bool:
        """Say whether the row is about a case on a trader."""
        of_trader = any(fnmatchcase(trader, each) for each in self.traders)
        return of_trader and any(fnmatchcase(case_id, each) for each in self.cases)

    def parts(self) -> list["Row"]:
        """Return a row for each of its ids and patterns: each is to explain something."""
        return [Row(traders=self.traders, cases=[each], why=self.why) for each in self.cases]


class _File(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    passes: list[Row] = []


class Silent(TraderSide):
    """Answers nothing: the trader waits."""

    def __init__(self, *, writes_only: bool) -> None:
        self._writes_only = writes_only
        self.met = False

    def sends(self, request: Sent) -> Sequence[Sent]:
        """Send what is answered; of the rest nothing."""
        kept = self._writes_only and (request.method == "GET" or "listenKey" in request.target)
        self.met |= not kept
        return (request,) if kept else ()

    def without_sending(self, request: Sent) -> Outcome:
        """Let the trader wait."""
        del request
        return Hung()


@dataclass(frozen=True, slots=True)
class Vacuity:
    """What traders that do not do their work pass, compared with what they may pass."""

    passed: Sequence[tuple[str, str]]
    """Trader and case."""
    rows: Sequence[Row]

    @property
    def unexplained(self) -> list[tuple[str, str]]:
        """The passes that no row explains: cases that show nothing."""
        return [each for each in self.passed if not any(row.covers(*each) for row in self.rows)]

    def idle(self, played: Iterable[tuple[str, str]], left_out: Iterable[tuple[str, str]] = ()) -> list[Row]:
        """Return what explains no pass, an id or a pattern each, though all it is about was played: such lists rot.

        What is about something that was `left_out` may explain that.
        """
        tried, unseen = list(played), list(left_out)
        return [
            part
            for row in self.rows
            for part in row.parts()
            if any(part.covers(*each) for each in tried)
            and not any(part.covers(*each) for each in self.passed)
            and not any(part.covers(*each) for each in unseen)
        ]


def traders() -> Mapping[str, str]:
    """Return what each does, in a sentence, by its name."""
    patches = sorted(TRADERS.glob("*.py"))
    return {path.stem: path.read_text(encoding="utf-8").split('"""')[1] for path in patches} | _SIDES


def side_of(trader: str) -> TraderSide:
    """Return what stands between a trader and the suite, fresh."""
    return Silent(writes_only=trader == WRITES_UNANSWERED) if trader in _SIDES else TraderSide()


def came_into_play(trader: str, history: History, side: TraderSide) -> bool:
    """Say whether a case asked for what its trader does not do: if not, that it passes says nothing of the case.

    Who carries out no command is asked for nothing by a case that gives none; who swallows the stream, by one whose
    stream says nothing; who never reconciles, by one in which nothing happens but what the stream tells.
    """
    if isinstance(side, Silent):
        return side.met
    if trader in _COMMANDS:
        return any(command.op not in _NO_ORDERS or command.arms for command in history.of(Command))
    if trader == "swallows_the_stream":
        return any(isinstance(frame.event, _TELLING) for frame in history.of(Frame))
    starts = [command.seq for command in history.of(Command) if command.op == "start"]
    acts = [act.seq for act in history.of(Request, Control) if isinstance(act, Control) or _is_act(act)]
    opened = [each for each in history.of(Connection) if each.channel == "user" and each.state == "open"]
    before = bool(starts and acts) and min(acts) < max(starts)
    return before or len(opened) > 1 or bool(history.of(FaultApplied))


def _is_act(request: Request) -> bool:
    return request.by == "suite" and writes(request.method, request.path)


def overlay_of(trader: str, package: Path, folder: Path) -> dict[str, Path]:
    """Write the overlay of a patch into a folder and return it; none for what is no patch."""
    if trader in _SIDES:
        return {}
    installed = (package / "__init__.py").read_text(encoding="utf-8")
    patch = (TRADERS / f"{trader}.py").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").write_text(f"{installed}\n\n{patch}", encoding="utf-8")
    return {PACKAGE: folder}


def load_rows(path: Path = FILE) -> list[Row]:
    """Read what is passed rightly; raises `DataFileError`."""
    return read_toml(path, _File).passes
