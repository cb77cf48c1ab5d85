from . import guarded
from . import billing_close_reason
from . import billing_plan
from . import billing_plan_words
from . import product_template
from . import res_company
from . import res_config_settings
from . import res_partner
