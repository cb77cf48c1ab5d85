"""What holds for the mentions of any document."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from law import law, without

from engine.mention_texts import PLACEHOLDERS, fill, placeholders_of
from engine.mentions import Situation, choose, reasons_against

LAW = law()
DAYS = st.dates(date(2008, 1, 1), date(2030, 12, 31))
CASES = st.builds(
    Situation,
    seller=st.sampled_from(["FR", "RE", "BE", "DE", "CH", ""]),
    kind=st.sampled_from(["professional", "public", "consumer"]),
    zone=st.sampled_from(["domestic", "union", "outside"]),
    operation=st.sampled_from(["goods", "services", "mixed"]),
    document=st.sampled_from(["invoice", "credit_note"]),
    treatments=st.frozensets(
        st.sampled_from(["S", "AE", "K", "G", "O", "E", "F"]), min_size=1
    ),
    regime=st.sampled_from(["collection", "debits", "exempt", "small_business"]),
    discount=st.sampled_from(["none", "flat", "term"]),
    has_capital=st.booleans(),
    in_vat_group=st.booleans(),
    delivered_elsewhere=st.booleans(),
)
KNOWN = {name: f"<{name}>" for name in PLACEHOLDERS}


@given(CASES, DAYS)
def test_what_is_chosen_has_nothing_against_it_and_the_rest_has(situation, on):
    chosen = choose(LAW, situation, on=on)
    for rule in LAW:
        assert (rule in chosen) == (not reasons_against(rule, situation, on=on))


@given(CASES, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_the_data_does_not_matter(situation, on, random):
    shuffled = random.sample(LAW, len(LAW))
    one = choose(LAW, situation, on=on)
    other = choose(shuffled, situation, on=on)
    assert [(r.sequence, r.code) for r in one] == [(r.sequence, r.code) for r in other]


@given(CASES, DAYS)
def test_a_consumer_is_never_told_of_penalties_or_indemnities(situation, on):
    codes = {rule.code for rule in choose(LAW, situation, on=on)}
    if situation.kind == "consumer":
        assert not codes & {"late_penalty", "recovery", "buyer_siren"}


@given(CASES, DAYS)
def test_no_document_says_a_subject_of_late_payment_twice(situation, on):
    codes = [rule.code for rule in choose(LAW, situation, on=on)]
    for code in ("seller", "late_penalty", "recovery", "early_payment", "operation"):
        assert codes.count(code) <= 1


@given(CASES, DAYS)
def test_only_credit_notes_name_the_invoice_they_correct(situation, on):
    codes = {rule.code for rule in choose(LAW, situation, on=on)}
    if situation.document == "invoice":
        assert "credit_note" not in codes
    else:
        assert not codes & {"late_penalty", "recovery", "early_payment"}


@given(CASES, DAYS)
def test_a_line_without_vat_says_why_for_sellers_in_the_union(situation, on):
    chosen = choose(LAW, situation, on=on)
    reasons = {"small_business", "reverse_charge", "exemption"}
    told = {
        treatment for r in chosen if r.code in reasons for treatment in r.treatments
    }
    if situation.seller in ("FR", "RE", "BE", "DE"):
        assert situation.treatments - {"S"} <= told


@given(CASES, DAYS, st.sampled_from(LAW))
def test_dropping_a_condition_never_loses_a_document(situation, on, rule):
    if not reasons_against(rule, situation, on=on):
        for name in ("kinds", "zones", "documents", "treatments", "first", "last"):
            assert not reasons_against(without(rule, name), situation, on=on)


@given(CASES, DAYS, st.sets(st.sampled_from(sorted(PLACEHOLDERS))))
def test_a_mention_is_printed_whole_or_its_missing_facts_are_told(situation, on, lost):
    chosen = choose(LAW, situation, on=on)
    facts = {name: None if name in lost else text for name, text in KNOWN.items()}
    printed, missing = fill(chosen, facts)
    assert all("{" not in one.text for one in printed)
    for rule in chosen:
        # The sum of the law is the mention's own: it cannot be lost.
        absent = (set(placeholders_of(rule.text)) & lost) - {"recovery"}
        told = {one.name for one in missing if one.code == rule.code}
        if absent and rule.required:
            assert absent <= told
