"""Words such as monet.jpg or monet.jpg:2: a picture file and its share."""

from nst.engine.settings import SettingsError


def shares(words):
    """{file: share} of some words; without a share it is 1. Raises SettingsError for a file that is named twice."""
    found = {}
    for word in words:
        file = file_of(word)
        if file in found:
            raise SettingsError(f"style: {file} is named twice. Give it a larger share instead: {file}:2.")
        found[file] = float(word[len(file) + 1 :] or 1)
    return found


def file_of(word):
    """The word without its share; a colon that no number follows belongs to the file's name."""
    file, colon, share = word.rpartition(":")
    try:
        return file if colon and file and float(share) >= 0 else word
    except ValueError:
        return word
