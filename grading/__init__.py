"""Judge students' functions: one in the cell of a notebook (`grading.grade_function`), or a whole class (`nst-grade`).

The runner calls the student's function and returns plain arrays. The judge compares these with float64 NumPy references
and never sees the function. For a class, `cli` and `batch` call `grade_submission` for each submission:

- submissions: find the student's files, and extract the code to grade;
- sandbox: run it in a process with limits, where `runner` and `exercises` are all that it finds of the grader;
- judge: turn the arrays into outcomes;
- reports: write one record for each submission, and in the end the reports of the class.

TensorFlow is imported only inside of functions: importing a module of `grading` does not import it.
"""
