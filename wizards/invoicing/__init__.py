from . import account_move_reversal
from . import billing_line_drop
from . import billing_run_launch
from . import sale_advance_payment_inv
