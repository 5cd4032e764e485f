"""Correcting the record of defects on disk by results files: behind `conformance defects --update`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.nearest import nearest
from conformance.running.errors import RunRefusedError
from conformance.verdict.defect_file import write_defect
from conformance.verdict.defects import Defect, Defects, is_defect_id, is_upstream, load_defects, refuse_contradictions
from conformance.verdict.results import read_results
from conformance.verdict.updating import Update, updated


@dataclass(frozen=True, slots=True)
class Naming:
    """The defect that new failures are put down to; one that is new needs a summary."""

    id: str
    summary: str | None = None
    upstream: tuple[str, ...] = ()


def correct(
    folder: Path,
    files: Sequence[Path],
    known_ids: Sequence[str],
    *,
    only: Sequence[str] = ("*",),
    naming: Naming | None = None,
    dry_run: bool = False,
) -> Update:
    """Correct the defects in the folder by the results in the files, and return what changed.

    Entries of cases that do not exist any more are removed. Raises `RunRefusedError` for a new defect
    without a summary, `ResultsError`, and `DefectsError` where the corrected record would contradict itself; nothing is
    written then.
    """
    record = _of_known(load_defects(folder), known_ids)
    update = updated(record, [read_results(file) for file in files], known_ids, _target(record, naming), only)
    after = {defect.id: defect for defect in (*record.entries, *update.changed)}
    for defect in update.emptied:
        after.pop(defect.id, None)
    refuse_contradictions(Defects(after.values()), known_ids)
    if not dry_run:
        for defect in update.changed:
            write_defect(folder, defect)
        for defect in update.emptied:
            (folder / f"{defect.id}.yaml").unlink(missing_ok=True)
    return update


def _of_known(record: Defects, known_ids: Sequence[str]) -> Defects:
    """Return the record without what matches no case."""
    return Defects(defect.of_cases(known_ids) for defect in record.entries)


def _target(record: Defects, naming: Naming | None) -> Defect | None:
    if naming is None:
        return None
    found = next((defect for defect in record.entries if defect.id == naming.id), None)
    if found is not None:
        return found
    if not is_defect_id(naming.id):
        raise RunRefusedError(f"--defect {naming.id!r}: expected small letters, digits and hyphens")
    for reference in naming.upstream:
        if not is_upstream(reference):
            raise RunRefusedError(f"--upstream {reference!r}: expected an issue such as '#4215', a URL or a commit")
    if not (naming.summary or "").strip():
        known = [defect.id for defect in record.entries]
        raise RunRefusedError(
            f"--defect: there is no defect {naming.id!r}{nearest(naming.id, known)}. A new one needs --summary: what "
            "a trader loses by it, in a sentence"
        )
    return Defect(id=naming.id, summary=str(naming.summary), upstream=naming.upstream, versions=(), cases={})
