"""What the chapters show in a cell: a picture that grows, a film, two pictures to compare."""

from nst.notebook.comparison import compare
from nst.notebook.film import show_film
from nst.notebook.live import Live, follow

__all__ = ["Live", "compare", "follow", "show_film"]
