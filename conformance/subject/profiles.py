"""Profiles: a trader's configuration as a firm would set it, as data.

A profile is a TOML file: one of `fixtures/profiles/` by its name, or a firm's own by its path. It says what is set
beyond NautilusTrader's own defaults, in the native names of its configs, and may extend another. What only one
generation has goes into its tables `["1.x"]` and `["2.x"]`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from conformance.datafile import DataFileError, line_of, merged, read_toml
from conformance.locations import FIXTURES
from conformance.nearest import most_like

from .child.settings import SECTIONS

FOLDER = FIXTURES / "profiles"
DEFAULT = "default"
"""The built-in profile that a firm's file extends where it names none."""
NATIVE_FIELDS = FIXTURES / "native_fields.toml"

_GENERATIONS = {1: "1.x", 2: "2.x"}
#: The built-in profile in which all that is periodic is on, as often as suits a case.
_SCALED = "checks"
#: What a trader waits for by the clock, by section: no firm's is longer here than in that profile, or a case would be.
_WAITS = {
    "client": ("retry_delay_initial_ms", "retry_delay_max_ms"),
    "exec_engine": (
        "inflight_check_interval_ms",
        "inflight_check_threshold_ms",
        "open_check_interval_secs",
        "open_check_threshold_ms",
        "position_check_interval_secs",
        "position_check_threshold_ms",
    ),
}
_CHECKS = ("open_check_interval_secs", "position_check_interval_secs")
_SET_BY_THE_SUITE = {
    # Several traders share one Redis, which it is the suite's to clear.
    "cache": {"database", "flush_on_start", "use_instance_id", "use_trader_prefix"},
    "client": {"account_id", "account_type", "environment", "instrument_provider", "product_type", "testnet"},
    "data_client": {"account_type", "environment", "instrument_provider", "product_type", "testnet"},
    "node": {"data_clients", "exec_clients", "exec_engine", "logging", "risk_engine", "strategies", "trader_id"},
    "strategy": {"order_id_tag", "strategy_id"},
}
_CREDENTIALS = ("api_key", "api_secret")


class _Part(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True, omit_defaults=True):
    """What can be set, for both generations or for one; `child/settings.py` says what each means."""

    transport: Literal["http", "ws-api"] | msgspec.UnsetType = msgspec.UNSET
    key_type: Literal["hmac", "ed25519"] | msgspec.UnsetType = msgspec.UNSET
    with_data_client: bool | msgspec.UnsetType = msgspec.UNSET
    subscribe: list[Literal["quotes", "trades", "mark_prices"]] | msgspec.UnsetType = msgspec.UNSET
    symbols: list[str] | msgspec.UnsetType = msgspec.UNSET
    external_order_claims: list[str] | msgspec.UnsetType = msgspec.UNSET
    hedge: bool | msgspec.UnsetType = msgspec.UNSET
    keep_alive_ms: int | msgspec.UnsetType = msgspec.UNSET
    optional: list[str] | msgspec.UnsetType = msgspec.UNSET
    client: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    data_client: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    exec_engine: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    risk_engine: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    cache: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    node: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    strategy: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET

    def given(self) -> dict[str, Any]:
        """Return what this part sets."""
        return {name: value for name in KEYS if (value := getattr(self, name)) is not msgspec.UNSET}


KEYS = _Part.__struct_fields__
"""The keys of a profile that both generations can have: a trader's settings, and the native sections."""


class _File(_Part, forbid_unknown_fields=True, frozen=True, kw_only=True):
    about: str
    """One sentence: what kind of firm runs so."""
    extends: str | None = None
    """The name of a built-in profile that this one changes; without it, NautilusTrader's own defaults are changed."""
    only_1: _Part = msgspec.field(name="1.x", default_factory=_Part)
    only_2: _Part = msgspec.field(name="2.x", default_factory=_Part)


class _NativeFields(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    client: list[str]
    data_client: list[str]
    exec_engine: list[str]
    risk_engine: list[str]
    cache: list[str]
    node: list[str]
    strategy: list[str]


@dataclass(frozen=True)
class Profile:
    """A profile that was read and checked. Two with the same `digest` configure every trader alike."""

    name: str
    about: str
    _parts: Mapping[int, Mapping[str, Any]]
    like: str
    """The built-in profile whose record of defects holds here: itself, the one that it extends, or `checks` where it
    turns a periodic check on."""
    _parts_extended: Mapping[int, Mapping[str, Any]]

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits of what it sets, whatever its file is called or says about itself."""
        settled = json.dumps({str(generation): part for generation, part in self._parts.items()}, sort_keys=True)
        return hashlib.sha256(settled.encode()).hexdigest()[:12]

    def config(
        self, generation: int, over: Mapping[str, Any] | None = None, *, but: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Return the start command's config for a version of the generation, 1 or 2, with what is to win over it.

        `but` names keys, `section.field` or one of the profile's own, that stay as in the built-in profile which it
        extends. A version may lack what either of them calls optional.
        """
        part, over = self._parts[generation], over or {}
        for key in but:
            part = _taken_from(self._parts_extended[generation], part, key)
        both = merged(part, over)
        if "optional" in over:
            both["optional"] = list(dict.fromkeys([*part["optional"], *over["optional"]]))
        return both

    def key_type(self, generation: int) -> Literal["hmac", "ed25519"]:
        """Return what a trader of the generation signs with."""
        return "ed25519" if self._parts[generation].get("key_type") == "ed25519" else "hmac"

    def lacking(self, generation: int, fields: Mapping[str, Iterable[str]]) -> list[str]:
        """Return the `section.field`s that a version does not have and cannot go without, `fields` being its hello's.

        A trader of such a version is refused with `NotSupported`; asked before, a run need not try in every case.
        """
        part = self._parts[generation]
        return [
            f"{section}.{name}"
            for section in SECTIONS
            for name in part.get(section, {})
            if name not in set(fields[section]) and f"{section}.{name}" not in part["optional"]
        ]


def generation_of(version: str) -> int:
    """Return the generation of an exact version, before its process has said hello: 1 for 1.x, 2 for 2.x."""
    return 1 if int(version.partition(".")[0]) < 2 else 2


def built_in() -> list[str]:
    """Return the names of the profiles that the suite brings."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name_or_file: str | Path, known: Mapping[str, Iterable[str]] | None = None) -> Profile:
    """Return a built-in profile by its name, or that of a file ending in `.toml`.

    `known` are native fields by section beyond those that the suite has a list of, as a newer subject's hello tells
    them. Raises `DataFileError` with file, line and field.
    """
    path = Path(name_or_file)
    if path.suffix != ".toml":
        path = _path_of(str(name_or_file), FOLDER)
    files = [*_chain(path)]
    for file, content in files:
        _check_native(file, content, known or {})
    contents = [content for _, content in files]
    brought = [file.stem for file, _ in files if file.resolve().is_relative_to(FOLDER.resolve())]
    scaled = [content for _, content in _chain(FOLDER / f"{_SCALED}.toml")]
    parts, extended = (
        {
            generation: _shortened(_settled(generation, part), _settled(generation, scaled))
            for generation in _GENERATIONS
        }
        for part in (contents, contents[: len(brought)])
    )
    checked = any(part["exec_engine"].get(check) for part in parts.values() for check in _CHECKS)
    like = _SCALED if checked and brought[-1] == DEFAULT else brought[-1]
    return Profile(path.stem, contents[-1].about, parts, like, extended)


def _taken_from(kept: Mapping[str, Any], part: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return `part` with the key as `kept` has it, or without it."""
    section, _, name = key.rpartition(".")
    if section:
        table = _taken_from(kept.get(section, {}), part.get(section, {}), name)
        return {**part, section: table} if table or section in part else dict(part)
    return {**{each: value for each, value in part.items() if each != key}, **({key: kept[key]} if key in kept else {})}


def _path_of(name: str, asked_in: Path, line: int = 0) -> Path:
    names = built_in()
    if name in names:
        return FOLDER / f"{name}.toml"
    near = most_like(name, names)
    hint = f"the nearest is {near}" if near else f"there are {', '.join(names)}"
    if line:
        raise DataFileError(asked_in, line, "extends", f"there is no profile {name!r}; {hint}")
    raise DataFileError(asked_in, 0, "", f"there is no profile {name!r}; {hint}, or the path of a .toml file")


def _chain(path: Path) -> list[tuple[Path, _File]]:
    """Return the file after those that it extends, the last ancestor first."""
    content = read_toml(path, _File)
    if content.extends is None:
        brought = path.resolve().is_relative_to(FOLDER.resolve())
        return [*([] if brought else _chain(FOLDER / f"{DEFAULT}.toml")), (path, content)]
    line = line_of(path.read_text(encoding="utf-8"), "extends")
    parent = _path_of(content.extends, path, line)
    if parent.resolve() == path.resolve():
        raise DataFileError(path, line, "extends", "a profile cannot extend itself")
    return [*_chain(parent), (path, content)]


def _settled(generation: int, contents: Iterable[_File]) -> dict[str, Any]:
    settled: dict[str, Any] = {}
    for content in contents:
        for part in (content, content.only_1 if generation == 1 else content.only_2):
            given = part.given()
            # What versions may go without adds up: it is about the fields, which stay.
            optional = sorted({*settled.get("optional", ()), *given.get("optional", ())})
            settled = merged(settled, {**given, "optional": optional})
    return settled


def _shortened(settled: Mapping[str, Any], scaled: Mapping[str, Any]) -> dict[str, Any]:
    """Return a profile's part with no wait longer than in the scaled one; what is off, 0 or not set, stays off."""
    short = dict(settled)
    for section, names in _WAITS.items():
        given, longest = settled.get(section, {}), scaled[section]
        waits = {name: min(given[name], longest[name]) for name in names if given.get(name)}
        if waits:
            short[section] = {**given, **waits}
    return short


def _check_native(path: Path, content: _File, known: Mapping[str, Iterable[str]]) -> None:
    """Refuse what the suite sets itself, and what looks like a slip: unknown to every version, and like a known field.

    A field that is like no other may be newer than the list of fields: the version itself says whether it has it.
    """
    listed = read_toml(NATIVE_FIELDS, _NativeFields)
    for table, part in (("", content), ("1.x.", content.only_1), ("2.x.", content.only_2)):
        given = part.given()
        for section in SECTIONS:
            fields = {*getattr(listed, section), *known.get(section, ())}
            for name in given.get(section, {}):
                if problem := _problem(section, name, fields):
                    field = f"{table}{section}.{name}"
                    raise DataFileError(path, line_of(path.read_text(encoding="utf-8"), field), field, problem)


#: How like a known field an unknown one is, of 1, for it to be a slip: one less alike may be newer than the list.
_A_SLIP = 0.6


def _problem(section: str, name: str, fields: set[str]) -> str | None:
    if name in _CREDENTIALS:
        return "a profile holds no credentials: set the environment variables"
    if name in _SET_BY_THE_SUITE.get(section, ()) or name.startswith("base_url_"):
        return "the suite sets this itself"
    near = most_like(name, fields, at_least=_A_SLIP)
    if name in fields or near is None:
        return None
    return f"no NautilusTrader has this field; the nearest is {near}"
