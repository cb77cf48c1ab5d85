from hypothesis import given
from hypothesis import strategies as st

from engine.canonical import digest
from engine.fingerprint import ABSENT, moved

LEAVES = st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=5)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)
FACTS = st.dictionaries(st.text(max_size=4), TREES, max_size=4)


def paths(tree, path=()):
    """Every leaf of a tree, with the way to it."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from paths(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from paths(value, (*path, index))
    else:
        yield path


def replaced(tree, path, leaf):
    """A copy of the tree with another leaf at the end of the path."""
    if not path:
        return leaf
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[path[0]] = replaced(tree[path[0]], path[1:], leaf)
    return copy


def turned(tree):
    """A copy of the tree whose keys were written in the opposite order."""
    if isinstance(tree, dict):
        return {key: turned(tree[key]) for key in reversed(tree)}
    if isinstance(tree, list):
        return [turned(value) for value in tree]
    return tree


@given(FACTS)
def test_order_of_keys_does_not_matter(facts):
    assert digest(turned(facts)) == digest(facts)
    assert moved(facts, turned(facts)) == []


@given(st.data())
def test_any_change_of_a_leaf_is_found_and_named(data):
    facts = data.draw(FACTS.filter(lambda tree: any(paths(tree))))
    path = data.draw(st.sampled_from(list(paths(facts))))
    old = facts
    for step in path:
        old = old[step]
    new = data.draw(LEAVES.filter(lambda v: (type(v), v) != (type(old), old)))
    changed = replaced(facts, path, new)
    assert moved(facts, changed) == [(path, old, new)]
    assert digest(facts) != digest(changed)


@given(FACTS, FACTS)
def test_nothing_moved_exactly_when_the_fingerprints_agree(approved, now):
    assert (moved(approved, now) == []) == (digest(approved) == digest(now))


@given(FACTS)
def test_what_is_on_one_side_only_is_told_once(facts):
    wider = {**facts, "added": {"deep": [1, 2]}}
    assert moved(facts, wider) == [(("added",), ABSENT, {"deep": [1, 2]})]
    assert moved(wider, facts) == [(("added",), {"deep": [1, 2]}, ABSENT)]


def test_longer_list_tells_what_was_added_and_taken_away():
    assert moved({"a": ["x"]}, {"a": ["x", "y"]}) == [(("a", 1), ABSENT, "y")]
    assert moved({"a": ["x", "y"]}, {"a": ["x"]}) == [(("a", 1), "y", ABSENT)]


def test_nothing_and_no_value_are_told_apart():
    assert moved({"a": None}, {}) == [(("a",), None, ABSENT)]
    assert moved({"a": 1}, {"a": True}) == [(("a",), 1, True)]
