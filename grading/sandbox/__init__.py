"""The process in which a submission runs, and what keeps it in."""
