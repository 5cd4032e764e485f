"""The child side in an environment that holds nothing but Python."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.history.redaction import Redaction
from conformance.subject.child import protocol

CHILD = Path(protocol.__file__).parent


def run_bare(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a Python that sees neither the suite nor its environment, with the child package loaded."""
    load = f"import runpy, sys; runpy.run_path({str(CHILD / '__main__.py')!r}, run_name='bootstrap')"
    loaded = f"{load}['load_package']('child', __import__('pathlib').Path({str(CHILD)!r}))\n"
    command = [sys.executable, "-I", "-S", "-c", loaded + program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_child_starts_without_the_suite() -> None:
    """The generation-independent half of the child needs the standard library only, and puts nothing on sys.path."""
    done = run_bare(
        "import child.serving, child.settings\nprint(any('site-packages' in p or 'conf' in p for p in sys.path))"
    )

    assert done.stdout.strip() == "False", done.stderr


def package(folder: Path, **files: str) -> Path:
    """Write a package; the keyword `core__engine` is the file core/engine.py."""
    for name, source in files.items():
        path = folder / ("__init__.py" if name == "__init__" else f"{name.replace('__', '/')}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with an installed package `app.adapters`, some of it in subfolders."""
    root = tmp_path / "site"
    package(root / "app", init="")
    for folder in ("app", "app/adapters", "app/adapters/core"):
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / "__init__.py").write_text("")
    package(root / "app" / "adapters", client="WHO = 'installed'\n", core__engine="WHO = 'installed'\n")
    package(root / "app" / "adapters", core__rest="from app.adapters.core.engine import WHO\n")
    return root


IMPORT = """
sys.path.insert(0, sys.argv[1])
from child import overlay
print(overlay.lay(sys.argv[2:]))
from app.adapters import client
from app.adapters.core import engine, rest
print(client.WHO, engine.WHO, rest.WHO)
"""


def test_overlay_replaces_what_it_has_and_leaves_the_rest(site: Path, tmp_path: Path) -> None:
    """A file deep in the overlay wins, also for installed modules that import it; others come from where they were."""
    patch = package(tmp_path / "patch", core__engine="WHO = 'patched'\n")

    done = run_bare(IMPORT, str(site), f"app.adapters={patch}")

    assert done.stdout.splitlines() == ["{'app.adapters': ['core/engine.py']}", "installed patched patched"], (
        done.stderr
    )


def test_overlay_that_replaces_nothing_is_refused(site: Path, tmp_path: Path) -> None:
    """A folder that shares nothing with the package is a mistake, and is told with what was expected."""
    patch = package(tmp_path / "patch", somewhere__else__engine="")

    done = run_bare(IMPORT, str(site), f"app.adapters={patch}")

    assert "holds none of the package's modules" in done.stderr
    assert "client.py" in done.stderr


@pytest.mark.parametrize(
    ("given", "told"), [("app.adapters=/no/such/folder", "no such folder"), ("nowhere=.", "not an installed package")]
)
def test_overlay_that_cannot_be_laid_is_refused(site: Path, given: str, told: str) -> None:
    """A folder or package that does not exist is named."""
    assert told in run_bare(IMPORT, str(site), given).stderr


@pytest.mark.parametrize(
    ("init", "ends"),
    [
        # The child asks for a name that this version has no more; and the version cannot even import itself.
        ("", f"exit code {protocol.UNFIT}"),
        ("raise RuntimeError('this version is broken')", "RuntimeError: this version is broken"),
    ],
)
def test_child_that_does_not_fit_the_version_says_so(tmp_path: Path, init: str, ends: str) -> None:
    """What keeps the child from loading is the suite's fault, unless it is NautilusTrader that does not load."""
    package(tmp_path / "nautilus_trader", __init__=init)
    (tmp_path / "nautilus_trader-1.999.0.dist-info").mkdir()
    (tmp_path / "nautilus_trader-1.999.0.dist-info" / "METADATA").write_text(
        "Name: nautilus_trader\nVersion: 1.999.0\n"
    )

    done = run_bare(
        "sys.path.insert(0, sys.argv[1])\nfrom child import serving\nsys.exit(f'exit code {serving.run(0, 1, [])}')",
        str(tmp_path),
    )

    assert done.stderr.splitlines()[-1] == ends, done.stderr


def test_lines_survive_being_cut_anywhere() -> None:
    """However the stream is cut, the same messages come out."""
    messages = [{"n": 1, "op": "start"}, {"text": "ä\n✓"}, {"empty": {}}]
    stream = b"".join(protocol.encode(message) for message in messages)

    for size in range(1, len(stream)):
        buffer = protocol.LineBuffer()
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        lines = [line for piece in pieces for line in buffer.feed(piece)]
        assert [protocol.decode(line) for line in lines] == messages


@pytest.mark.parametrize("line", [b"not json", b"[1, 2]", b"12", b"\xff\xfe"])
def test_line_that_is_no_object_is_refused(line: bytes) -> None:
    """The error quotes the line."""
    with pytest.raises(protocol.ProtocolError, match="expected one JSON object"):
        protocol.decode(line)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET https://fapi.binance.com/fapi/v1/order?a=1&signature=ab12cd34 failed", "ab12cd34"),
        ("signature=Zm9v%2Bbar%3D%3D&x=1", "Zm9v%2Bbar%3D%3D"),
        ('{"listenKey":"pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1"}', "pqia91ma19a5s61"),
        ("wss://fstream.binance.com/private/ws?listenKey=pqia91ma19a5s61cv6a81va65", "pqia91ma19"),
        ("ws://127.0.0.1:1/private/ws/pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv", "pqia91ma19"),
        (
            'Error on handling b\'{"stream":"pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a6","data',
            "pqia9",
        ),
        ("('X-MBX-APIKEY', 'vmPUZE6mv9SD5VNHk4HlWFsOr6')", "vmPUZE6mv9"),
        (r'"{\"listenKey\":\"pqia91ma19\"}"', "pqia91ma19"),
        ("X-MBX-APIKEY: vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju", "vmPUZE6mv9"),
        ("'apiKey': 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju'", "vmPUZE6mv9"),
        ("the secret itself: hunter2-hunter2", "hunter2"),
    ],
)
def test_secrets_are_known_by_shape_or_by_heart(text: str, secret: str) -> None:
    """Signatures, listen keys and API keys go wherever they stand; told secrets go anywhere."""
    clean = Redaction(secrets=["hunter2-hunter2"]).hide(text)

    assert secret not in clean
    assert re.search("SECRET|SIGNATURE|API-KEY|LISTENKEY-1", clean)


def test_key_in_pem_is_redacted_line_by_line() -> None:
    """A PEM key is not logged whole; each of its lines is a secret, its armour is not."""
    pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIExamplE\n-----END PRIVATE KEY-----\n"

    assert (
        Redaction(secrets=[pem]).hide("key MC4CAQAwBQYDK2VwBCIEIExamplE, -----END PRIVATE KEY-----").count("SECRET")
        == 1
    )
