from . import billing_ageing
