from .invoicing import test_invoicing_run
from .invoicing import test_invoicing_access
from .invoicing import test_invoicing_credit
from .invoicing import test_invoicing_doors
from .invoicing import test_invoicing_ledger
from .invoicing import test_invoicing_scenario_plans
from .invoicing import test_invoicing_edi
from .subscription import test_subscription_tour
