from . import ir_actions_report
from . import billing_rendering_send
from . import billing_rendering
