"""Many pictures: a table of jobs, the work of one, and the command that runs them all."""
