"""Secrets in the environment of the suite's own processes, where a subject of the same user could read them.

`/proc/PID/environ` shows what a process was started with, for as long as it runs. So the suite's processes overwrite
their secrets there once they have read them, and start others without them.
"""

import ctypes
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

_SECRET = re.compile(
    r"^BINANCE_|SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL", re.IGNORECASE
)
#: Variables, by their own names, that the tools that install a version need.
_OF_INSTALLERS = ("UV_", "PIP_", "NETRC")
# Fields of /proc/self/stat after the name in brackets (proc(5): env_start is the 50th, env_end the 51st of all).
_START, _END = 47, 48


def is_secret(name: str) -> bool:
    """Say whether an environment variable may hold what only its owner should know."""
    return _SECRET.search(name) is not None


def without_secrets(environment: Mapping[str, str], *, installing: bool = False) -> dict[str, str]:
    """Return the environment without its secrets; `installing` keeps those that configure an installer."""
    return {
        name: value
        for name, value in environment.items()
        if not is_secret(name) or (installing and name.startswith(_OF_INSTALLERS))
    }


def secrets_of(environment: Mapping[str, str], prefix: str = "BINANCE_") -> dict[str, str]:
    """Return the credentials of the venue that the environment holds."""
    return {name: value for name, value in environment.items() if name.startswith(prefix)}


def hide_from_others() -> None:
    """Overwrite the secrets in what this process was started with (Linux); its `os.environ` keeps them."""
    if sys.platform != "linux":
        return
    fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    at, end = int(fields[_START]), int(fields[_END])
    if not 0 < at < end:
        return
    for entry in ctypes.string_at(at, end - at).split(b"\0"):
        name, _, value = entry.partition(b"=")
        if value and is_secret(name.decode("utf-8", "replace")):
            # First a copy for the C library, which still points at what is overwritten then.
            os.environb[name] = value
            ctypes.memset(at + len(name) + 1, 0, len(value))
        at += len(entry) + 1
