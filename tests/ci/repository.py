"""A repository's issues and runs: a script that keeps them in a file stands in for `gh`, and knows the job's rights."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / ".github" / "rolling-issue"
GH = """#!{python}
import json, os, sys
state = json.load(open(os.environ["STATE"]))
call = sys.argv[1:]
if not os.environ.get("GH_TOKEN"):
    sys.exit("gh: To use GitHub CLI in automation, set the GH_TOKEN environment variable.")
needed = dict(run=("actions", "read")).get(call[0]) or ("issues", "read" if call[1] == "list" else "write")
given = json.loads(os.environ.get("STAND_IN_PERMISSIONS", '{"issues": "write", "actions": "read"}')).get(needed[0])
if given not in (needed[1], "write"):
    sys.exit("gh: Resource not accessible by integration (HTTP 403)")
state["calls"].append(" ".join(call[:2]))
option = lambda name: call[call.index(name) + 1]
issues = state["issues"]
if "--body-file" in call:
    state["bodies"].append(sys.stdin.read())
if call[:2] == ["issue", "list"]:
    print(json.dumps(issues))
elif call[:2] == ["run", "list"]:
    print(json.dumps(state["runs"]))
elif call[:2] == ["issue", "create"]:
    new = dict(number=len(issues) + 1, state="OPEN", title=option("--title"), body=state["bodies"][-1])
    issues.append(new)
elif call[0] == "issue":
    issue = next(each for each in issues if str(each["number"]) == call[2])
    if call[1] == "edit":
        issue |= dict(title=option("--title"), body=state["bodies"][-1])
    issue["state"] = dict(reopen="OPEN", close="CLOSED").get(call[1], issue["state"])
json.dump(state, open(os.environ["STATE"], "w"))
"""


@dataclass
class Repository:
    """A repository's issues and runs, as the stand-in keeps them."""

    folder: Path
    issues: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def lay(self, runs: tuple[datetime, ...] = ()) -> dict[str, str]:
        """Lay the stand-in and the repository as it is; return the environment in which it is found."""
        gh, state = self.folder / "bin" / "gh", self.folder / "state.json"
        gh.parent.mkdir(parents=True, exist_ok=True)
        gh.write_text(GH.replace("{python}", sys.executable))
        gh.chmod(0o755)
        told = [{"updatedAt": at.strftime("%Y-%m-%dT%H:%M:%SZ")} for at in runs]
        state.write_text(json.dumps({"issues": self.issues, "runs": told, "calls": [], "bodies": []}))
        return {"PATH": f"{gh.parent}:{os.environ['PATH']}", "STATE": str(state)}

    def look(self) -> None:
        """See what has become of it."""
        kept = json.loads((self.folder / "state.json").read_text())
        self.issues, self.calls = kept["issues"], kept["calls"]

    def script(self, *arguments: str, runs: tuple[datetime, ...] = ()) -> None:
        """Run the script on the repository as it is."""
        environment = {**self.lay(runs), "RUN_URL": "https://example.invalid/run/1", "GH_TOKEN": "one"}
        subprocess.run([sys.executable, SCRIPT, *arguments], env=environment, check=True, timeout=30)
        self.look()

    def night(self, exit_code: int | None, ended: str | None = None) -> None:
        """Follow a gate that ended so; None: without a verdict."""
        folder = self.folder / "results"
        folder.mkdir(exist_ok=True)
        for name in ("verdict.json", "verdict.md"):
            (folder / name).unlink(missing_ok=True)
        if exit_code is not None:
            verdict = {"exit_code": exit_code, "baseline": "1.231.0", "candidate": "1.232.0a1"}
            (folder / "verdict.json").write_text(json.dumps(verdict))
            (folder / "verdict.md").write_text(f"the report of exit {exit_code}\n")
        told = str(exit_code) if exit_code is not None else ""
        self.script("verdict", str(folder), "--exit-code", told if ended is None else ended)
