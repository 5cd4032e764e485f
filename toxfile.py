"""What tox reads before tox.ini: lets it find the Pythons that pyenv has and does not select here.

`.python-version` selects 3.12, so that pyenv's `python3.13` says `command not found`; uv would download another one.
"""

import os
from pathlib import Path

_VERSIONS = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
_ON_PATH = os.environ.get("PATH", "").split(os.pathsep)
# Behind all others: what is selected comes first.
_MORE = [
    str(folder) for folder in sorted(_VERSIONS.glob("3.1[2-9].*/bin"), reverse=True) if str(folder) not in _ON_PATH
]
os.environ["PATH"] = os.pathsep.join([*_ON_PATH, *_MORE])
