"""Whether a subject can play a case: its process is up, and the version has what the case and its profile need."""

from conformance.kit.failure import ProfileUnsupportedError, UnsupportedError
from conformance.kit.metadata import Case
from conformance.kit.needs import NEEDS
from conformance.subject.errors import SubjectDied, SubjectHung
from conformance.subject.profiles import Profile
from conformance.subject.subject import Subject


async def made_ready(subject: Subject) -> None:
    """Have the subject's process running before the case begins.

    One that dies or hangs before its hello has shown nothing of the version yet (the machine may be short of memory):
    it is started once more, and only then believed. Call it for each case, or one death would be every case's.
    """
    try:
        await subject.start()
    except (SubjectDied, SubjectHung):
        await subject.start()


def require_version(subject: Subject, case: Case, profile: Profile) -> None:
    """Raise `UnsupportedError` where the running subject's version lacks what the case or the profile needs."""
    version = subject.installation.version
    asked_of_version = [need for need in case.needs if NEEDS[need].met_by != "world"]
    missing = [need for need in asked_of_version if need not in subject.capabilities]
    if missing:
        raise UnsupportedError(f"NautilusTrader {version} has no {', '.join(missing)}")
    if lacking := profile.lacking(subject.generation, subject.fields):
        raise ProfileUnsupportedError(version, lacking, profile.name)
