"""Who may write the archive: its own services, known by a private object."""

_MARK = object()


def archive_writer(records):
    """The same records, allowed to write the archive: for its services alone.

    At all rights: users read the archive and no group may write it, so that whoever
    works through this mark was let in by a service.
    """
    return records.sudo().with_context(billing_archive_writer=_MARK)


def is_archive_writer(env):
    """Whether the archive's own services work here; no client can send that object."""
    return env.context.get("billing_archive_writer") is _MARK
