"""Data files with a schema: what is refused, and how the error leads to the place."""

from pathlib import Path
from typing import Literal

import msgspec
import pytest

from conformance.datafile import DataFileError, line_of, merged, read_toml


class Inner(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    weight: int = 1
    colour: list[Literal["red", "green"]] | None = None


class Schema(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    name: str
    inner: Inner = msgspec.field(default_factory=Inner)
    later: Inner | None = msgspec.field(default=None, name="2.x")


def test_content_comes_as_the_schema_has_it(tmp_path: Path) -> None:
    """A file that fits becomes the struct, with its defaults."""
    (tmp_path / "a.toml").write_text('name = "a"\n["2.x"]\nweight = 3\n')

    assert read_toml(tmp_path / "a.toml", Schema) == Schema("a", later=Inner(3))


@pytest.mark.parametrize(
    ("text", "line", "field", "problem"),
    [
        ('nmae = "a"\n', 1, "nmae", "there is no such field; the nearest is name"),
        ('name = "a"\n\n[inner]\nwieght = 2\n', 4, "inner.wieght", "there is no such field; the nearest is weight"),
        ('name = "a"\n[inner]\nq = 2\n', 3, "inner.q", "there is no such field; known are colour, weight"),
        ('name = "a"\n["2.x"]\nwieght = 2\n', 3, "2.x.wieght", "there is no such field; the nearest is weight"),
        ('name = "a"\n[ inner ] # heavy\nweight = "2"\n', 3, "inner.weight", "Expected `int`, got `str`"),
        (
            'name = "a"\n[inner]\ncolour = ["blue"]\n',
            3,
            "inner.colour",
            "Invalid enum value 'blue'; allowed are red, green",
        ),
        ('name = "a"\ninner = 3\n', 2, "inner", "Expected `object`, got `int`"),
        ('name = "a"\ninner.weight = "x"\n', 2, "inner.weight", "Expected `int`, got `str`"),
        ("inner = {}\n", 0, "", "Object missing required field `name`"),
        ('name = "a"\nname = "b"\n', 2, "", "this is not TOML: Cannot overwrite a value"),
        ('name = "a"\n\ninner = {\n', 3, "", "this is not TOML: "),
    ],
)
def test_error_names_file_line_field_and_nearest(
    tmp_path: Path, text: str, line: int, field: str, problem: str
) -> None:
    """Whatever is wrong, the reader is led to the line, and to the word that was probably meant."""
    file = tmp_path / "a.toml"
    file.write_text(text)

    with pytest.raises(DataFileError) as refused:
        read_toml(file, Schema)

    error = refused.value
    assert (error.file, error.field) == (file, field)
    assert error.line == line
    assert error.problem.startswith(problem)
    assert str(error).startswith(f"{file}:{line}: " if line else f"{file}: ")


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A path where there is no file is an error of the same kind."""
    with pytest.raises(DataFileError, match=r"no\.toml: cannot be read"):
        read_toml(tmp_path / "no.toml", Schema)


def test_line_of_a_field_that_is_not_set_is_its_tables() -> None:
    """What is missing is to be added to its table; where there is no table, there is no line."""
    text = '[a]\nx = 1\n["2.x".b]\ny = 2\n'

    assert line_of(text, "2.x.b.y") == 4
    assert line_of(text, "2.x.b.z") == 3
    assert line_of(text, "c.z") == 0


def test_merging_goes_into_tables_and_no_deeper_than_both_have() -> None:
    """The winner's values win, key by key; lists are values."""
    under = {"a": {"x": 1, "y": [1, 2]}, "b": 1}

    assert merged(under, {"a": {"y": [3]}, "b": {"z": 1}}) == {"a": {"x": 1, "y": [3]}, "b": {"z": 1}}
    assert under == {"a": {"x": 1, "y": [1, 2]}, "b": 1}
