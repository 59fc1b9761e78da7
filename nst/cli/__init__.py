"""The commands: all that parses arguments and prints."""
