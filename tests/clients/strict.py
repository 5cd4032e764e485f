"""What differs between a payload and the SDK's model of it: types, and fields missing or unknown.

The SDK's models are strict on scalar types, but declare every field optional and keep every unknown one; so fields are
compared by walking.
"""

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal

from pydantic import BaseModel, ValidationError


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; `path` names the field, such as `o.M` or `a.P[].ma`."""

    kind: Literal["type", "missing", "unknown"]
    path: str
    detail: str = ""


def differences(model: Any, payload: Any) -> list[Difference]:
    """Return every difference between a payload, as parsed from JSON, and an SDK model."""
    try:
        chosen = _chosen(model, payload)
    except ValueError as error:
        return [Difference("type", "", str(error))]
    found = list(dict.fromkeys(_walk(chosen, payload, "")))
    for item in payload if isinstance(payload, list) else [payload]:
        try:
            chosen.model_validate(item)
        except ValidationError as error:
            found += [
                Difference("type", _path(fault["loc"]), f"{fault['msg']}, got {fault['input']!r}")
                for fault in error.errors()
            ]
    return found


def _chosen(model: Any, payload: Any) -> Any:
    """Return the model itself, or that of several alternatives which is a list or not, as the payload is."""
    is_list = isinstance(payload, list)
    if not hasattr(model, "is_oneof_model"):
        if _is_list(model) != is_list:
            raise ValueError(
                f"{model.__name__} is {'a' if _is_list(model) else 'no'} list, got {type(payload).__name__}"
            )
        return model
    shape = payload.get("result") if isinstance(payload, dict) and "result" in payload else payload
    for name, field in model.model_fields.items():
        if name.startswith("oneof_schema"):
            candidate = next(part for part in typing.get_args(field.annotation) if part is not type(None))
            if _takes(candidate, payload) == isinstance(shape, list):
                return candidate
    raise ValueError(f"no alternative of {model.__name__} fits a {type(payload).__name__}")


def _is_list(model: Any) -> bool:
    """Return whether a model describes each item of a list; those of the WS API and the streams never do."""
    return hasattr(model, "is_array") and bool(model.is_array())


def _takes(candidate: Any, payload: Any) -> bool:
    """Return whether an alternative expects a list, at the top or as its result."""
    if _is_list(candidate):
        return True
    result = candidate.model_fields.get("result")
    return isinstance(payload, dict) and result is not None and _inner(result.annotation)[0] == "list"


def _inner(annotation: Any) -> tuple[Literal["one", "list"], Any]:
    """Return whether a field holds one or several, and of what."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _inner(typing.get_args(annotation)[0])
    if origin in (typing.Union, UnionType):
        return _inner(next(part for part in typing.get_args(annotation) if part is not type(None)))
    if origin is list:
        return "list", _inner(typing.get_args(annotation)[0])[1]
    return "one", annotation


def _walk(model: Any, payload: Any, path: str) -> Iterator[Difference]:
    if isinstance(payload, list):
        for item in payload:
            yield from _walk(model, item, path if not path else f"{path}[]")
        return
    if not isinstance(payload, dict):
        return  # of the wrong type: the model itself says so
    declared = {field.alias or name: field for name, field in model.model_fields.items()}
    declared.pop("additional_properties", None)
    prefix = f"{path}." if path else ""
    for key in payload.keys() - declared.keys():
        yield Difference("unknown", prefix + key)
    for key, field in declared.items():
        if key not in payload:
            yield Difference("missing", prefix + key)
            continue
        inner = _inner(field.annotation)[1]
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _walk(inner, payload[key], prefix + key)


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += "[]" if isinstance(part, int) else f".{part}" if text else part
    return text
