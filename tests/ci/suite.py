"""A suite whose `conformance` ends as it is told: pip installs its checkout as it does the real one, with no index."""

import shutil
import sys
from pathlib import Path

from tests.ci.runner import ROOT

#: ENDS is the exit code, or `hangs`; SAYS is the verdict's, the same unless it is given, or `nothing`.
STAND_IN = """
import json, os, pathlib, sys, time

def main():
    arguments = sys.argv[1:]
    results = pathlib.Path(arguments[arguments.index("--results") + 1])
    results.mkdir(parents=True, exist_ok=True)
    (results / "arguments").write_text(json.dumps(arguments))
    (results / "environment").write_text(json.dumps(dict(os.environ)))
    told = os.environ["ENDS"]
    if told == "hangs":
        time.sleep(60)
    says = os.environ.get("SAYS", told)
    if says != "nothing":
        verdict = {"exit_code": int(says), "baseline": "1.231.0", "candidate": "1.232.0a1"}
        (results / "verdict.json").write_text(json.dumps(verdict))
        (results / "verdict.md").write_text(f"the report of exit {says}")
    sys.exit(int(told))
"""
#: A build backend of its own, so that pip needs no index for one.
BACKEND = """
import pathlib, zipfile

def build_wheel(folder, *_):
    name = "stand_in-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        wheel.write("stand_in.py")
        about = "stand_in-1.0.dist-info/"
        wheel.writestr(about + "METADATA", "Metadata-Version: 2.1\\nName: stand-in\\nVersion: 1.0\\n")
        made = "Wheel-Version: 1.0\\nGenerator: a test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr(about + "WHEEL", made)
        wheel.writestr(about + "entry_points.txt", "[console_scripts]\\nconformance = stand_in:main\\n")
        wheel.writestr(about + "RECORD", "")
    return name
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def lay_suite(folder: Path) -> Path:
    """Lay the checkout of a suite that ends as the environment says; return its folder."""
    shutil.copytree(ROOT / ".github", folder / ".github")
    for name, text in {"stand_in.py": STAND_IN, "backend.py": BACKEND, "pyproject.toml": PROJECT}.items():
        (folder / name).write_text(text)
    return folder


#: A `python3` that makes an environment in no time, whose pip installs a folder by pointing to it and nothing else.
PYTHON = """#!/bin/sh
if [ "$1 $2" = "-m venv" ]; then
    [ "$4" != --clear ] || rm -rf "$3"
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && touch "$3/pyvenv.cfg"
elif [ "$1 $2 $3" = "-m pip install" ]; then
    [ -f "$5/stand_in.py" ] || exit 1
    folder=$(cd "$5" && pwd) conformance=$(dirname "$0")/conformance
    printf '#!{python}\\nimport sys\\nsys.path.insert(0, "%s")\\n' "$folder" > "$conformance"
    printf 'import stand_in\\nstand_in.main()\\n' >> "$conformance"
    chmod +x "$conformance"
else
    exec {python} "$@"
fi
"""


def lay_python(folder: Path) -> Path:
    """Lay that `python3` into a folder for the path: its real one takes seconds, which one test of it can spend."""
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / "python3"
    python.write_text(PYTHON.replace("{python}", sys.executable))
    python.chmod(0o755)
    return folder
