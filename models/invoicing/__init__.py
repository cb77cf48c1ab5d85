# The rooms of this stage, in the order of loading: what one extends comes before it.
from . import run
from . import exceptions
from . import ledger
from . import replay
from . import rehearsal
from . import orders
from . import completeness
from . import intake
from . import ir_ui_menu

# The rooms of what is issued: each uses those above it.
from . import mentions
from . import documents
from . import delivery
from . import archive
from . import cutoff
