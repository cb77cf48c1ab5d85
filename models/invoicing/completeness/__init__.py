from . import billing_completeness
from . import billing_completeness_documents
from . import billing_completeness_words
from . import billing_completeness_map
from . import billing_completeness_export
from . import billing_closing
from . import billing_completeness_snapshot
