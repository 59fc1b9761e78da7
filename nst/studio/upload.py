"""An upload in parts: its size is checked before any of it is sent, and counted while it comes."""

MEGABYTE = 1_000_000
LARGEST = 30 * MEGABYTE  # bytes of an uploaded file
PART = MEGABYTE  # bytes that the page sends at a time: servers close the connection at messages of 10 MB


class UploadError(ValueError):
    """A file that is not taken; the message names it, its size and the largest one."""


class UploadReceiver:
    """Receives one file after the other.

    >>> receiver = UploadReceiver(largest=10)
    >>> receiver.begin("a.jpg", 6)
    >>> receiver.add(b"abc"), receiver.add(b"def")
    (None, ('a.jpg', b'abcdef'))
    """

    def __init__(self, largest=LARGEST):
        self.largest = largest
        self._name, self._size, self._content = None, 0, bytearray()

    @property
    def received(self):
        """The number of bytes that have come."""
        return len(self._content)

    def begin(self, name, size):
        """Expect a file of `size` bytes; an unfinished one is dropped. Raises UploadError for its size."""
        self._reset()
        name = str(name)[:200]
        if not isinstance(size, int) or size < 1:
            raise UploadError(f"{name}: the file is empty. Save or download it again.")
        if size > self.largest:
            raise UploadError(
                f"{name}: the file has {-(-size // MEGABYTE):,} MB, and at most {self.largest // MEGABYTE} MB can be "
                "uploaded. Scale the picture down first, or save it as a JPEG."
            )
        self._name, self._size = name, size

    def add(self, part):
        """Add the next bytes; return (name, bytes) of the file when it is complete, otherwise None."""
        if self._name is None:
            raise UploadError("Something was sent that was not announced. Reload the page, and upload the file again.")
        self._content += part
        if len(self._content) < self._size:
            return None
        name, content, size = self._name, bytes(self._content), self._size
        self._reset()
        if len(content) > size:
            raise UploadError(f"{name}: more bytes came than were announced. Reload the page, and upload it again.")
        return name, content

    def _reset(self):
        self._name, self._size, self._content = None, 0, bytearray()
