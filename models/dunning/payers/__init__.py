from . import billing_payer
from . import billing_payers
from . import res_partner
