from . import billing_line_version
from . import billing_pause
from . import sale_order_line
from . import sale_order_line_change
from . import sale_order
from . import sale_order_change
from . import sale_order_template
