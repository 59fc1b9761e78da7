"""Run the code of a submission in a process of its own, contained as far as the machine allows."""
