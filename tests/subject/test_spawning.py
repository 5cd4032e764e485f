"""How a subject's process is started: what it has of the machine that it runs on."""

import sys
from pathlib import Path

import certifi
import pytest

from conformance.subject.spawning import from_scratch

_TRUSTED = "import ssl; print([dict(*each['subject']) for each in ssl.create_default_context().get_ca_certs()])"


def test_a_subject_trusts_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Traders speak to the gateway alone, without TLS: no other host can prove who it is, whatever the user trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    said = tmp_path / "said"

    with said.open("wb") as output:
        child = from_scratch([sys.executable, "-I", "-c", _TRUSTED])(output.fileno(), output.fileno(), output.fileno())
        assert child.wait(60) == 0

    assert said.read_text().strip() == "[{'commonName': 'nobody: its key was thrown away'}]"
