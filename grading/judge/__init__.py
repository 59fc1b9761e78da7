"""The verdict: right answers, checks and known mistakes. Nothing here runs beside a student's code in the sandbox."""
