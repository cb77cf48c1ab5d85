"""Stands between Odoo and PostgreSQL: sees each statement, also those that pass Odoo's
own cursor by (`execute_values` and its pages).
"""

import psycopg2.extensions


class Tap:
    """What is called on the way of a statement; each step may be overridden."""

    def before_statement(self, connection, statement, values):
        """A statement is about to be sent.

        :param statement: text or bytes.
        :param values: what it is to be filled with, or None.
        """

    def after_statement(self, connection):
        """It was carried out."""

    def before_commit(self, connection):
        """COMMIT is about to be sent."""

    def after_commit(self, connection):
        """The transaction is on disk."""


def install(tap):
    """Let a tap see the connections of this process, those that are open included."""
    from odoo.sql_db import PsycoConnection

    base = psycopg2.extensions.connection

    class Cursor(psycopg2.extensions.cursor):
        def execute(self, query, vars=None):
            tap.before_statement(self.connection, query, vars)
            super().execute(query, vars)
            tap.after_statement(self.connection)

    def cursor(self, *args, **options):
        return base.cursor(self, *args, **{"cursor_factory": Cursor, **options})

    def commit(self):
        tap.before_commit(self)
        base.commit(self)
        tap.after_commit(self)

    PsycoConnection.cursor = cursor
    PsycoConnection.commit = commit


def send_plainly(connection, statement):
    """Send a statement on a connection of Odoo's without the tap.

    :raises psycopg2.Error: as the server says.
    """
    with psycopg2.extensions.connection.cursor(connection) as cursor:
        cursor.execute(statement)
