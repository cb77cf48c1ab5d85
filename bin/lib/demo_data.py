"""Lets the module load its demo data where the other modules have none of theirs."""

from lib import project


def mark_demo(database, flag):
    """Say that the dependencies have their demo data, or not.

    Odoo loads a module's demo data only where all that it depends on has its own. We
    want ours and not theirs, so the mark is set while ours is being installed. (The
    option --with-demo says nothing to a database that exists already.)

    :param flag: ``TRUE`` or ``FALSE``.
    """
    project.call(
        *("psql", "-qc"),
        f"UPDATE ir_module_module SET demo = {flag}"
        f" WHERE state = 'installed' AND name <> '{project.MODULE}'",
        database,
    )
