"""All that judges a student's work.

The probe runs the student's function and brings back plain arrays; the judge compares those arrays with
float64 NumPy references and never sees the function. The cell of a notebook does both in one process
(`grading.cell`); nothing but the probe and `grading.reference` touches TensorFlow.
"""
