from . import billing_entry
from . import billing_entry_explain
from . import billing_invoicing_ledger
from . import billing_invoicing_doors
from . import account_move
from . import account_move_recurring
from . import account_move_line
from . import payment_transaction
