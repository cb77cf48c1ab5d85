from . import account_move_reversal
from . import billing_statement
