"""Parse words such as monet.jpg or monet.jpg:2: a picture file and its share."""

from nst.engine.settings import SettingsError


def parse_styles(words):
    """Return {file: share}; the share is 1 where none is given. Raises SettingsError for a repeated file.

    >>> parse_styles(["monet.jpg:2", "wave.jpg"])
    {'monet.jpg': 2.0, 'wave.jpg': 1.0}
    """
    shares = {}
    for word in words:
        file = strip_share(word)
        if file in shares:
            raise SettingsError(f"style: {file} is given twice. Give it once, with a larger share: {file}:2.")
        shares[file] = float(word[len(file) + 1 :] or 1)
    return shares


def strip_share(word):
    """Return the file without its share; a colon without a number after it belongs to the file's name.

    >>> strip_share("monet.jpg:2"), strip_share("C:\\\\monet.jpg")
    ('monet.jpg', 'C:\\\\monet.jpg')
    """
    file, colon, share = word.rpartition(":")
    try:
        return file if colon and file and float(share) >= 0 else word
    except ValueError:
        return word
