"""Write a picture's file completely or not at all."""

from contextlib import contextmanager

from foundation.atomic_write import write_atomically
from nst.pictures.errors import PictureError


@contextmanager
def writing_picture(path):
    """Give a temporary path to write a picture to, which replaces `path` if the block succeeds.

    Raises PictureError, which says that no partial file was left, if the block raises an OSError or a ValueError.
    """
    try:
        with write_atomically(path) as partial:
            yield partial
    except PictureError:  # of a picture that is read meanwhile
        raise
    except (OSError, ValueError) as error:  # ValueError: a size that the format does not allow, or NUL in the name
        raise PictureError(
            f"{path}: could not be written ({getattr(error, 'strerror', None) or error}). "
            f"No partial file was left. Choose another folder, or free some disk space."
        ) from None
