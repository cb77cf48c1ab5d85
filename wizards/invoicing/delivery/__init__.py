from . import billing_delivery_readdress
