"""What is inside a picture's file: its kind, values, colors and size become 8-bit RGB (nst.images is the way in)."""
