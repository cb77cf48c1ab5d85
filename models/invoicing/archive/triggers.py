"""The database's own refusal to change what is sealed.

A superuser of the database can take the triggers away; verification notices when they
are not there or switched off.
"""

from odoo.tools import SQL

#: What is sealed of a record. The customer is a link to today's contact, which may be
#: merged with another one; what was verified is no part of what was sealed.
SEALED_COLUMNS = (
    "move_id",
    "parent_id",
    "company_id",
    "kind",
    "state",
    "number",
    "move_type",
    "document_date",
    "customer_name",
    "currency_id",
    "amount_total",
    "retained_until",
    "record",
    "digest",
    "sequence",
    "previous",
    "seal",
    "sealed_at",
)
FILE_COLUMNS = ("archive_id", "kind", "name", "size", "sha256")

TRIGGERS = {
    "billing_archive": (
        "billing_archive_keep_update",
        "billing_archive_keep_delete",
        "billing_archive_keep_truncate",
    ),
    "billing_archive_file": (
        "billing_archive_file_keep_update",
        "billing_archive_file_keep_change",
        "billing_archive_file_keep_truncate",
    ),
}

_FUNCTIONS = """
CREATE OR REPLACE FUNCTION billing_archive_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The archive keeps what is sealed: % of % is refused.',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION billing_archive_file_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    changed record := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
    IF EXISTS (SELECT FROM billing_archive
                WHERE id = changed.archive_id AND sequence IS NOT NULL) THEN
        RAISE EXCEPTION 'The archive keeps what is sealed: % of % is refused.',
            TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


def _differ(columns):
    old, new = (
        SQL(", ").join(
            SQL("%s.%s", SQL(side), SQL.identifier(name)) for name in columns
        )
        for side in ("OLD", "NEW")
    )
    return SQL("(ROW(%s) IS DISTINCT FROM ROW(%s))", old, new)


def _create(cr, name, table, what, function):
    cr.execute(
        SQL(
            "DROP TRIGGER IF EXISTS %(name)s ON %(table)s;"
            " CREATE TRIGGER %(name)s %(what)s EXECUTE FUNCTION %(function)s()",
            name=SQL.identifier(name),
            table=SQL.identifier(table),
            what=what,
            function=SQL(function),
        )
    )


def guard_records(cr):
    """Refuse change, deletion and emptying of sealed records."""
    cr.execute(_FUNCTIONS)
    update, delete, truncate = TRIGGERS["billing_archive"]
    table, function = "billing_archive", "billing_archive_keep"
    changed = SQL(
        "BEFORE UPDATE ON billing_archive FOR EACH ROW"
        " WHEN (OLD.sequence IS NOT NULL AND %s)",
        _differ(SEALED_COLUMNS),
    )
    deleted = SQL(
        "BEFORE DELETE ON billing_archive FOR EACH ROW WHEN (OLD.sequence IS NOT NULL)"
    )
    emptied = SQL("BEFORE TRUNCATE ON billing_archive")
    for name, what in ((update, changed), (delete, deleted), (truncate, emptied)):
        _create(cr, name, table, what, function)


def guard_files(cr):
    """Refuse change, deletion, addition and emptying of files of sealed records."""
    update, change, truncate = TRIGGERS["billing_archive_file"]
    table, function = "billing_archive_file", "billing_archive_file_keep"
    changed = SQL(
        "BEFORE UPDATE ON billing_archive_file FOR EACH ROW WHEN %s",
        _differ(FILE_COLUMNS),
    )
    others = SQL("BEFORE INSERT OR DELETE ON billing_archive_file FOR EACH ROW")
    emptied = SQL("BEFORE TRUNCATE ON billing_archive_file")
    _create(cr, update, table, changed, function)
    _create(cr, change, table, others, function)
    _create(cr, truncate, table, emptied, "billing_archive_keep")


def is_guarded(cr):
    """Whether all triggers are there and switched on."""
    names = [name for names in TRIGGERS.values() for name in names]
    cr.execute(
        "SELECT count(*) FROM pg_trigger WHERE tgname = ANY(%s) AND tgenabled = 'O'",
        [names],
    )
    return cr.fetchone()[0] == len(names)
