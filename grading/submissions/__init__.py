"""Find and read submissions: who submitted what, and the code in it to grade."""
