from . import billing_archive_export_ask
from . import billing_archive_take_in
