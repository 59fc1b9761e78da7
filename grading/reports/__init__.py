"""What grading found, and how it is told: records, grades.csv, pages, Gradescope's results."""
