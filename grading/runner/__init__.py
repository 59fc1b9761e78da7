"""What runs beside a student's code. It is copied whole into the sandbox and holds no right answer."""
