from . import account_move
from . import account_move_payment
from . import account_move_outlook
from . import account_move_mail
from . import account_move_letter
from . import res_partner
from . import sale_order
from . import ir_actions_report
