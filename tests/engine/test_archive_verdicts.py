from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.archive import GENESIS, KeptFile, extend_chain, record_of
from engine.archive_verdicts import (
    Damage,
    Place,
    Stored,
    runs,
    stretches_around,
    verify_chain,
    verify_files,
    verify_stretch,
)
from engine.canonical import digest


def record(number, total="100.00"):
    return record_of(
        kind="document",
        company={"name": "Sterenn"},
        document={"number": f"INV/{number}", "total": total},
        files=[KeptFile("pdf", f"INV-{number}.pdf", 3, "a" * 64)],
        retained_until=date(2036, 12, 31),
    )


def archive(count):
    """A sound chain of so many documents."""
    records = [record(number) for number in range(1, count + 1)]
    links = extend_chain(
        [digest(one) for one in records], sequence=0, seal=GENESIS, sealed_at="now"
    )
    return [
        Stored(100 + link.sequence, link, one, {"number": one["document"]["number"]})
        for one, link in zip(records, links, strict=True)
    ]


def head(rows):
    return Place(rows[-1].link.sequence, rows[-1].link.seal)


def at(rows):
    """The rows as a query returns them."""
    return sorted(rows, key=lambda row: row.link.sequence)


def numbered(row, sequence):
    return replace(row, link=replace(row.link, sequence=sequence))


def told(damages):
    return [(damage.code, damage.sequence, damage.detail) for damage in damages]


def sealed_anew(row, changed):
    """A changed row whose digest and seal somebody computed again."""
    (link,) = extend_chain(
        [digest(changed)],
        sequence=row.link.sequence - 1,
        seal=row.link.previous,
        sealed_at="later",
    )
    return replace(row, record=changed, link=link)


# === Nothing is wrong === #


@given(st.integers(0, 12), st.data())
def test_intact_chain_has_no_damage_in_any_stretches(count, data):
    rows = archive(count)
    end = head(rows) if rows else Place()
    assert verify_chain(rows, head=end) == []
    cut = data.draw(st.integers(0, count))
    after = head(rows[:cut]) if cut else None
    assert verify_chain(rows[:cut]) == []
    assert verify_chain(rows[cut:], after=after, head=end) == []


# === One thing is wrong === #


def test_changed_record_is_named():
    rows = archive(5)
    rows[2] = replace(rows[2], record=record(3, total="900.00"))
    assert verify_chain(rows, head=head(rows)) == [Damage("changed", 3, 103, "INV/3")]


def test_record_that_lost_its_document_is_named_by_its_number_in_the_chain():
    rows = archive(3)
    rows[1] = replace(rows[1], record={"document": None})
    assert verify_chain(rows, head=head(rows)) == [Damage("changed", 2, 102)]


def test_changed_digest_alone_is_told_from_a_changed_record():
    rows = archive(3)
    rows[1] = replace(rows[1], link=replace(rows[1].link, digest="0" * 64))
    assert told(verify_chain(rows, head=head(rows))) == [("link", 2, "")]


def test_value_of_a_search_that_differs_from_the_record_is_named():
    rows = archive(3)
    rows[1] = replace(rows[1], shown={"number": "INV/9"})
    assert told(verify_chain(rows, head=head(rows))) == [("shown", 2, "number")]


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        ([2], [("missing", 2, "2")]),
        ([2, 3], [("missing", 2, "3")]),
        ([1], [("missing", 1, "1")]),
        ([5], [("missing", 5, "5")]),
        ([2, 4], [("missing", 2, "2"), ("missing", 4, "4")]),
        ([1, 2, 3, 4, 5], [("missing", 1, "5")]),
    ],
)
def test_deleted_rows_leave_a_named_gap(gone, expected):
    rows = archive(5)
    left = [row for row in rows if row.link.sequence not in gone]
    assert told(verify_chain(left, head=head(rows))) == expected


def test_two_rows_that_changed_places_are_both_named():
    rows = archive(6)
    swapped = at(
        [*rows[:2], numbered(rows[2], 5), rows[3], numbered(rows[4], 3), rows[5]]
    )
    assert told(verify_chain(swapped, head=head(rows))) == [
        ("moved", 3, "5"),
        ("moved", 5, "3"),
    ]


def test_row_that_was_sealed_anew_is_named_by_the_one_after_it():
    rows = archive(4)
    rows[1] = sealed_anew(rows[1], record(2, total="1.00"))
    assert verify_chain(rows, head=head(rows)) == [Damage("replaced", 2, 102, "INV/2")]


def test_last_row_that_was_sealed_anew_is_named_by_the_register():
    rows = archive(4)
    end = head(rows)
    rows[3] = sealed_anew(rows[3], record(4, total="1.00"))
    assert told(verify_chain(rows, head=end)) == [("replaced", 4, "")]


def test_row_sealed_anew_before_the_stretch_is_named_by_its_number():
    rows = archive(4)
    after = Place(2, "f" * 64)
    assert verify_chain(rows[2:], after=after) == [Damage("replaced", 2)]


def test_row_with_an_invented_seal_is_forged():
    rows = archive(4)
    rows[1] = replace(rows[1], link=replace(rows[1].link, seal="f" * 64))
    assert told(verify_chain(rows, head=head(rows))) == [("forged", 2, "")]


def test_row_beyond_the_register_was_inserted():
    rows = archive(4)
    assert told(verify_chain(rows, head=head(rows[:3]))) == [("inserted", 4, "")]


def test_number_that_stands_twice_was_inserted():
    rows = archive(4)
    twice = at([*rows, replace(numbered(rows[2], 2), key=999)])
    assert told(verify_chain(twice, head=head(rows))) == [("inserted", 2, "")]


def test_insertion_that_pushes_the_rest_back_names_all_that_moved():
    rows = archive(4)
    pushed = at([rows[0], *(numbered(row, row.link.sequence + 1) for row in rows[1:])])
    fake = replace(numbered(rows[0], 2), key=999)
    damages = verify_chain(at([*pushed, fake]), head=Place(5, rows[3].link.seal))
    assert told(damages) == [
        ("moved", 2, "1"),
        ("moved", 3, "2"),
        ("moved", 4, "3"),
        ("moved", 5, "4"),
    ]


def test_damage_does_not_accuse_the_neighbours():
    rows = archive(6)
    rows[1] = replace(rows[1], record=record(2, total="9.00"))
    rows[4] = replace(rows[4], record=record(5, total="9.00"))
    assert told(verify_chain(rows, head=head(rows))) == [
        ("changed", 2, ""),
        ("changed", 5, ""),
    ]


@given(st.integers(2, 12), st.data())
def test_any_single_damage_is_found_at_its_place(count, data):
    rows = archive(count)
    end = head(rows)
    index = data.draw(st.integers(0, count - 1))
    row = rows[index]
    harm = data.draw(st.sampled_from(["record", "digest", "seal", "previous", "gone"]))
    if harm == "gone":
        rows.pop(index)
    elif harm == "record":
        rows[index] = replace(row, record=record(index + 1, total="7.00"))
    else:
        rows[index] = replace(row, link=replace(row.link, **{harm: "e" * 64}))
    damages = verify_chain(rows, head=end)
    assert [damage.sequence for damage in damages] == [index + 1]


# === Files === #


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ((3, "a" * 64), None),
        ((3, "b" * 64), "file_changed"),
        ((4, "a" * 64), "file_changed"),
        (None, "file_missing"),
    ],
)
def test_file_is_compared_with_the_record(found, code):
    (row,) = archive(1)
    damages = verify_files(row, {("pdf", "INV-1.pdf"): found})
    assert [damage.code for damage in damages] == ([code] if code else [])


def test_file_that_nobody_keeps_any_more_is_missing():
    (row,) = archive(1)
    assert told(verify_files(row, {})) == [("file_missing", 1, "INV-1.pdf")]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], []),
        ([4], [(4, 4)]),
        ([3, 1, 2, 7, 2], [(1, 3), (7, 7)]),
    ],
)
def test_numbers_are_read_run_by_run(numbers, expected):
    assert runs(numbers) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1], [(1, 3)]),
        ([5], [(4, 7)]),
        ([10], [(9, 10)]),
        ([2, 4], [(1, 6)]),
        ([1, 9], [(1, 3), (8, 10)]),
    ],
)
def test_a_record_is_read_with_the_one_before_and_two_after(numbers, expected):
    assert stretches_around(numbers, 10) == expected


def spot_check(rows, number, last=10):
    """What is told of one record of a chain that ended soundly at ``last``."""
    [(first, until)] = stretches_around([number], last)
    read = [row for row in rows if first <= row.link.sequence <= until]
    return verify_stretch(
        read, first=first, until=until, last=last, head=head(archive(last))
    )


@pytest.mark.parametrize("number", range(1, 11))
def test_a_sound_record_has_sound_links_on_both_sides(number):
    assert spot_check(archive(10), number) == []


@pytest.mark.parametrize(
    ("number", "touched", "expected"),
    [
        (5, 5, [("replaced", 5)]),
        (5, 4, [("replaced", 4)]),
        (5, 6, [("replaced", 6)]),
        # The link behind its neighbours is theirs.
        (5, 3, []),
        (5, 7, []),
        (10, 10, [("replaced", 10)]),
        (1, 1, [("replaced", 1)]),
    ],
)
def test_a_link_that_was_sealed_anew_beside_it_is_found(number, touched, expected):
    rows = archive(10)
    rows[touched - 1] = sealed_anew(rows[touched - 1], record(touched, "1.00"))
    found = spot_check(rows, number)
    assert [(damage.code, damage.sequence) for damage in found] == expected


@pytest.mark.parametrize(
    ("number", "gone", "expected"),
    [
        (5, [4], [Damage("missing", 4, detail="4")]),
        (5, [6], [Damage("missing", 6, detail="6")]),
        (5, [6, 7], [Damage("missing", 6, detail="6")]),
        (5, [7], []),
        (5, [3], []),
        (9, [10], [Damage("missing", 10, detail="10")]),
        (5, [4, 5, 6, 7], [Damage("missing", 4, detail="6")]),
    ],
)
def test_a_neighbour_that_is_gone_is_missing(number, gone, expected):
    rows = [row for row in archive(10) if row.link.sequence not in gone]
    assert spot_check(rows, number) == expected


@given(st.integers(1, 10), st.integers(1, 10))
def test_what_is_told_of_a_record_is_what_the_whole_chain_tells(number, touched):
    rows = archive(10)
    rows[touched - 1] = sealed_anew(rows[touched - 1], record(touched, "1.00"))
    whole = verify_chain(rows, head=head(archive(10)))
    [(first, until)] = stretches_around([number], 10)
    end = until if until == 10 else until - 1
    near = [one for one in whole if first <= one.sequence <= end]
    assert spot_check(rows, number) == near
