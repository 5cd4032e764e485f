"""The stored measurement: what was written is read again, and what is not whole is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.latency.intervals import SERIES
from conformance.latency.measurement import (
    MeasurementWriter,
    Role,
    StoredMeasurementError,
    read_measurement,
    rounds_written,
)

from .ways import header, measured_round, measurement

VERSIONS = ("1.231.0", "1.226.0")


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """Two versions, two rounds each, in turns."""
    path = tmp_path / "measurement.jsonl"
    writer = MeasurementWriter(path, header(*VERSIONS, rounds=2))
    for number in (1, 2):
        for role in Role:
            writer.write(measured_round(role, number, ms=number))
    writer.close()
    return path


def test_what_was_written_is_read_again(stored: Path) -> None:
    """Header, rounds, samples and calibration survive."""
    found = read_measurement(stored)

    assert found.header == header(*VERSIONS, rounds=2)
    assert [(each.role, each.number) for each in found.rounds] == [(role, n) for n in (1, 2) for role in Role]
    assert found.durations(Role.AGAINST, SERIES[0]) == [1_000_000] * 100 + [2_000_000] * 100
    assert found.unit_ns == 200_000


def test_progress_can_be_followed(tmp_path: Path) -> None:
    """Whoever watches sees each round once it is whole on disk."""
    path = tmp_path / "measurement.jsonl"
    assert rounds_written(path) == 0
    writer = MeasurementWriter(path, header("1.231.0", rounds=2))
    assert rounds_written(path) == 0
    writer.write(measured_round(Role.MEASURED, 1))

    assert rounds_written(path) == 1


def test_a_measurement_that_did_not_end_is_refused(tmp_path: Path) -> None:
    """With a round missing no footer is written, and without its footer no reader takes the file."""
    path = tmp_path / "measurement.jsonl"
    writer = MeasurementWriter(path, header(*VERSIONS, rounds=1))
    writer.write(measured_round(Role.MEASURED, 1))
    writer.close()

    with pytest.raises(StoredMeasurementError, match="has no footer after 1 rounds"):
        read_measurement(path)


@pytest.mark.parametrize(
    ("line", "old", "new", "message"),
    [
        (1, '"format": 1', '"format": 2', r":1: .*this one reads format 1"),
        (2, "market/submit-to-request", "stop/submit-to-request", r":2: .*'stop' is not a valid OrderKind"),
        (3, '"role": "against"', '"role": "other"', r":3: .*'other' is not a valid Role"),
        (4, "}", "", r":4: not a line of a measurement"),
        (6, '"rounds": 4', '"rounds": 3', r":6: .*a footer line is not expected here"),
    ],
)
def test_damage_is_named_with_its_line(stored: Path, line: int, old: str, new: str, message: str) -> None:
    """A file that was cut or edited says so."""
    lines = stored.read_text(encoding="utf-8").splitlines()
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    stored.write_text("\n".join(lines) + "\n", encoding="utf-8")

    with pytest.raises(StoredMeasurementError, match=message):
        read_measurement(stored)


def test_an_absent_file_is_an_error(tmp_path: Path) -> None:
    """The remedy is in the message."""
    with pytest.raises(StoredMeasurementError, match="measure again: conformance latency"):
        read_measurement(tmp_path / "none.jsonl")


def test_the_unit_is_not_moved_by_one_disturbed_round() -> None:
    """The calibration unit is the median of the rounds' medians."""
    slow = replace(measured_round(Role.MEASURED, 2), calibration_ns=[9_000_000] * 5)

    found = measurement(measured_round(Role.MEASURED, 1), slow, measured_round(Role.MEASURED, 3))

    assert found.unit_ns == 200_000


def test_a_version_against_itself_is_told_apart_by_role() -> None:
    """Two columns of one version would otherwise have one name."""
    alike = measurement(measured_round(Role.MEASURED, 1), measured_round(Role.AGAINST, 1), versions=("1.2", "1.2"))

    assert [alike.shown(role) for role in alike.roles] == ["1.2 (measured)", "1.2 (against)"]
    assert json.loads(json.dumps(alike.roles)) == ["measured", "against"]
