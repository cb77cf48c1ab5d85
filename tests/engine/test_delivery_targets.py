"""Where a document goes when it is sent again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.delivery_targets import Redirection, Standing, Target, redirect

ADA, BOB, CID = 1, 2, 3


def mail(recipient, email):
    return Target("email", recipient, email)


def sent(key, target, **vals):
    return Standing(key, target, **{"asked": True, **vals})


PORTAL = Target("portal", ADA)


@pytest.mark.parametrize(
    ("standing", "targets", "expected"),
    [
        pytest.param(
            [sent(7, mail(ADA, "ada"))],
            [mail(ADA, "ada")],
            ({7: mail(ADA, "ada")}, [], []),
            id="who is still named keeps it",
        ),
        pytest.param(
            [sent(7, mail(ADA, "ada"))],
            [mail(BOB, "ada")],
            ({7: mail(BOB, "ada")}, [], []),
            id="an address that is somebody else's today stays",
        ),
        pytest.param(
            [sent(7, mail(ADA, "ada"))],
            [mail(ADA, "new")],
            ({7: mail(ADA, "new")}, [], []),
            id="a new address takes over",
        ),
        pytest.param(
            [sent(7, mail(ADA, "ada"))],
            [PORTAL],
            ({7: PORTAL}, [], []),
            id="so does another channel",
        ),
        pytest.param(
            [sent(7, mail(ADA, "ada"))],
            [mail(ADA, None)],
            ({7: mail(ADA, None)}, [], []),
            id="an address that was taken away is none",
        ),
        pytest.param(
            [sent(7, mail(ADA, "ada")), sent(8, mail(BOB, "bob"))],
            [mail(CID, "cid"), mail(BOB, "new")],
            ({7: mail(CID, "cid"), 8: mail(BOB, "new")}, [], []),
            id="the same person first, then whoever has none",
        ),
        pytest.param(
            [sent(7, mail(ADA, "ada")), sent(8, mail(BOB, "bob"))],
            [PORTAL],
            ({7: PORTAL}, [8], []),
            id="two have one place between them",
        ),
        pytest.param(
            [sent(7, mail(ADA, "ada")), sent(8, mail(BOB, "bob"), asked=False)],
            [mail(BOB, "bob")],
            ({}, [7], []),
            id="whoever has it already is not sent it instead",
        ),
        pytest.param(
            [sent(7, mail(ADA, "ada"))],
            [mail(BOB, "bob"), mail(CID, "cid")],
            ({7: mail(BOB, "bob")}, [], [mail(CID, "cid")]),
            id="one becomes two",
        ),
        pytest.param(
            [sent(7, mail(ADA, "ada"))],
            [mail(ADA, "ada"), mail(CID, "cid")],
            ({7: mail(ADA, "ada")}, [], []),
            id="who was added since gets none while nobody left",
        ),
        pytest.param(
            [sent(7, mail(ADA, "typed"), choice="address")],
            [mail(ADA, "ada")],
            ({7: mail(ADA, "typed")}, [], []),
            id="an address chosen by hand wins",
        ),
        pytest.param(
            [sent(7, mail(ADA, "typed"), choice="address")],
            [PORTAL],
            ({7: mail(ADA, "typed")}, [], []),
            id="over another channel, too",
        ),
        pytest.param(
            [
                sent(7, mail(ADA, "typed"), choice="address", asked=False),
                sent(8, mail(BOB, "bob")),
            ],
            [mail(ADA, "ada"), mail(CID, "cid")],
            ({8: mail(CID, "cid")}, [], []),
            id="and stands for its recipient",
        ),
        pytest.param(
            [sent(7, mail(CID, "old"), choice="recipient", addresses=("old", "new"))],
            [mail(ADA, "ada")],
            ({7: mail(CID, "old")}, [], []),
            id="a recipient chosen by hand stays",
        ),
        pytest.param(
            [sent(7, mail(CID, "old"), choice="recipient", addresses=("ada", "new"))],
            [mail(ADA, "ada")],
            ({7: mail(CID, "new")}, [], []),
            id="at an address of today that nobody else has",
        ),
        pytest.param(
            [sent(7, mail(CID, "old"), choice="recipient", addresses=("ada",))],
            [mail(ADA, "ada")],
            ({7: mail(CID, "old")}, [], []),
            id="else at the one of then",
        ),
        pytest.param(
            [sent(7, mail(CID, "old"), choice="recipient")],
            [mail(ADA, "ada")],
            ({7: mail(CID, None)}, [], []),
            id="or at none",
        ),
        pytest.param(
            [sent(7, mail(ADA, "old"), choice="recipient")],
            [mail(ADA, "ada")],
            ({7: mail(ADA, "ada")}, [], []),
            id="a chosen recipient whom the settings name follows them",
        ),
    ],
)
def test_deliveries_follow_today_s_settings(standing, targets, expected):
    goes, replaced, added = expected
    assert redirect(standing, targets) == Redirection(
        goes, frozenset(replaced), tuple(added)
    )


PEOPLE = st.sampled_from([None, ADA, BOB, CID])
EMAILS = st.sampled_from(["a", "b", "c", "d", None])
TARGETS = st.builds(
    Target, st.sampled_from(["email", "portal", "post"]), PEOPLE, EMAILS
)
PLANNED = st.lists(TARGETS, max_size=4, unique_by=lambda target: target.place)


@st.composite
def standings(draw):
    return [
        Standing(
            key,
            target,
            draw(st.booleans()),
            draw(st.sampled_from([None, "recipient", "address"])),
            tuple(draw(st.lists(st.sampled_from("abcd"), max_size=3, unique=True))),
        )
        for key, target in enumerate(draw(PLANNED))
    ]


@given(standings(), PLANNED)
def test_no_place_is_taken_twice_and_nobody_is_forgotten(standing, targets):
    result = redirect(standing, targets)
    asked = {one.key for one in standing if one.asked}
    assert set(result.goes) | result.replaced == asked
    assert not set(result.goes) & result.replaced
    kept = [one.target for one in standing if one.key not in result.goes]
    places = [one.place for one in (*kept, *result.goes.values(), *result.added)]
    assert len(places) == len(set(places))


@given(standings(), PLANNED)
def test_what_was_typed_by_hand_stays(standing, targets):
    result = redirect(standing, targets)
    for one in standing:
        if one.asked and one.choice == "address":
            assert result.goes[one.key].place == one.target.place


@given(standings(), PLANNED)
def test_sending_twice_goes_to_the_same(standing, targets):
    first = redirect(standing, targets)
    after = [
        Standing(
            one.key,
            first.goes.get(one.key, one.target),
            one.asked and one.key in first.goes,
            one.choice,
            one.addresses,
        )
        for one in standing
    ]
    after += [
        Standing(100 + number, target, False)
        for number, target in enumerate(first.added)
    ]
    second = redirect(after, targets)
    assert {key: one.place for key, one in second.goes.items()} == {
        key: one.place for key, one in first.goes.items()
    }
    assert not second.replaced
    assert not second.added
