"""The website of the course: Sphinx builds it from the pages of docs/, the executed chapters and the code."""
