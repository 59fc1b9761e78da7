"""What a learning system knows about a student and a submission, besides the submission itself."""

from dataclasses import dataclass

from grading.deadline import Lateness
from grading.submissions.roster import Member


@dataclass(frozen=True, slots=True)
class Details:
    """member: the student on the list of the class. lateness: None for a submission in time. earlier: the number of
    earlier attempts. submitted_by: the id of the submission that counts: None for the student's own, and "" if nothing
    was handed in."""

    member: Member | None = None
    lateness: Lateness | None = None
    earlier: int = 0
    submitted_by: str | None = None


NO_DETAILS = Details()
