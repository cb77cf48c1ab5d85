"""Facts are plain JSON, enough to compute the amounts again."""

import json
from datetime import date
from decimal import Decimal

from ledger import Story
from lines import line, money, version

from engine.facts import FORMAT, replay
from engine.recurrence import RecurrenceRule


def test_facts_of_a_stub_name_all_that_decided_the_amount():
    rule = RecurrenceRule("month", 1, date(2026, 3, 10), 1)
    story = Story(line("33.33", rule, date(2026, 3, 10), quantity="3"))
    (charge,) = story.run(date(2026, 3, 10))
    assert charge.facts == {
        "format": FORMAT,
        "basis": "actual",
        "timing": "in_advance",
        "lead_days": 0,
        "first_period": "prorate",
        "step": "0.01",
        "rule": {
            "unit": "month",
            "interval": 1,
            "anchor": "2026-03-10",
            "billing_day": 1,
            "billing_month": None,
        },
        "parts": [
            {
                "whole": ["2026-03-01", "2026-03-31"],
                "served": [["2026-03-10", "2026-03-31"]],
                "share": "22/31",
                "versions": [
                    {
                        "start": "2026-03-10",
                        "sequence": 0,
                        "quantity": "3",
                        "price": "33.33",
                        "discount": "0",
                        "days": 22,
                    }
                ],
            }
        ],
        "settled_before": "0",
        "charged_ratio": "1",
        "scheduled": "2026-03-10",
    }
    assert replay(charge.facts) == (money("70.96"), money("70.96"))


def test_facts_survive_storage_as_json():
    story = Story(line())
    story.run(date(2026, 3, 1))
    story.billed[0] = story.billed[0].__class__(
        "charge", story.billed[0].period, money("300.00"), money("150.00")
    )
    story.edit(end=date(2026, 3, 22))
    (credit,) = story.run(date(2026, 3, 22))
    stored = json.loads(json.dumps(credit.facts))
    assert stored["charged_ratio"] == "1/2"
    assert stored["settled_before"] == "300.00"
    assert replay(stored) == (money("-96.77"), money("-48.39"))


def test_facts_tell_the_two_versions_of_an_upgrade():
    story = Story(line(start=date(2026, 4, 1)))
    story.run(date(2026, 4, 1))
    story.edit(versions=(*story.terms.versions, version(date(2026, 4, 16), "450.00")))
    (upgrade,) = story.run(date(2026, 4, 16))
    held = upgrade.facts["parts"][0]["versions"]
    assert [(v["price"], v["days"]) for v in held] == [("300.00", 15), ("450.00", 15)]
    assert replay(upgrade.facts) == (money("75.00"), money("75.00"))


def test_facts_of_a_free_period_replay_charge_and_waiver():
    rule = RecurrenceRule("month", 1, date(2026, 3, 10), 1)
    story = Story(line("1000.00", rule, date(2026, 3, 10), first_period="free"))
    charge, waiver = story.run(date(2026, 3, 10))
    assert replay(charge.facts) == (Decimal(0), Decimal(0))
    assert replay(waiver.facts) == (money("709.68"), Decimal(0))
