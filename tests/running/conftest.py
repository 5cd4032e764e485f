"""The fakes of a gate, by name."""

from tests.support.fake_subjects import steps, subjects

__all__ = ["steps", "subjects"]
