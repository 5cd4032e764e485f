"""Where two versions differ in one case: a topic on which they never said the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.wire_changes.causes import SEVERAL
from conformance.wire_changes.observed import OWN_POSITION, Observed, Topic

ABSENT = ""
TROUBLED = "troubled"
#: What has no value was counted nothing, or not carried.
_COUNTED = frozenset({"asks", "emits", "connects"})
#: Powers of 2 between two paces.
_APART = 3
_OF_EVENTS = frozenset({"emits", "says", "in order"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One topic on which the sides differ; "" is what one side has not.

    `stage` is when an event was emitted, and `TROUBLED` of a request that was asked after something had gone wrong.
    """

    topic: Topic
    before: str
    after: str
    stage: str = ""

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What the same difference has in common in every case: all but the place."""
        topic = self.topic
        return topic.kind, topic.about, topic.item, self.before, self.after

    @property
    def reverse(self) -> tuple[str, str, str, str, str]:
        """The key of the opposite difference."""
        kind, about, item, before, after = self.key
        return kind, about, item, after, before


def differences(
    left: Sequence[Observed], right: Sequence[Observed], *, across_generations: bool = False
) -> Iterator[Difference]:
    """Yield where the runs of one side and those of the other have no value in common, in one case.

    What differs between two runs of one side is noise: the sets of values that the sides showed must be disjoint.
    A strategy of 2.x sees neither the states of the account nor the events of orders that it did not place, nor those
    of the positions that such orders open and close, so these are left out `across_generations`.
    """
    own = set.intersection(*(set(each.kinds) for each in (*left, *right)))
    unsent = _not_sent_by_both(left, right)
    places = set.intersection(*(each.places for each in (*left, *right)))
    topics = {topic: None for each in (*left, *right) for topic in each.values if topic.where in places}
    for topic in topics:
        if topic.kind in _OF_EVENTS and (topic.where[1] in unsent or (across_generations and not _is_seen(topic, own))):
            continue
        if topic.kind == "says" and not _is_the_same_event(left, right, topic):
            continue
        before, after = _comparable(_values(left, topic), _values(right, topic), topic)
        if before & after or (topic.kind == "paces" and _are_neighbours(before, after)):
            continue
        if topic.kind == "says" and _are_as_made(left, right, topic, (before, after)):
            continue
        found = Difference(topic, min(before), min(after), _stage(left, right, topic))
        if topic.kind == "in order" and sorted(found.before.split()) != sorted(found.after.split()):
            # Which events are emitted is a line of its own.
            continue
        yield found


def _is_the_same_event(left: Sequence[Observed], right: Sequence[Observed], topic: Topic) -> bool:
    """Whether what an event says compares: the second of three is not the second of two.

    The state that an order is in follows from the events before it: only the same events lead to the same state.
    """
    owner, name, _ = topic.where[1:]
    before, after = ({each.emitted.get(owner, ()) for each in side} for side in (left, right))
    if topic.item == "status":
        return bool(before & after)
    counts = ({told.count(name) for told in side} for side in (before, after))
    return bool(next(counts) & next(counts))


def _are_as_made(
    left: Sequence[Observed], right: Sequence[Observed], topic: Topic, values: tuple[set[str], set[str]]
) -> bool:
    """Whether an event only repeats the order as each side was given it: a close order is made otherwise for 2.x."""
    of = topic.where[1], topic.item
    return all(
        said <= {each.made[of] for each in side if of in each.made}
        for said, side in zip(values, (left, right), strict=True)
    )


def _is_seen(topic: Topic, own: set[str]) -> bool:
    owner: str = topic.where[1]
    return owner in own or owner.startswith(OWN_POSITION)


def _not_sent_by_both(left: Sequence[Observed], right: Sequence[Observed]) -> set[str]:
    """Return the orders that one side sent and the other did not: all that they go through is another thing."""
    sent = [set.union(*(each.sent for each in side)) for side in (left, right)]
    return sent[0] ^ sent[1]


def _comparable(before: set[str], after: set[str], topic: Topic) -> tuple[set[str], set[str]]:
    """Return both sets of counts as vaguely as the vaguest in them is."""
    if topic.kind not in _COUNTED or SEVERAL not in before | after:
        return before, after
    coarse = ({count if count in ("0", "1") else SEVERAL for count in side} for side in (before, after))
    return next(coarse), next(coarse)


def _are_neighbours(before: set[str], after: set[str]) -> bool:
    """Whether two paces are no further apart than a busy machine brings them."""
    return any(abs(int(one) - int(other)) < _APART for one in before for other in after)


def _values(side: Sequence[Observed], topic: Topic) -> set[str]:
    absent = "0" if topic.kind in _COUNTED else ABSENT
    return {each.values.get(topic, absent) for each in side}


def _stage(left: Sequence[Observed], right: Sequence[Observed], topic: Topic) -> str:
    """Return when an event was emitted that one side emits more often than the other, or a question asked."""
    if topic.kind == "asks":
        return TROUBLED if any(topic.where in each.troubled for each in (*left, *right)) else ""
    if topic.kind != "emits":
        return ""
    counts = [2 if (least := min(_values(side, topic))) == SEVERAL else int(least) for side in (left, right)]
    side = left if counts[0] > counts[1] else right
    return side[0].stages.get((topic.where[1], topic.about, min(counts) + 1), "")
