from . import billing_run_item_rehearsal
from . import billing_invoicing_fingerprint
from . import billing_invoicing_moved
from . import billing_invoicing_rehearsal
from . import billing_run_rehearsal
from . import billing_run_rehearsal_words
from . import billing_run_totals
from . import billing_rehearsal_settings
