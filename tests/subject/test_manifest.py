"""What an environment consisted of: damage is found, and what only looks different is not damage."""

import os
import shutil
from pathlib import Path

import pytest

from conformance.subject import manifest
from conformance.subject.manifest import Damage


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A folder with a few files, a link and a compiled file, written down in `files`."""
    folder = tmp_path / "environment"
    (folder / "package" / "__pycache__").mkdir(parents=True)
    (folder / "package" / "code one.py").write_text("ONE = 1\n")
    (folder / "package" / "code.py").write_text("TWO = 2\n")
    (folder / "package" / "__pycache__" / "code.pyc").write_bytes(b"compiled")
    (folder / "python").symlink_to("/usr/bin/env")
    manifest.write(folder, tmp_path / "files")
    return folder


def found(environment: Path) -> list[Damage]:
    """Return what the manifest beside the environment says now."""
    return manifest.damage(environment, environment.with_name("files"))


def test_untouched_environment_is_whole(environment: Path) -> None:
    """Nothing is found where nothing changed."""
    assert found(environment) == []


def test_touched_file_of_the_same_content_is_whole_and_read_once(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that only looks different is hashed once and trusted again."""
    os.utime(environment / "package" / "code.py", ns=(1, 1))
    assert found(environment) == []

    monkeypatch.setattr(manifest, "_digest", lambda path: pytest.fail(f"read {path} again"))

    assert found(environment) == []


def test_copied_environment_is_whole(environment: Path) -> None:
    """A cache restored on another machine has other inodes and times."""
    shutil.copytree(environment, environment.with_name("copy"), symlinks=True)
    shutil.rmtree(environment)
    environment.with_name("copy").rename(environment)

    assert found(environment) == []


def test_each_kind_of_damage_is_named(environment: Path) -> None:
    """A changed, a missing and an added file, and a link that leads elsewhere."""
    (environment / "package" / "code.py").write_text("TWO = 3\n")
    (environment / "package" / "code one.py").unlink()
    (environment / "package" / "other.py").write_text("")
    (environment / "python").unlink()
    (environment / "python").symlink_to("/usr/bin/env2")

    assert [str(each) for each in found(environment)] == [
        "package/code one.py (missing)",
        "package/code.py (changed)",
        "package/other.py (added)",
        "python (changed)",
    ]


def test_later_compiled_file_is_no_damage_but_a_changed_one_is(environment: Path) -> None:
    """Python writes compiled files whenever it imports; it never changes one whose source stayed."""
    compiled = environment / "package" / "__pycache__"
    (compiled / "other.pyc").write_bytes(b"")
    assert found(environment) == []

    (compiled / "code.pyc").write_bytes(b"COMPILED")

    assert found(environment) == [Damage("package/__pycache__/code.pyc", "changed")]


@pytest.mark.parametrize("content", ["", "no manifest\n"])
def test_manifest_that_cannot_be_read_is_an_error(environment: Path, content: str) -> None:
    """An empty manifest never passes for an empty environment."""
    environment.with_name("files").write_text(content)

    with pytest.raises(ValueError, match=r"empty|unpack"):
        found(environment)
