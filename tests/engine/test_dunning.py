"""Which contact is due on a day, situation by situation."""

import pytest
from dunning_cases import TABLE
from dunning_facts import day, number_of

from engine.dunning import decide


def told(decision):
    """A decision in the words of the table, with what comes next."""
    if decision.contact:
        return f"{decision.contact.level}: {' '.join(decision.contact.items)}", ""
    following = number_of(decision.next_on)
    return decision.reason.code, (
        "never" if following is None else f"{following} {decision.next_level}"
    )


@pytest.mark.parametrize(
    ("situation", "on", "expected"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_the_day_asks_for_this(situation, on, expected):
    what, following = told(decide(*situation, day(on)))
    asked, _bar, then = expected.partition(" | ")
    assert what == asked
    assert following.startswith(then)


def test_the_table_has_at_least_a_hundred_and_twenty_situations():
    assert len({row[0] for row in TABLE}) == len(TABLE) >= 120
