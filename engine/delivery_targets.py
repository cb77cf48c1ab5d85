"""Where a document goes when it is sent again: to whom today's settings name.

What was planned once is compared with what would be planned now. A recipient who is
still one keeps the delivery; who is none any more hands it over to somebody who has
none yet; what a person chose by hand stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .delivery import Channel

#: ``recipient``: somebody whom the settings do not name, at their own address;
#: ``address``: one that was typed.
Choice = Literal["recipient", "address"]


@dataclass(frozen=True)
class Target:
    """A recipient over a channel.

    :param recipient: tells people apart; None without any.
    :param email: normalized; None where the channel needs none, or nobody has one.
    """

    channel: Channel
    recipient: int | None
    email: str | None = None

    @property
    def place(self) -> tuple[Channel, str]:
        """What a document has one delivery for at most."""
        return self.channel, self.email or ""


@dataclass(frozen=True)
class Standing:
    """A delivery of the document as it is.

    :param key: tells deliveries apart.
    :param asked: whether it is to be sent again.
    :param choice: what a person chose by hand, if anything.
    :param addresses: of its recipient today; read where a recipient was chosen.
    """

    key: int
    target: Target
    asked: bool
    choice: Choice | None = None
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Redirection:
    """What becomes of a document's deliveries.

    :param goes: where each delivery that is sent again goes, by key.
    :param replaced: keys of those that go nowhere any more.
    :param added: recipients who get a delivery of their own.
    """

    goes: dict[int, Target]
    replaced: frozenset[int]
    added: tuple[Target, ...]


def redirect(standing: Sequence[Standing], targets: Sequence[Target]) -> Redirection:
    """Where deliveries of one document go when some of them are sent again.

    No two of its deliveries have the same place afterwards, if none had before.

    :param standing: all deliveries of the document.
    :param targets: what would be planned for it today.
    """
    wanted = {target.place: target for target in targets}
    taken = {delivery.target.place for delivery in standing}
    vacant = _leave_out_stand_ins(
        standing, [target for place, target in wanted.items() if place not in taken]
    )
    taken |= set(wanted)
    named = {target.recipient for target in targets}
    goes: dict[int, Target] = {}
    lost: list[Standing] = []
    for delivery in standing:
        if not delivery.asked:
            continue
        if delivery.target.place in wanted:
            goes[delivery.key] = wanted[delivery.target.place]
        elif delivery.choice == "address":
            goes[delivery.key] = delivery.target
        elif delivery.choice and delivery.target.recipient not in named:
            goes[delivery.key] = _follow_recipient(delivery, taken)
            taken.add(goes[delivery.key].place)
        else:
            lost.append(delivery)
    moved = _hand_over(lost, vacant)
    return Redirection(
        goes={**goes, **moved},
        replaced=frozenset(one.key for one in lost if one.key not in moved),
        # Only where somebody left: else what is missing was taken away by a person.
        added=tuple(vacant) if lost else (),
    )


def _leave_out_stand_ins(
    standing: Sequence[Standing], vacant: list[Target]
) -> list[Target]:
    """Targets without those for whom a person chose another address."""
    for delivery in standing:
        if delivery.choice == "address":
            own = [t for t in vacant if t.recipient == delivery.target.recipient]
            vacant = [target for target in vacant if target not in own[:1]]
    return vacant


def _follow_recipient(delivery: Standing, taken: set[tuple[Channel, str]]) -> Target:
    """The address of today of somebody whom a person chose."""
    target = delivery.target
    if target.email in delivery.addresses:
        return target
    for email in delivery.addresses or (None,):
        moved = replace(target, email=email)
        if moved.place not in taken:
            return moved
    return target


def _hand_over(lost: Sequence[Standing], vacant: list[Target]) -> dict[int, Target]:
    """Give lost deliveries to vacant targets, which are used up.

    The same recipient at another address comes first, then whoever comes first.
    """
    moved: dict[int, Target] = {}
    for is_fit in (
        lambda delivery, target: delivery.target.recipient == target.recipient,
        lambda _delivery, _target: True,
    ):
        for delivery in lost:
            fitting = [one for one in vacant if is_fit(delivery, one)]
            if delivery.key not in moved and fitting:
                moved[delivery.key] = fitting[0]
                vacant.remove(fitting[0])
    return moved
