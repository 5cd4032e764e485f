"""What a machine must have, before and after a run: a subject that dies for lack of it is no result of its version."""

import errno
import resource
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .errors import MachineUnfit

_MB = 2**20

#: What a trader of 1.x takes (330 MB on 1.231.0), its suite beside it, and something to spare.
MEMORY_MB_A_WORKER = 500
#: 1.231.0 reserves 1,950 MB of addresses by being imported, most of which it never touches.
ADDRESSES_MB = 3000
#: A case has some 60 sockets open; a few hundred are what cases with bursts take.
OPEN_FILES = 512
#: Histories, logs and results of a run.
DISK_MB = 200

_PROC = Path("/proc")
_CGROUP = Path("/sys/fs/cgroup")
_WORDS = {
    "memory allocation of": "memory",
    "MemoryError": "memory",
    "Cannot allocate memory": "memory",
    "failed to spawn thread": "threads or memory",
    "No space left on device": "disk space",
    "Disk quota exceeded": "disk space",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the machine lacks: what, in a sentence with figures, and what to do."""

    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.what}: {self.remedy}"


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine as it was before a run. `folders` are those that the run writes to."""

    folders: tuple[Path, ...]
    workers: int
    killed_for_memory: int
    """How often this machine has ended a process for lack of memory so far."""


def look(*folders: Path, workers: int = 2) -> Machine:
    """Look whether the machine can run that many subjects at once. Raises `MachineUnfit` with all that it lacks."""
    machine = Machine(folders, workers, _killed_for_memory())
    lacking = faults(*folders, workers=workers)
    if lacking:
        raise MachineUnfit("the machine cannot run this", [str(each) for each in lacking])
    return machine


def look_again(machine: Machine) -> None:
    """Look whether the machine was sound until the end: to be asked before a finding of the run counts.

    Raises `MachineUnfit` where it has ended a process for lack of memory since, or has lost what it had.
    """
    lacking = faults(*machine.folders, workers=1)
    killed = _killed_for_memory() - machine.killed_for_memory
    if killed > 0:
        what = f"it ended {killed} {'process' if killed == 1 else 'processes'} for lack of memory during the run"
        lacking.insert(0, Fault(what, "give it more memory, or run with fewer workers"))
    if lacking:
        raise MachineUnfit("the machine was not sound to the end of the run", [str(each) for each in lacking])


def faults(*folders: Path, workers: int = 1) -> list[Fault]:
    """Return what the machine lacks to run that many subjects at once and to write to these folders."""
    found = [_memory(workers), _addresses(), _open_files(), _loopback()]
    found += [_writable(folder) for folder in (Path(tempfile.gettempdir()), *folders)]
    return [each for each in found if each is not None]


def most_at_once() -> int | None:
    """Return how many subjects there is memory for at the same time; None where the system does not say."""
    free_mb = _free_memory_mb()
    return None if free_mb is None else free_mb // MEMORY_MB_A_WORKER


def fault_in(log_tail: str) -> str | None:
    """Return what the machine lacked, such as memory, by the last lines of a subject that died; None if nothing."""
    return next((lack for words, lack in _WORDS.items() if words in log_tail), None)


def _memory(workers: int) -> Fault | None:
    free_mb = _free_memory_mb()
    needed = MEMORY_MB_A_WORKER * workers
    if free_mb is None or free_mb >= needed:
        return None
    return Fault(
        f"{free_mb} MB of memory are free, {needed} MB are needed for {workers} subjects at once",
        "end other programs, or run with fewer workers",
    )


def _free_memory_mb() -> int | None:
    """Return the smallest of what the system and its control groups leave; None where the system does not say."""
    known = [each for each in (_system_free_mb(), _group_free_mb()) if each is not None]
    return min(known, default=None)


def _system_free_mb() -> int | None:
    for line in _text(_PROC / "meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    return None


def _group_free_mb() -> int | None:
    for limit, used in (
        (_CGROUP / "memory.max", _CGROUP / "memory.current"),
        (_CGROUP / "memory/memory.limit_in_bytes", _CGROUP / "memory/memory.usage_in_bytes"),
    ):
        if _text(limit).strip().isdigit() and _text(used).strip().isdigit():
            return max(0, int(_text(limit)) - int(_text(used))) // _MB
    return None


def _addresses() -> Fault | None:
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft >= ADDRESSES_MB * _MB:
        return None
    return Fault(
        f"a process may have {soft // _MB} MB of addresses, NautilusTrader reserves up to {ADDRESSES_MB} MB",
        "ulimit -v unlimited",
    )


def _open_files() -> Fault | None:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= OPEN_FILES:
        return None
    return Fault(f"a process may have {soft} files open, {OPEN_FILES} are needed", f"ulimit -n {OPEN_FILES}")


def _loopback() -> Fault | None:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen()
            with socket.create_connection(listening.getsockname(), timeout=2):
                return None
    except OSError as error:
        return Fault(f"127.0.0.1 cannot be listened on and reached ({error.strerror or error})", "bring `lo` up")


def _writable(folder: Path) -> Fault | None:
    place = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"\0" * 4096)
            file.flush()
        free_mb = shutil.disk_usage(place).free // _MB
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "free some space" if full else "make it writable, or name another folder (TMPDIR names that of /tmp)"
        return Fault(f"{place} cannot be written to ({error.strerror or error})", remedy)
    if free_mb < DISK_MB:
        return Fault(f"{free_mb} MB are free in {place}, {DISK_MB} MB are needed", "free some space")
    return None


def _killed_for_memory() -> int:
    """Return how often the kernel has ended a process for lack of memory; 0 where it does not say."""
    counted = [
        int(line.split()[1])
        for file in (_PROC / "vmstat", _CGROUP / "memory.events")
        for line in _text(file).splitlines()
        if line.startswith("oom_kill ")
    ]
    return max(counted, default=0)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
