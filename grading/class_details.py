"""Put together what is known about each student of a class: the list of the class, the submission, and the deadline."""

from argparse import Namespace
from dataclasses import replace
from datetime import timedelta

from grading.deadline import Deadline, Lateness
from grading.reports.details import Details
from grading.submissions.find import Submission
from grading.submissions.roster import enroll, read_roster


def collect_details(submissions: list[Submission], options: Namespace) -> tuple[dict[str, Details], list[str]]:
    """{student: details} of all who submitted and all on the list of the class, and remarks on what does not fit.

    options: roster, due, late_penalty and grace, from the command line. Raises RosterError.
    """
    by_student = {submission.student: submission for submission in submissions}
    roster = read_roster(options.roster) if options.roster else None
    enrollments, remarks = enroll(roster, by_student)
    deadline = _make_deadline(options)
    details = {}
    for one in enrollments:
        submission = by_student.get(one.submitted_by)
        details[one.student] = Details(
            one.member,
            _measure(submission, one.member, deadline) if submission else None,
            submission.earlier if submission else 0,
            None if one.submitted_by == one.student else one.submitted_by,
        )
    if again := [f"{student} ({known.earlier})" for student, known in details.items() if known.earlier]:
        remarks.append(f"earlier attempts that are not graded: {', '.join(again)}")
    return details, remarks


def _make_deadline(options):
    if not options.due:
        return None
    deadline = Deadline(options.due, options.grace or timedelta(0))
    if not options.late_penalty:
        return deadline
    penalty, unit = options.late_penalty
    return replace(deadline, penalty=penalty, unit=unit)


def _measure(submission, member, deadline):
    if deadline is None:
        return Lateness(None) if submission.late else None
    handed_in = member.handed_in if member else None
    return deadline.measure(handed_in or submission.find_time(), submission.late)
