"""What the machine must be able to: a lack of it is never a finding about a version."""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from conformance.subject import machine
from conformance.subject.errors import MachineUnfit
from conformance.subject.machine import fault_in, faults, look, look_again


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up system with 8 GB of free memory and no control group."""
    (tmp_path / "meminfo").write_text("MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n")
    (tmp_path / "vmstat").write_text("pgfault 7\noom_kill 2\n")
    (tmp_path / "group").mkdir()
    monkeypatch.setattr(machine, "_PROC", tmp_path)
    monkeypatch.setattr(machine, "_CGROUP", tmp_path / "group")
    return tmp_path


def test_sound_machine_has_no_fault(system: Path, tmp_path: Path) -> None:
    """A folder that is not there yet is made later: what counts is where it will be."""
    assert faults(tmp_path / "results" / "of today", workers=2) == []


def test_low_memory_says_what_is_free_and_what_is_needed(system: Path) -> None:
    """Memory is counted for all subjects that run at once."""
    (system / "meminfo").write_text("MemAvailable: 700000 kB\n")

    assert faults(workers=1) == []
    with pytest.raises(MachineUnfit, match="683 MB of memory are free, 1000 MB are needed for 2 subjects"):
        look(workers=2)


@pytest.mark.parametrize(
    ("limit", "used"),
    [("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")],
)
def test_memory_of_a_container_counts(system: Path, limit: str, used: str) -> None:
    """In a container with a limit, the memory of the machine is not what is free."""
    (system / "group" / limit).parent.mkdir(exist_ok=True)
    (system / "group" / limit).write_text(f"{1000 * 2**20}\n")
    (system / "group" / used).write_text(f"{900 * 2**20}\n")

    assert "100 MB of memory are free" in str(faults()[0])


def test_limits_of_a_process_are_seen() -> None:
    """As in `ulimit -v 1000000; ulimit -n 64`: both are told, with the commands that lift them."""
    program = (
        "import resource; from conformance.subject.machine import faults; "
        "resource.setrlimit(resource.RLIMIT_AS, (1000000 * 1024,) * 2); "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64,) * 2); print(*faults(), sep='\\n')"
    )

    said = subprocess.check_output([sys.executable, "-c", program], text=True, cwd=Path(__file__).parents[2])

    assert "976 MB of addresses" in said
    assert "ulimit -v unlimited" in said
    assert "64 files open" in said
    assert "ulimit -n 512" in said


def test_folder_that_cannot_be_written_to_is_named(system: Path) -> None:
    """Such as /proc, which nobody can write to."""
    assert any("/proc cannot be written to" in str(each) for each in faults(Path("/proc/results")))


def test_temporary_folder_is_looked_at(system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's temporary folder is where the child's files go."""
    monkeypatch.setattr(tempfile, "tempdir", "/proc")

    assert any("TMPDIR" in each.remedy for each in faults())


def test_full_disk_is_seen_before_it_is_full(system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run needs some space for its histories."""
    monkeypatch.setattr(machine, "DISK_MB", 10**12)

    assert any("MB are free in" in str(each) for each in faults())


def test_process_ended_for_memory_during_the_run_is_told_after_it(system: Path) -> None:
    """The kernel's count before and after says whether a subject may have been among them."""
    before = look()
    look_again(before)

    (system / "vmstat").write_text("oom_kill 3\n")

    with pytest.raises(MachineUnfit, match="ended 1 process for lack of memory during the run"):
        look_again(before)


def test_system_that_says_nothing_is_taken_for_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no /proc, memory is not judged."""
    monkeypatch.setattr(machine, "_PROC", tmp_path)
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)

    look_again(look())


@pytest.mark.parametrize(
    ("log", "lack"),
    [
        ("thread 'tokio' panicked\nmemory allocation of 1048576 bytes failed", "memory"),
        ("Traceback\nMemoryError", "memory"),
        ("OSError: [Errno 28] No space left on device", "disk space"),
        ("panicked at 'index out of bounds'", None),
    ],
)
def test_last_words_of_a_subject_say_what_the_machine_lacked(log: str, lack: str | None) -> None:
    """A subject that died for lack of memory is no finding; one that panicked is."""
    assert fault_in(log) == lack


def test_this_machine_can_run_the_suite() -> None:
    """The check holds where these tests run, and asks nothing of the limits that it only reads."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    look(Path.cwd(), workers=1)

    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
