"""All that judges a student's work.

The probe runs the student's function and brings back plain arrays; the judge compares those arrays with
float64 NumPy references and never sees the function. The cell of a notebook does both in one process
(`grading.grade_function`). TensorFlow is touched by the probe and what it imports, by
`grading.judge.reference` and in the process of a submission, and everywhere inside of functions: to import any module
of ours does not import it.
"""
