"""What a part of the tests came to, and how it is told."""

import dataclasses

from lib.project import say


@dataclasses.dataclass
class Tally:
    """Passed and failed tests of one part, and what to know of the failures."""

    name: str
    passed: int = 0
    failed: int = 0
    seconds: float = 0
    remarks: list = dataclasses.field(default_factory=list)

    def fail(self, remark):
        """Count one failure and remember why."""
        self.failed += 1
        self.remarks.append(remark)

    def heads(self):
        """Return the failures in a line each, cut where a line would be long."""
        lines = (remark.strip().partition("\n")[0] for remark in self.remarks)
        return [f"{self.name}: {line[:300]}" for line in lines if line]

    def tell(self):
        """Print the failures, then the part's own line."""
        for remark in self.remarks:
            say(remark)
        say(
            f"{self.name}: {self.passed} passed, {self.failed} failed"
            f" ({self.seconds:.0f} s)"
        )
