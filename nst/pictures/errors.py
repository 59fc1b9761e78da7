"""The error of a picture that cannot be used."""


class PictureError(ValueError):
    """A picture that cannot be read or written; the message names the file and what to do."""
