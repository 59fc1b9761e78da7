"""The pairs of content and style pictures that several benchmarks paint."""

from nst import images

PAIRS = 6


class PairsError(ValueError):
    """A folder of pictures that cannot be used; the message says what was expected."""


def choose_pairs(folder, count=PAIRS):
    """Pairs of files of a folder with content/ and style/: the first styles by name, with the contents in turn.

    Returns a list of `count` tuples (content path, style path), or fewer where there are fewer styles.
    Raises PairsError where either folder holds no picture.
    """
    contents, styles = (
        sorted(path for path in (folder / kind).glob("*") if path.suffix.lower() in images.SUFFIXES)
        for kind in ("content", "style")
    )
    if not contents or not styles:
        raise PairsError(
            f"{folder}: expected pictures in its folders content/ and style/, found {len(contents)} and {len(styles)}."
        )
    return [(contents[i % len(contents)], style) for i, style in enumerate(styles[:count])]


def load_pair(content_path, style_path, size):
    """Two pictures (1, H, W, 3) in [0, 1]: the content, its longest side `size` pixels; the style, cropped to it."""
    content_image = images.load(content_path, size)
    return content_image, images.cover(images.load(style_path), *content_image.shape[1:3])


def name_pair(content_path, style_path):
    """How results name a pair, such as 'louvre, monet'."""
    return f"{content_path.stem}, {style_path.stem}"
