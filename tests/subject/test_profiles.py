"""Profiles: what a file may say, what its errors say, and what becomes of it for each generation."""

from pathlib import Path

import pytest

from conformance.datafile import DataFileError
from conformance.subject import profiles
from conformance.subject.child.settings import Settings

WIRE = {"http_url": "http://127.0.0.1:1", "stream_url": "ws://127.0.0.1:1", "ws_api_url": "ws://127.0.0.1:1"}


@pytest.fixture
def write(tmp_path: Path) -> "Writer":
    """Writes a profile and returns its path."""
    return Writer(tmp_path)


class Writer:
    """Writes profiles."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, text: str, name: str = "firm.toml") -> Path:
        """Write one that says nothing but the text."""
        path = self.folder / name
        path.write_text(f'about = "A firm\'s own."\n{text}')
        return path


@pytest.mark.parametrize("name", profiles.built_in())
@pytest.mark.parametrize("generation", [1, 2])
def test_built_in_profile_is_what_a_trader_takes(name: str, generation: int) -> None:
    """Whatever a profile of the suite's sets is known to the child, and to some NautilusTrader."""
    profile = profiles.load(name)

    settings = Settings.of(profile.config(generation, WIRE))

    assert profile.about.endswith(".")
    assert settings.exec_engine["reconciliation"] is True


def test_default_profile_is_what_nautilus_trader_does_by_default() -> None:
    """The in-flight check and the risk engine are on, with the prices that the risk engine values orders by."""
    for generation in (1, 2):
        config = profiles.load("default").config(generation)
        assert config["exec_engine"]["inflight_check_interval_ms"] > 0
        assert not config["risk_engine"].get("bypass", False)
        assert config["with_data_client"]
        assert config["subscribe"]


@pytest.mark.parametrize("name", ["default", "checks", "ed25519", "execution_only"])
def test_in_flight_check_of_1_x_asks_no_sooner_than_a_verifier_waits(name: str) -> None:
    """1.x tells again by the stream what its in-flight check has learned: only a case about it has it come sooner.

    It comes often: 1.x's loop sleeps until a timer of its own wakes it, and would deal late with what streams tell.
    """
    engine = profiles.load(name).config(1)["exec_engine"]

    assert (engine["inflight_check_interval_ms"], engine["inflight_check_threshold_ms"]) == (200, 5000)


def test_firms_profile_changes_what_it_extends(write: "Writer") -> None:
    """A firm's ten lines go over the default profile, key by key; a generation's own lines over both."""
    path = write(
        'extends = "default"\noptional = ["client.us"]\n'
        '[client]\nuse_reduce_only = false\n["2.x".client]\nuse_position_ids = false\n'
    )

    profile = profiles.load(path)

    one, two = profile.config(1), profile.config(2)
    assert profile.name == "firm"
    assert one["client"] == {**profiles.load("default").config(1)["client"], "use_reduce_only": False}
    assert two["client"] == {**one["client"], "use_position_ids": False}
    assert one["optional"] == sorted({*profiles.load("default").config(1)["optional"], "client.us"})


def test_what_a_case_calls_optional_is_so_beside_the_profile_s() -> None:
    """What a case sets wins over the profile, and what either of them calls optional a version may lack."""
    default = profiles.load("default").config(1)

    both = profiles.load("default").config(1, {"client": {"us": True}, "optional": ["client.us"]})

    assert both["client"] == {**default.get("client", {}), "us": True}
    assert both["optional"] == [*default["optional"], "client.us"]


def test_keys_can_be_left_as_the_built_in_profile_has_them(write: "Writer") -> None:
    """A case about what a firm has turned off gets these keys as the profile has them that the firm's extends."""
    path = write(
        'extends = "default"\nexternal_order_claims = ["BTCUSDT"]\n[client]\nuse_gtd = false\nmax_retries = 9\n'
        "[strategy]\nmanage_gtd_expiry = true\n"
    )
    firm, default = profiles.load(path), profiles.load("default")
    but = ("client.use_gtd", "client.max_retries", "external_order_claims", "strategy.manage_gtd_expiry", "node.none")

    assert firm.config(1, but=but) == {**default.config(1), "strategy": {}}
    assert firm.config(1, {"client": {"use_gtd": False}}, but=but)["client"]["use_gtd"] is False


def test_no_wait_of_a_firm_s_is_longer_than_suits_a_case(write: "Writer") -> None:
    """Checks every 5 s come as often as in `checks`; what a firm has turned off, or has shorter, stays as it is."""
    given = {"inflight_check_interval_ms": 100, "inflight_check_threshold_ms": 9000, "open_check_interval_secs": 5.0}
    lines = "".join(f"{name} = {value}\n" for name, value in given.items())
    firm = profiles.load(write(f"[client]\nretry_delay_max_ms = 0\n[exec_engine]\n{lines}"))

    for generation in (1, 2):
        checks, engine = (each.config(generation)["exec_engine"] for each in (profiles.load("checks"), firm))
        assert firm.config(generation)["client"]["retry_delay_max_ms"] == 0
        assert engine["inflight_check_interval_ms"] == 100
        assert engine["inflight_check_threshold_ms"] == checks["inflight_check_threshold_ms"] < 9000
        assert engine["open_check_interval_secs"] == checks["open_check_interval_secs"] < 5.0
        assert "position_check_interval_secs" not in engine


def test_firms_profile_is_like_the_built_in_one_that_it_extends(write: "Writer") -> None:
    """What is on record of defects in `checks` holds for a firm whose traders run with its checks."""
    assert profiles.load(write('extends = "checks"\n', "desk.toml")).like == "checks"
    assert profiles.load("checks").like == "checks"
    assert profiles.load(write("[exec_engine]\nopen_check_interval_secs = 5.0\n", "night.toml")).like == "checks"
    assert profiles.load(write("[client]\nuse_gtd = false\n", "day.toml")).like == "default"


def test_firms_profile_that_extends_nothing_extends_the_default(write: "Writer") -> None:
    """Three lines say what is different: the rest is what NautilusTrader does by default."""
    bare = profiles.load(write('key_type = "ed25519"\n', "bare.toml"))

    assert bare.like == "default"
    assert bare.config(2) == {**profiles.load("default").config(2), "key_type": "ed25519"}


def test_only_a_built_in_profile_can_be_extended(write: "Writer") -> None:
    """A firm's file that extends another file is told which profiles there are, and no path is held out to it."""
    desk = write('extends = "checks"\n', "desk.toml")

    with pytest.raises(DataFileError) as refused:
        profiles.load(write(f'extends = "{desk}"\n', "night.toml"))

    assert "extends: there is no profile" in str(refused.value)
    assert str(refused.value).endswith("there are checks, default, ed25519, execution_only, quiet, ws_api")


def test_what_a_case_asks_for_wins(write: "Writer") -> None:
    """A case that needs something else says what, and the rest stays."""
    config = profiles.load("default").config(2, {**WIRE, "exec_engine": {"inflight_check_retries": 1}})

    assert config["exec_engine"]["inflight_check_retries"] == 1
    assert config["exec_engine"]["reconciliation"] is True


def test_fields_that_a_version_lacks_are_known_before_a_trader_is_started(write: "Writer") -> None:
    """What the version cannot go without is named by section; what is optional is not, nor the other generation's."""
    profile = profiles.load(
        write('optional = ["client.us"]\n[client]\nus = true\nuse_gtd = true\n["2.x".node]\nload_state = true\n')
    )
    default = profiles.load("default")
    fields = {
        section: {*default.config(1).get(section, {}), *default.config(2).get(section, {})}
        for section in profiles.SECTIONS
    }

    assert profile.lacking(1, fields) == ["client.use_gtd"]
    assert profile.lacking(2, fields) == ["client.use_gtd", "node.load_state"]
    assert profile.lacking(1, {**fields, "client": {*fields["client"], "use_gtd"}}) == []


def test_digest_is_of_what_is_set(write: "Writer") -> None:
    """Two files that set the same are the same profile; one value makes another."""
    same = [profiles.load(write("[client]\nus = true\n", name)).digest for name in ("a.toml", "b.toml")]
    other = profiles.load(write('["1.x".client]\nus = true\n', "c.toml")).digest

    assert same[0] == same[1] != other


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('extends = "defualt"\n', 2, "extends: there is no profile 'defualt'; the nearest is default"),
        ("[clinet]\n", 2, "clinet: there is no such field; the nearest is client"),
        (
            "[client]\nuse_reduce_onli = true\n",
            3,
            "client.use_reduce_onli: no NautilusTrader has this field; the nearest",
        ),
        ('["2.x".exec_engine]\nreconcilation = true\n', 3, "2.x.exec_engine.reconcilation: no NautilusTrader has this"),
        ('transport = "htp"\n', 2, "transport: Invalid enum value 'htp'; allowed are http, ws-api"),
        ('[client]\napi_key = "x"\n', 3, "client.api_key: a profile holds no credentials"),
        ('[client]\nbase_url_http = "x"\n', 3, "client.base_url_http: the suite sets this itself"),
        ('[strategy]\nstrategy_id = "x"\n', 3, "strategy.strategy_id: the suite sets this itself"),
        ("[cache]\nflush_on_start = true\n", 3, "cache.flush_on_start: the suite sets this itself"),
    ],
)
def test_slip_is_told_with_its_line_and_the_nearest(write: "Writer", text: str, line: int, problem: str) -> None:
    """A word that no version knows is the file's mistake, before any version is asked."""
    path = write(text)

    with pytest.raises(DataFileError) as refused:
        profiles.load(path)

    assert str(refused.value).startswith(f"{path}:{line}: ")
    assert problem in str(refused.value)


def test_field_that_may_be_newer_is_left_to_the_version(write: "Writer") -> None:
    """What is like no known field, or what a subject itself tells of, is no slip."""
    path = write("[exec_engine]\nquantum_ledger = true\nreconcilation = true\n")

    profile = profiles.load(path, known={"exec_engine": ["reconcilation"]})

    told = profile.config(2)["exec_engine"].items() - profiles.load("default").config(2)["exec_engine"].items()
    assert dict(told) == {"quantum_ledger": True, "reconcilation": True}


def test_unknown_profile_is_told_with_the_nearest() -> None:
    """A name that is none of the suite's is answered with the nearest, or with all."""
    with pytest.raises(DataFileError, match="no profile 'quite'; the nearest is quiet"):
        profiles.load("quite")
    with pytest.raises(DataFileError, match="no profile 'x'; there are checks, default"):
        profiles.load("x")
