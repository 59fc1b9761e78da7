"""What nst and grading both need."""
