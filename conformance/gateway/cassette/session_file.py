"""The session cassette's file: vcrpy's `version` and `interactions`, beside them header, WS API, controls, frames."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self, get_args

import yaml
from vcr.serialize import CASSETTE_FORMAT_VERSION, deserialize, serialize

from conformance.gateway.cassette.seal import is_sound, sealed

Origin = Literal["simulator", "testnet", "demo"]
_PARTS = ("interactions", "ws_api", "controls", "frames")


class CassetteError(ValueError):
    """A cassette that cannot be trusted or written; names the file, what is wrong, and the command that helps."""


@dataclass(frozen=True)
class Header:
    """Where a cassette comes from. `origin` is the testnet's or demo's host, or the simulator's revision.

    `recorded_at` is a date (YYYY-MM-DD), `started_ms` the wall clock at the recording's start, `counts` how many
    entries each part has. The file holds beside them the checksum of all the rest (see `seal`): one that was cut or
    edited no longer agrees with it.
    """

    case: str
    recorded_at: str
    world: Origin
    origin: str
    subject: str
    suite: str
    started_ms: int
    scrubbed: bool
    counts: Mapping[str, int]

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Check a header as it was read; raises `ValueError` saying what is missing or wrong."""
        if not isinstance(raw, Mapping):
            raise ValueError("it has no header")  # noqa: TRY004 - a bad file, not a bad call
        names = {each.name for each in fields(cls)}
        if missing := sorted(names - raw.keys()):
            raise ValueError(f"its header lacks {', '.join(missing)}")
        if raw["world"] not in get_args(Origin):
            raise ValueError(f"its header's world is {raw['world']!r}, expected one of {', '.join(get_args(Origin))}")
        if raw["scrubbed"] is not True:
            raise ValueError("its header does not say that its secrets are gone (scrubbed: true)")
        if not isinstance(raw["started_ms"], int) or not isinstance(raw["counts"], Mapping):
            raise ValueError("its header's started_ms or counts are damaged")  # noqa: TRY004 - as above
        return cls(**{name: raw[name] for name in names})


@dataclass
class SessionFile:
    """vcrpy's serializer and persister for one file: vcrpy's half goes through vcrpy, ours is kept in the attributes.

    * `ws_api`: {number, method, params, status, result | error, at_ms}
    * `controls`: {number, what, at_ms}
    * `frames`: {channel, after, before_answer, at_ms, data}; `after` numbers a request or control, 0 is the start
    """

    path: Path
    header: Header | None = None
    ws_api: list[dict[str, Any]] = field(default_factory=list)
    controls: list[dict[str, Any]] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)

    def serialize(self, half: dict[str, Any]) -> str:
        """Return the whole file's text, `half` being vcrpy's part of it."""
        assert self.header is not None
        ours = {
            "ws_api": [{**entry, "answer": _to_json(entry["answer"])} for entry in self.ws_api],
            "controls": self.controls,
            "frames": [{**frame, "data": _to_json(frame["data"])} for frame in self.frames],
        }
        whole = {"header": asdict(self.header), **half, **ours}
        text = yaml.dump(whole, Dumper=yaml.CSafeDumper, sort_keys=False, width=1_000_000, allow_unicode=True)
        return sealed(text)

    def deserialize(self, text: str) -> dict[str, Any]:
        """Check the file and take our half of it; return vcrpy's."""
        try:
            raw = yaml.load(text, Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" at line {mark.line + 1}" if mark else ""
            raise self.refuse(f"it is not whole YAML{where}: it was cut or edited") from error
        try:
            self.header = Header.parse(raw.get("header") if isinstance(raw, dict) else None)
        except ValueError as error:
            raise self.refuse(str(error)) from error
        if raw.get("version") != CASSETTE_FORMAT_VERSION:
            raise self.refuse(f"its version is {raw.get('version')!r}, expected vcrpy's {CASSETTE_FORMAT_VERSION}")
        for part in _PARTS:
            found, told = len(raw.get(part) or []), self.header.counts.get(part)
            if found != told:
                raise self.refuse(f"its header tells of {told} {part}, but it holds {found}: it was cut or edited")
        if not is_sound(text):
            raise self.refuse("its checksum does not fit it: it was edited after it was written, or never had one")
        try:
            self.ws_api = [{**entry, "answer": json.loads(entry["answer"])} for entry in raw["ws_api"]]
            self.controls = list(raw["controls"])
            self.frames = [{**frame, "data": json.loads(frame["data"])} for frame in raw["frames"]]
        except (KeyError, TypeError, ValueError) as error:
            raise self.refuse(f"an entry is damaged ({type(error).__name__}: {error})") from error
        return {"version": raw["version"], "interactions": raw["interactions"]}

    def refuse(self, what: str) -> CassetteError:
        """Return the error for this file: what is wrong, and the command that records it anew."""
        case = self.header.case if self.header else self.path.stem
        return CassetteError(f"{self.path}: {what}. Record it anew: conformance record --case {case}")

    def load_cassette(self, path: str | Path, serializer: Any) -> Any:
        """Read vcrpy's half for vcrpy; raises `CassetteError` instead of treating a bad file as an empty one."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise self.refuse("there is no such cassette") from error
        except UnicodeDecodeError as error:
            raise self.refuse("it is not UTF-8 text") from error
        try:
            return deserialize(text, serializer)
        except CassetteError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.refuse(f"an interaction is damaged ({type(error).__name__}: {error})") from error

    def text(self, requests: list[Any], responses: list[Any]) -> str:
        """Return the file's text with these interactions, by vcrpy's own serialization."""
        return str(serialize({"requests": requests, "responses": responses}, self))

    def write(self, text: str) -> None:
        """Write the file whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(self.path.name + ".partial")
        partial.write_text(text, encoding="utf-8")
        partial.replace(self.path)


def _to_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
