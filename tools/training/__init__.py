"""What the trainings of the course's networks share: pictures and their crops, and runs that can be interrupted."""
