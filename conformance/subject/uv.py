"""uv, as this project uses it: found through its PyPI package, run with the user's own index settings."""

import os
import re
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import uv

from .secrecy import without_secrets

Progress = Callable[[str], None]

_DROPPED = ("VIRTUAL_ENV", "UV_PYTHON", "PYTHONPATH", "PYTHONHOME")
"""They would point uv at another interpreter than the one given; all others are the user's settings and stay."""

_UNREACHABLE = ("error sending request", "Failed to fetch", "dns error", "tcp connect error", "network was disabled")
_NO_SPACE = ("No space left on device", "os error 28")


class UvError(Exception):
    """uv ended with an error; `detail` are its last lines."""

    def __init__(self, arguments: Sequence[str], returncode: int, detail: str) -> None:
        self.detail = detail
        super().__init__(f"uv {' '.join(arguments[:2])} ended with exit code {returncode}\n{detail}")

    @property
    def is_network(self) -> bool:
        """Whether an index could not be reached."""
        return any(sign in self.detail for sign in _UNREACHABLE)

    @property
    def is_disk(self) -> bool:
        """Whether the disk is full."""
        return any(sign in self.detail for sign in _NO_SPACE)

    @property
    def is_unknown_version(self) -> bool:
        """Whether the index has no such NautilusTrader at all; a dependency that it lacks is another matter."""
        absent = r"no version of nautilus-trader\b|nautilus-trader was not found"
        outside = r"nautilus-trader\S*\s+(is|are)\s+available|versions of nautilus-trader\s+are\s+available"
        outside += r"|nautilus-trader\S*,\s+which are incompatible"
        return re.search(f"{absent}|{outside}", self.detail) is not None

    @property
    def is_no_wheel(self) -> bool:
        """Whether the version exists, but not for this Python or platform."""
        return re.search(r"ha(s|ve) no (usable )?wheels|does not satisfy Python", self.detail) is not None

    @property
    def cause(self) -> str:
        """The innermost cause uv names, on one line."""
        return self.detail.strip().splitlines()[-1].strip().removeprefix("cause: ") if self.detail.strip() else "?"


def run_uv(
    arguments: Sequence[str],
    *,
    stdin: str = "",
    on_progress: Progress | None = None,
    also: Mapping[str, str] | None = None,
) -> str:
    """Run uv and return its output; its progress lines go to `on_progress`. Raises `UvError`.

    `also` are environment variables beyond the user's own.
    """
    passed_on = without_secrets(os.environ, installing=True).items()
    environment = {name: value for name, value in passed_on if name not in _DROPPED} | dict(also or {})
    last: deque[str] = deque(maxlen=20)
    with subprocess.Popen(
        [uv.find_uv_bin(), "--color=never", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            process.stdin.write(stdin)
            process.stdin.close()
            for line in process.stderr:
                last.append(line.rstrip())
                if on_progress is not None and line.strip():
                    on_progress(line.strip())
            output = process.stdout.read()
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise UvError(arguments, process.returncode, "\n".join(last))
    return output
