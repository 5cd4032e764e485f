"""The recorder: a session written down as it passes, saved only when a case says that its checks held."""

import datetime
import json
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from conformance.binance.events import read_event
from conformance.binance.hosts import TEST_HOSTS
from conformance.gateway.answer import Answer
from conformance.gateway.cassette.conversation import Conversation, Deliver
from conformance.gateway.cassette.matching import reads_of_other_versions
from conformance.gateway.cassette.session_cassette import CassetteTransport, number_of, record_cassette
from conformance.gateway.cassette.session_file import CassetteError, Header, Origin, SessionFile
from conformance.gateway.connection import Connection
from conformance.gateway.network import NetworkTransport
from conformance.gateway.upstream import Upstream
from conformance.gateway.wire import Frame, WireRequest, WireWriter

# Anything in a secret's place that is not its placeholder, known to this session or not.
_UNSCRUBBED = re.compile(
    r"""(signature|apiKey|listenKey)(=|\\*["']:\s*\\*["'])(?!SIGNATURE|API-KEY|LISTENKEY-\d)[^&\s"'\\]+"""
)


class Recorder(Conversation):
    """Records one case into one file. Nothing is written before `save()`, and then all of it or nothing.

    `origin` is the simulator's revision where `world` is "simulator"; for a testnet or demo it is the host, taken from
    the gateway's upstream, which must be one of Binance's: what a simulator answered never passes for Binance's.
    """

    def __init__(
        self,
        path: Path,
        *,
        case: str,
        world: Origin,
        subject: str,
        suite: str,
        origin: str = "",
        symbols: frozenset[str] = frozenset(),
    ) -> None:
        self._file = SessionFile(path)
        self._header = Header(
            case=case,
            recorded_at=datetime.datetime.now(datetime.UTC).date().isoformat(),
            world=world,
            origin=origin,
            subject=subject,
            suite=suite,
            started_ms=0,
            scrubbed=True,
            counts={},
        )
        self._symbols = symbols
        self._answered: set[int] = set()
        self._requested_at: dict[int, int] = {}
        self._seen: Counter[tuple[int, str]] = Counter()
        self._kept: Counter[str] = Counter()
        self._asked: set[tuple[str, tuple[tuple[str, str], ...], int]] = set()

    def start(self, wire: WireWriter, started_ns: int, deliver: Deliver, upstream: Upstream | None) -> None:
        """Begin with the gateway's clock; raises `CassetteError` where the upstream is not the world claimed."""
        del deliver
        if self._header.world == "simulator":
            if not self._header.origin:
                raise CassetteError(f"{self._file.path}: recording from the simulator needs its revision as origin")
        elif upstream is None or upstream.host not in TEST_HOSTS:
            host = upstream.host if upstream else "nowhere"
            raise CassetteError(
                f"{self._file.path}: {host} is not Binance's {self._header.world}: record it as world 'simulator'"
            )
        else:
            self._header = replace(self._header, origin=upstream.host)
        self._header = replace(self._header, started_ms=wire.wall_ms())
        self._redaction = wire.redaction
        self._causes = wire.causes
        self._started_ns = started_ns
        self._cassette = record_cassette(self._file, wire.redaction, self._symbols)

    def wrap(self, network: NetworkTransport) -> httpx.AsyncBaseTransport:
        """Put vcrpy before the network."""
        return CassetteTransport(self._cassette, network)

    def answered(self, request: WireRequest, answer: Answer) -> Answer:
        """Note that what comes from now on came after this answer."""
        self._answered.add(request.number)
        return answer

    def other_reads(self, request: WireRequest, answer: Answer) -> Sequence[tuple[str, Mapping[str, str]]]:
        """Return the reads that other versions make in this one's place, once for each state of the venue."""
        if request.by == "suite" or request.method != "GET":
            return ()
        fresh = [
            (path, params)
            for path, params in reads_of_other_versions(request.path, request.params, answer.body)
            if (path, tuple(sorted(params.items())), self._causes.latest) not in self._asked
        ]
        self._asked.update((path, tuple(sorted(params.items())), self._causes.latest) for path, params in fresh)
        return fresh

    def ws_answered(self, request: WireRequest, message: Mapping[str, Any]) -> None:
        """Write a request of the WS API down with its answer: vcrpy sees HTTP only."""
        self._answered.add(request.number)
        answer = {key: value for key, value in message.items() if key != "id"}
        self._file.ws_api.append(
            {
                "number": request.number,
                "method": request.path,
                "params": self._redaction.params(request.params),
                "at_ms": self._at_ms(),
                "answer": self._redaction.parse(json.dumps(answer)),
            }
        )

    def frame(self, connection: Connection, frame: Frame) -> None:
        """Write a frame down once, however many connections it came on."""
        if isinstance(frame.data, dict) and "result" in frame.data and "id" in frame.data:
            return  # the answer to a SUBSCRIBE, which a replay gives itself
        text = f"{connection.channel} {json.dumps(frame.data, sort_keys=True)}"
        self._seen[connection.id, text] += 1
        if self._seen[connection.id, text] <= self._kept[text]:
            return
        self._kept[text] += 1
        self._file.frames.append(
            {
                "channel": connection.channel,
                "after": frame.after,
                "before_answer": frame.after in self._pending,
                "at_ms": self._at_ms(),
                "data": frame.data,
            }
        )

    async def control(self, number: int, what: str, data: Mapping[str, Any]) -> None:
        """Write an act on the venue down."""
        del data
        self._file.controls.append({"number": number, "what": what, "at_ms": self._at_ms()})

    def requested(self, request: WireRequest) -> None:
        """Note that a request is on its way to the venue."""
        self._requested_at[request.number] = self._at_ms()

    def save(self) -> Path:
        """Write the cassette and return its path; raises `CassetteError`, writing nothing, where a secret is in it."""
        interactions = sorted(self._cassette.data, key=lambda entry: number_of(entry[1]))
        self._file.frames = _with_their_orders(self._file.frames)
        self._file.ws_api.sort(key=lambda entry: entry["number"])
        counts = {
            "interactions": len(interactions),
            "ws_api": len(self._file.ws_api),
            "controls": len(self._file.controls),
            "frames": len(self._file.frames),
        }
        self._file.header = replace(self._header, counts=counts)
        text = self._file.text([request for request, _ in interactions], [response for _, response in interactions])
        found = self._redaction.find(text)
        if unscrubbed := _UNSCRUBBED.search(text):
            found.append(f"an unmasked {unscrubbed[1]}")
        if found:
            raise CassetteError(
                f"{self._file.path}: not written, for it would hold a secret ({', '.join(found)}): "
                "the redaction has a hole, which has to be closed first"
            )
        self._file.write(text)
        return self._file.path

    @property
    def _pending(self) -> set[int]:
        return self._requested_at.keys() - self._answered

    def _at_ms(self) -> int:
        return (time.monotonic_ns() - self._started_ns) // 1_000_000


def _with_their_orders(frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put an event that names no order (ACCOUNT_UPDATE) after the cause of the order's event of the same transaction.

    The venue sends it before that event and with the same transaction time (fact sheet, section 12).
    """
    told = []
    for position, frame in enumerate(frames):
        owner = None
        event = read_event(frame["data"])
        if event is not None and event.time_ms is not None and not event.ids:
            same = (
                later
                for later in frames[position + 1 :]
                if later["channel"] == frame["channel"]
                and (also := read_event(later["data"])) is not None
                and also.time_ms == event.time_ms
                and also.ids
            )
            owner = next(same, None)
        cause = {"after": owner["after"], "before_answer": owner["before_answer"]} if owner else {}
        told.append({**frame, **cause})
    return told
