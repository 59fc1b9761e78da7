"""What can be downloaded, and how files are checked."""
