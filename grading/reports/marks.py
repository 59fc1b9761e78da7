"""The points that count: the instructor's where there are any, else the grader's; and how they are written."""


def points(exercise, status):
    """The points of one exercise of a record, or None where grading failed and nobody has set them."""
    if "override" in exercise:
        return exercise["override"]["points"]
    return None if status == "failed" else exercise["points"]


def total(record):
    """The sum over all exercises, or None where one has no points."""
    each = [points(exercise, record["status"]) for exercise in record["exercises"]]
    return None if None in each else sum(each)


def maximum(record):
    return sum(exercise["max"] for exercise in record["exercises"])


def number(value):
    """7.5, 15, and nothing for None: at most two places, none that are 0."""
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
