"""What students hand in: who, which file, and the code in it that matters."""
