"""The records of graded submissions, and what is made from them: grades.csv, pages, results for Gradescope."""
