from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.archive import (
    GENESIS,
    KeptFile,
    extend_chain,
    financial_year_end,
    record_of,
    retention_end,
    seal_of,
)
from engine.canonical import digest

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
ENDS = st.sampled_from([(12, 31), (3, 31), (6, 30), (9, 30), (2, 28), (2, 29), (8, 15)])


# === Retention === #


@pytest.mark.parametrize(
    ("day", "last_month", "last_day", "expected"),
    [
        ("2026-12-31", 12, 31, "2036-12-31"),
        ("2026-01-01", 12, 31, "2036-12-31"),
        ("2026-06-30", 6, 30, "2036-06-30"),
        ("2026-07-01", 6, 30, "2037-06-30"),
        ("2026-04-30", 4, 31, "2036-04-30"),
        ("2028-02-29", 2, 28, "2038-02-28"),
        ("2028-03-01", 2, 28, "2039-02-28"),
        ("2026-02-28", 2, 29, "2036-02-29"),
        ("2026-02-28", 2, 28, "2036-02-29"),
    ],
)
def test_documents_are_kept_ten_years_from_the_end_of_their_financial_year(
    day, last_month, last_day, expected
):
    end = retention_end(
        date.fromisoformat(day), last_month=last_month, last_day=last_day
    )
    assert end == date.fromisoformat(expected)


@given(DAYS, ENDS)
def test_day_lies_in_the_financial_year_that_ends_next(day, ends):
    last_month, last_day = ends
    end = financial_year_end(day, last_month=last_month, last_day=last_day)
    assert day <= end <= day + timedelta(days=366)
    assert end.month == last_month


@given(DAYS, ENDS)
def test_retention_is_never_shorter_than_ten_years(day, ends):
    last_month, last_day = ends
    end = retention_end(day, last_month=last_month, last_day=last_day)
    assert end >= day.replace(year=day.year + 10, day=min(day.day, 28))


# === Records and links === #


def test_order_of_files_does_not_change_the_record():
    files = [
        KeptFile("xml", "factur-x.xml", 2, "b" * 64),
        KeptFile("pdf", "INV.pdf", 1, "a" * 64),
    ]
    one, two = (
        record_of(
            kind="document",
            company={"name": "Sterenn"},
            document={"number": "INV/1"},
            files=order,
            retained_until=date(2036, 12, 31),
        )
        for order in (files, files[::-1])
    )
    assert digest(one) == digest(two)
    assert [file["kind"] for file in one["files"]] == ["pdf", "xml"]


def test_seal_of_a_known_link_stays_what_it_is():
    # Archives that exist are verified with it: it may never change.
    assert (
        seal_of(
            sequence=1,
            previous=GENESIS,
            digest="ab" * 32,
            sealed_at="2026-11-24T02:10:00Z",
        )
        == "24e6be7310bc1d0d067a170bf9b75f3bd8f4c6f80639e66bca4afcd508c7a3e9"
    )


@given(st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=20))
def test_chain_is_the_same_in_one_batch_or_many(digests):
    whole = extend_chain(digests, sequence=0, seal=GENESIS, sealed_at="now")
    apart, sequence, seal = [], 0, GENESIS
    for one in digests:
        apart += extend_chain([one], sequence=sequence, seal=seal, sealed_at="now")
        sequence, seal = apart[-1].sequence, apart[-1].seal
    assert whole == apart
    assert [link.sequence for link in whole] == list(range(1, len(digests) + 1))
    assert [link.previous for link in whole] == [
        GENESIS,
        *(link.seal for link in whole),
    ][: len(whole)]
