"""How a subject's process is started: what it has of the machine that it runs on."""

import os
import sys
from pathlib import Path

import certifi
import pytest

from conformance.subject.spawning import from_scratch

_PLACE = "import os; print(os.getpid() == os.getpgid(0), os.getsid(0))"
_TRUSTED = "import ssl; print([dict(*each['subject']) for each in ssl.create_default_context().get_ca_certs()])"


def _said(code: str, folder: Path) -> str:
    """Return what a subject that runs this code says."""
    said = folder / "said"
    with said.open("wb") as output:
        child = from_scratch([sys.executable, "-I", "-c", code])(output.fileno(), output.fileno(), output.fileno())
        assert child.wait(60) == 0
    return said.read_text().strip()


def test_a_subject_trusts_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Traders speak to the gateway alone, without TLS: no other host can prove who it is, whatever the user trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())

    assert _said(_TRUSTED, tmp_path) == "[{'commonName': 'nobody: its key was thrown away'}]"


def test_a_subject_has_a_group_of_its_own_in_the_suites_session(tmp_path: Path) -> None:
    """Ctrl-C in a terminal does not reach it; and with the suite it shares what Linux gives to one session."""
    assert _said(_PLACE, tmp_path) == f"True {os.getsid(0)}"
