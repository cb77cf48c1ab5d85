"""What may happen to a process that goes on living: a lost connection, a full disk."""

from lib import wire

#: PostgreSQL's own error, raised by the server: the transaction is lost for real.
DISK_FULL = """
DO $$ BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device'
          USING ERRCODE = '53100';
END $$
"""


class LostConnection(wire.Tap):
    """The server ends the connection in the middle of the work, once."""

    def __init__(self, event):
        self.event = event
        self.count = -1

    def before_statement(self, connection, statement, values):
        # EXTENDS Tap
        self.count += 1
        if self.count == self.event:
            wire.send_plainly(
                connection, "SELECT pg_terminate_backend(pg_backend_pid())"
            )


class DiskFull(wire.Tap):
    """Whatever writes is refused: once, or from an event on."""

    def __init__(self, event, at_commit=False, lasting=False):
        self.event = event
        self.at_commit = at_commit
        self.lasting = lasting
        self.count = -1
        self.raised = False

    def before_statement(self, connection, statement, values):
        # EXTENDS Tap
        self.count += 1
        text = str(statement).lstrip()
        if not self.at_commit and text.startswith(("INSERT", "UPDATE")):
            self.refuse(connection)

    def before_commit(self, connection):
        # EXTENDS Tap
        self.count += 1
        if self.at_commit:
            self.refuse(connection)

    def refuse(self, connection):
        """Let the server raise, if it is time."""
        if self.count >= self.event and (self.lasting or not self.raised):
            self.raised = True
            wire.send_plainly(connection, DISK_FULL)
