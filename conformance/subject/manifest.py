"""What an environment consisted of when it was installed, so that damage is not taken for a regression.

A file is trusted while its size, times and inode are those of the day it was installed; only one that looks different
is read and hashed. Looking at all 6,000 files of an environment takes some 25 ms that way.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NEWER_MAY_COME = "/__pycache__/"
"""Python writes its compiled files whenever it likes: one that came later is no damage, one that changed is."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not as it was installed. `what` is changed, missing or added."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path} ({self.what})"


def write(environment: Path, manifest: Path) -> None:
    """Write down all files of the environment, a line each: what it looks like, its sha256, its path."""
    _write(manifest, {path: (seen, _digest(environment / path)) for path, seen in _walk(environment)})


def damage(environment: Path, manifest: Path) -> list[Damage]:
    """Return what has changed since `write`. Raises OSError and ValueError for a manifest that cannot be read.

    Where files only look different, as after their folder was copied or another environment was linked to the same
    files of uv's cache, the manifest is written again to fit.
    """
    recorded = _read(manifest)
    fitting: dict[str, tuple[str, str]] = {}
    found: list[Damage] = []
    for path, seen in _walk(environment):
        known = recorded.get(path)
        if known is None:
            if _NEWER_MAY_COME not in path:
                found.append(Damage(path, "added"))
        else:
            fitting[path] = (seen, known[1])
            if known[0] != seen and known[1] != _digest(environment / path):
                found.append(Damage(path, "changed"))
    found.extend(Damage(path, "missing") for path in recorded.keys() - fitting.keys())
    if not found and fitting != recorded:
        _write(manifest, fitting)
    return sorted(found, key=lambda each: each.path)


def _write(manifest: Path, content: dict[str, tuple[str, str]]) -> None:
    partial = manifest.with_name(f"{manifest.name}.{os.getpid()}")
    with partial.open("w", encoding="utf-8", errors="surrogateescape") as lines:
        lines.writelines(f"{seen} {digest} {path}\n" for path, (seen, digest) in sorted(content.items()))
    partial.replace(manifest)


def _read(manifest: Path) -> dict[str, tuple[str, str]]:
    """Return the fingerprint and the digest of each path."""
    recorded: dict[str, tuple[str, str]] = {}
    with manifest.open(encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            seen, digest, path = line.rstrip("\n").split(" ", 2)
            recorded[path] = (seen, digest)
    if not recorded:
        raise ValueError(f"{manifest} is empty")
    return recorded


def _walk(environment: Path) -> Iterator[tuple[str, str]]:
    """Yield each file's path and its fingerprint: size, times of modification and of any change in ns, inode."""
    root = str(environment)
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(f"{root}/{folder}") as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                try:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(path)
                    else:
                        stat = entry.stat(follow_symlinks=False)
                        yield path, f"{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ctime_ns}:{stat.st_ino}"
                except FileNotFoundError:
                    # A compiled file that Python was writing has its final name by now.
                    continue


def _digest(path: Path) -> str:
    try:
        if path.is_symlink():
            return "link-" + hashlib.sha256(os.fsencode(path.readlink())).hexdigest()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "unreadable"
