"""Who is fast and wrong is not measured: what a contender must have left behind.

python check.py DATABASE INVOICES     all that there are
"""

import sys

import catalog

from lib import odoo_process


def count_moves(registry):
    """How many invoices there are."""
    with registry.cursor() as cr:
        cr.execute("SELECT count(*) FROM account_move")
        return cr.fetchone()[0]


def check(registry, before, count):
    """Look at the invoices that were made.

    :param int before: how many there were.
    :raises AssertionError: when invoices are missing, not posted, not of the right
        amount, not balanced, or when their numbers have a hole.
    """
    with registry.cursor() as cr:
        cr.execute("SELECT id FROM account_move ORDER BY id OFFSET %s", (before,))
        new = [move for (move,) in cr.fetchall()]
        assert len(new) == count, f"{len(new)} invoices instead of {count}"
        check_amounts(cr, new)
        cr.execute(
            "SELECT sequence_prefix, max(sequence_number) - min(sequence_number) + 1,"
            "       count(DISTINCT name), count(*)"
            "  FROM account_move WHERE state = 'posted' GROUP BY sequence_prefix"
        )
        for prefix, span, names, moves in cr.fetchall():
            assert span == names == moves, f"{prefix}: {moves} numbers over {span}"


def check_amounts(cr, moves):
    """All posted, all of the right total, all balanced."""
    cr.execute(
        "SELECT DISTINCT state, amount_total FROM account_move WHERE id = ANY(%s)",
        (moves,),
    )
    found = cr.fetchall()
    assert found in ([("posted", catalog.TOTAL)], []), found
    cr.execute(
        "SELECT coalesce(sum(balance), 0), count(*) FROM account_move_line"
        " WHERE move_id = ANY(%s)",
        (moves,),
    )
    # The services, their tax, what the customer owes.
    assert cr.fetchone() == (0, len(moves) * (len(catalog.LINES) + 2))


if __name__ == "__main__":
    check(odoo_process.open_registry(sys.argv[1]), 0, int(sys.argv[2]))
