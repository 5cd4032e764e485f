"""The basis: what every case does on the version as it is, and what it touches, against which mutants are judged."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from conformance.kit.selection import family_of
from conformance.nearest import nearest

#: Part of a place, and the groups of cases that are about it.
_ABOUT = {
    "exchangeInfo": ("INST",),
    "/account": ("ACC",),
    "ACCOUNT_UPDATE": ("ACC",),
    "AccountState": ("ACC",),
    "symbolConfig": ("ACC", "SET"),
    "leverage": ("ACC", "SET"),
    "marginType": ("ACC", "SET"),
    "positionSide": ("HEDGE",),
    "o.ps": ("HEDGE",),
    "goodTillDate": ("KIND", "OTH", "LMT"),
    "o.gtd": ("OTH",),
    "closePosition": ("CLOSE", "INH"),
    "TRADE_LITE": ("STRM",),
    "positionRisk": ("CONN", "INH", "RECON", "VEN"),
    "userTrades": ("CONN", "INH", "RECON"),
    "openOrders": ("CONN", "INH", "RECON", "OTH"),
    "openAlgoOrders": ("INH", "ALGO", "RECON"),
    "listenKey": ("STRM", "LIFE"),
    "lgoOrder": ("ALGO", "STOP", "INH"),
    "ALGO_UPDATE": ("OTH", "ALGO", "STOP"),
    "batchOrders": ("LIST", "CXL"),
}
#: Part of `FILE:FUNCTION`, and the groups of cases that are about what stands there.
_ABOUT_SOURCE = {
    "execution.py:BinanceCommonExecutionClient._connect": ("KEY", "STRM"),
    "execution.py:BinanceCommonExecutionClient._submit_": ("KIND", "HEDGE", "CLOSE"),
    "futures_instrument_provider": ("INST",),
    "common/symbol.py": ("INST", "SYM"),
    "_reports": ("INH", "RECON", "CONN"),
    "_parse_algo_order_report": ("INH", "RECON"),
    "._update_account_state": ("ACC", "CONN"),
    "futures/http/account.py:BinanceFuturesAccountHttpAPI.query": ("INH", "RECON", "CONN"),
    "http/account.py:BinanceAccountHttpAPI.query": ("INH", "RECON", "CONN"),
    "futures/providers.py": ("INST", "CONN"),
    "factories.py": ("CONN", "LIFE", "URL", "THR"),
    "common/credentials.py": ("LIFE", "KEY", "URL"),
    "common/urls.py": ("URL", "KEY"),
    "common/constants.py": ("KIND", "THR"),
    "config.py": ("KIND", "LIFE", "NET", "RISK"),
    "websocket/": ("STRM", "LIFE", "CONN", "KEY"),
    "http/client.py": ("THR", "KEY", "URL", "ERR"),
    "http/endpoint.py": ("THR", "ERR"),
    "http/error.py": ("ERR", "REF", "THR", "FATE"),
    "futures/schemas/account.py": ("INH", "KIND", "RECON", "OTH"),
    "futures/schemas/user.py": ("OTH", "VEN", "STRM", "ALGO", "ACC"),
    "futures/schemas/market.py": ("INST",),
    "futures/enums.py": ("KIND", "INH", "VEN", "ACC"),
    "common/enums.py": ("KIND", "INH", "VEN", "ACC", "ERR", "REF"),
    "execution.py": ("KIND", "CXL", "HEDGE"),
}
_LISTS = ("places", "lines", "words")
_JUDGED = ("passed", "failed")


class BasisError(ValueError):
    """A basis that cannot be read, or is another version's; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One case on the version as it is."""

    case_id: str
    found: str
    """The outcome, of a failure with its signature."""
    seconds: float
    places: Sequence[str] = ()
    """Every place on the wire that it shows."""
    words: Sequence[str] = ()
    """Every word of a closed list that passes the wire in it."""
    lines: Sequence[str] = ()
    """Every line of the adapter that runs in it, `file:line`, where that was measured."""

    @property
    def is_judged(self) -> bool:
        """Whether this case can detect a mutant: one that is unsupported or broken cannot."""
        return self.found.startswith(_JUDGED)


@dataclass(frozen=True, slots=True)
class Ground:
    """All cases of a version."""

    version: str
    profile: str
    cases: Mapping[str, Basis]
    imported: frozenset[str] = frozenset()
    """The lines that run when the adapter is imported, so before any case."""

    def touching(self, place: str) -> list[Basis]:
        """Return the cases that show a place on the wire, in the order in which they are worth a try.

        Those first that are about what the place is about; a start's questions are in every case.
        """
        found = in_turn(each for each in self.cases.values() if each.is_judged and place in each.places)
        about = next((groups for part, groups in _ABOUT.items() if part in place), ())
        return sorted(found, key=lambda each: each.case_id.partition("-")[0] not in about)

    def running(self, lines: Collection[str], word: str | None = None) -> list[Basis]:
        """Return the cases that run one of these lines, or all where the lines run when the adapter is imported.

        Where such a line has a `word` of a closed list, it is those in which the word passes the wire. A case that
        starts a process of its own imports the adapter again: that it runs the line then says nothing.
        """
        wanted = set(lines)
        judged = [each for each in self.cases.values() if each.is_judged]
        if not wanted.isdisjoint(self.imported):
            return in_turn(each for each in judged if word is None or word in each.words)
        return in_turn(each for each in judged if not wanted.isdisjoint(each.lines))


def about_source(file: str, function: str) -> tuple[str, ...]:
    """Return the groups of cases that are about what stands in a function of the adapter."""
    return next((groups for part, groups in _ABOUT_SOURCE.items() if part in f"{file}:{function}"), ())


def in_turn(cases: Iterable[Basis]) -> list[Basis]:
    """Return the cases one of each family at a time, the quick ones first: what differs most is tried first."""
    families: dict[str, list[Basis]] = {}
    for case in sorted(cases, key=lambda each: each.seconds):
        families.setdefault(family_of(case.case_id), []).append(case)
    ordered: list[Basis] = []
    while families:
        round_ = sorted((members[0] for members in families.values()), key=lambda each: each.seconds)
        ordered += round_
        for case in round_:
            members = families[family_of(case.case_id)]
            members.pop(0)
            if not members:
                del families[family_of(case.case_id)]
    return ordered


def write_ground(path: Path, ground: Ground) -> None:
    """Write a ground down, whole or not at all; a place or line that many cases share is written once."""
    words: dict[str, int] = {}

    def numbered(texts: Iterable[str]) -> list[int]:
        return [words.setdefault(text, len(words)) for text in texts]

    cases = [
        {**asdict(each), "places": numbered(each.places), "lines": numbered(each.lines), "words": numbered(each.words)}
        for each in ground.cases.values()
    ]
    whole = {
        "version": ground.version,
        "profile": ground.profile,
        "imported": numbered(sorted(ground.imported)),
        "cases": cases,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({**whole, "words": list(words)}), encoding="utf-8")
    partial.replace(path)


def read_ground(path: Path, version: str, profile: str) -> Ground:
    """Read a ground; raises `BasisError` for one of another version or profile, or for a file that is no ground."""
    try:
        whole: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        words = whole["words"]
        cases = [
            Basis(**{**each, **{key: tuple(words[number] for number in each[key]) for key in _LISTS}})
            for each in whole["cases"]
        ]
        found = Ground(
            whole["version"],
            whole["profile"],
            {each.case_id: each for each in cases},
            frozenset(words[number] for number in whole["imported"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BasisError(f"{path}: this is no basis of mutants ({error}); remove it, and it is made anew") from error
    if (found.version, found.profile) != (version, profile):
        raise BasisError(
            f"{path} is of {found.version} in the profile {found.profile}, not of {version} in {profile}"
            f"{nearest(version, [found.version])}: give another folder with --results"
        )
    return found
