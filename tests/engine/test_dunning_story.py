"""The worked example of ``docs/flows/dunning.md``, lived day by day."""

from decimal import Decimal

from debtor import Debtor
from dunning_facts import WEEKEND, day, number_of, policy

A, B = 0, 1


def lived():
    """A is promised on day 11 for day 16, B is paid on day 18."""
    debtor = Debtor(policy(calendar=WEEKEND), [(0, 1240, "EUR"), (12, 600, "EUR")])
    for number in range(-6, 60):
        if number == 11:
            debtor.promise(A, Decimal(1240), until=16)
        if number == 18:
            debtor.on_pay(B, 0, day(number))
        debtor.run(day(number))
    return debtor


def test_the_contacts_of_the_worked_example():
    contacts = [
        (number_of(on), contact.level, contact.items)
        for on, contact in sorted(lived().contacts.items())
    ]
    assert contacts == [
        (-5, "announce", (A,)),
        (3, "friendly", (A,)),
        (10, "firm", (A,)),
        (17, "friendly", (A, B)),
        (24, "last", (A,)),
        (35, "formal", (A,)),
        (50, "file", (A,)),
    ]


def test_the_steps_of_the_worked_example():
    steps = [
        (number_of(on), step.item, step.kind)
        for on, decision in sorted(lived().decisions.items())
        for step in decision.steps
    ]
    assert steps == [
        (-5, A, "announced"),
        (3, A, "reminded"),
        (10, A, "reminded"),
        (13, B, "not_applicable"),
        (17, A, "listed"),
        (17, B, "reminded"),
        (24, A, "reminded"),
        (35, A, "reminded"),
        (50, A, "reminded"),
    ]


def test_the_silences_of_the_worked_example():
    decisions = lived().decisions
    told = {number: decisions[day(number)].reason.code for number in (7, 11, 13, 34)}
    assert told == {
        7: "week_full",
        11: "week_full",
        13: "promised",
        34: "rest_day",
    }
