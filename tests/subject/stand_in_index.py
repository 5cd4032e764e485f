"""A package index on loopback with made-up NautilusTrader wheels of a few lines each."""

import base64
import hashlib
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class StandInIndex:
    """Serves `folder` as a simple index; `close` takes it off the network, as an outage would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
        self.requests: list[str] = []
        self._server.requests = self.requests  # type: ignore[attr-defined]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        """The index's URL."""
        return f"http://127.0.0.1:{self._server.server_port}/simple"

    def add(
        self,
        version: str,
        init: str = "",
        *,
        index: str = "simple",
        tag: str = "py3-none-any",
        needs: tuple[str, ...] = (),
        project: str = "nautilus-trader",
    ) -> Path:
        """Publish a wheel and return its file; `init` is the source of the package."""
        folder = self._folder / index / project
        wheel = write_wheel(folder, version, init, tag=tag, needs=needs, project=project)
        links = "".join(
            f'<a href="{each.name}#sha256={hashlib.sha256(each.read_bytes()).hexdigest()}">{each.name}</a>'
            for each in sorted(folder.glob("*.whl"))
        )
        (folder / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")
        return wheel

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def write_wheel(
    folder: Path,
    version: str,
    init: str = "",
    *,
    tag: str = "py3-none-any",
    needs: tuple[str, ...] = (),
    project: str = "nautilus-trader",
) -> Path:
    """Write a wheel of a few lines into the folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    package = project.replace("-", "_")
    info = f"{package}-{version}.dist-info"
    requires = "".join(f"Requires-Dist: {need}\n" for need in needs)
    files = {
        f"{package}/__init__.py": init or f"__version__ = {version!r}\n",
        f"{package}/engine.py": "RUNS = True\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n{requires}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: stand-in\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(_row(path, text) for path, text in files.items()) + f"{info}/RECORD,,\n"
    path = folder / f"{package}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(name, text)
    return path


class _Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.requests.append(self.path)  # type: ignore[attr-defined]
        super().do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


def _row(path: str, text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(text.encode())}\n"


def another_python(pyenv: Path, series: str) -> Path:
    """Put a Python of that series into pyenv's folder, as far as starting it shows, and return it."""
    python = pyenv / "versions" / f"{series}.1" / "bin" / f"python{series}"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho 'CPython {series}.1'\n")
    python.chmod(0o755)
    return python
