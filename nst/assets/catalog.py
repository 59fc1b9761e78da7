"""The works that `nst fetch` can download: works of art, photographs and VGG-19, as data.

The project contains none of them. Each entry says where the file comes from, how to verify it, and whose work it is.
"""

import difflib
from dataclasses import dataclass

from nst import paths


@dataclass(frozen=True)
class Work:
    """One downloadable file.

    kind: 'content' or 'style' for pictures, 'weights' for a network. hash: 'algorithm:hexdigest' of the correct file;
    size: its length in bytes. file: its local name. title, license: for a caption.
    """

    name: str
    kind: str
    url: str
    hash: str
    size: int
    file: str
    title: str
    license: str

    @property
    def path(self):
        """The file's place: images/downloaded/ for pictures, pretrained-model/ for weights."""
        folder = paths.PRETRAINED if self.kind == "weights" else paths.IMAGES / "downloaded"
        return folder / self.file

    @property
    def checksum(self):
        """The hash for a reader: 'md5 253f...'."""
        return self.hash.replace(":", " ")


def _picture(name, kind, source, sha256, size, title, license):
    url = f"https://raw.githubusercontent.com/{source}"
    return Work(name, kind, url, f"sha256:{sha256}", size, f"{name}.jpg", title, license)


_FAST = "jcjohnson/fast-neural-style/813c83441953ead2adb3f65f4cc2d5599d735fa7/images/styles"
_NEURAL = "jcjohnson/neural-style/07c4b8299f8fbdafec0c514fc820ff1d7ff62e46/examples/inputs"
_COURSE = "Jks08/Art-Generation/ddfa03852dc6241ad3a21b7e5de631ae134cf798/Images"

VGG19 = Work(
    name="vgg19",
    kind="weights",
    url="https://storage.googleapis.com/tensorflow/keras-applications/vgg19/"
    "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
    # Not SHA-256: Keras publishes only this one (keras/src/applications/vgg19.py). Two files with one MD5 can be made
    # together, but no method is known to make another file that fits the MD5 and the size of this one.
    hash="md5:253f8cb515780f3b799900260a226db6",
    size=80134624,
    file="vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
    title="VGG-19, K. Simonyan and A. Zisserman (VGG, Oxford), 2015; Keras port",
    license="CC BY 4.0",
)

_ALL = (
    _picture(
        "louvre_photo",
        "content",
        f"{_COURSE}/louvre.jpg",
        "bd664152e800a9791d7edfb1741ff2c9b4bef3e0213a0e16fb13c4e47853206e",
        168901,
        "The Louvre pyramid, photograph of the original course",
        "not known; never shipped",
    ),
    _picture(
        "tubingen_photo",
        "content",
        f"{_NEURAL}/tubingen.jpg",
        "e67d1869f01fd805385c681a80d9ebcf0f70ea4a5fe6127f0606bb1c7f4bf506",
        406531,
        "Tuebingen, Neckarfront, photograph used by Gatys et al.",
        "see the source repository",
    ),
    _picture(
        "hokusai_great_wave",
        "style",
        f"{_FAST}/wave.jpg",
        "14bcf58a39b7095168f27756d76d0c615bb8954acc5eae9e62c66a9684c2ee2b",
        148634,
        "Katsushika Hokusai, The Great Wave off Kanagawa, c. 1831",
        "public domain",
    ),
    _picture(
        "monet_poppy_field",
        "style",
        f"{_COURSE}/monet_800600.jpg",
        "0c40953757e224031113d8c5dd4312fffd269ae24390aec0562693a1bef8dfa2",
        172643,
        "Claude Monet, Poppy Field near Argenteuil, 1873",
        "public domain",
    ),
    _picture(
        "munch_the_scream",
        "style",
        f"{_FAST}/the_scream.jpg",
        "f3075cddeb974a9ee1d6418f7f33fd05185a7ac7dcb4288bd2805d499a9dcaee",
        216723,
        "Edvard Munch, The Scream, 1893",
        "public domain",
    ),
    _picture(
        "turner_shipwreck",
        "style",
        f"{_NEURAL}/shipwreck.jpg",
        "4f7cf34e3cd4a5daaf3f421f059ca9a01aaa2a3afd7243d6670c9c8bc001a213",
        144730,
        "J. M. W. Turner, The Shipwreck of the Minotaur, c. 1810",
        "public domain",
    ),
    _picture(
        "van_gogh_starry_night",
        "style",
        f"{_FAST}/starry_night.jpg",
        "0592ab0f7b51b3ce72608a95e53880bd93971e5b48f93a0ce8dfd3cbccf3d098",
        315236,
        "Vincent van Gogh, The Starry Night, 1889",
        "public domain",
    ),
    VGG19,
)

WORKS = {work.name: work for work in _ALL}


class UnknownNameError(ValueError):
    """A name that is not in the catalog; the message lists the nearest names."""


def find_work(name):
    """Return the Work of that name. Raises UnknownNameError if there is none.

    >>> find_work("vgg19").size
    80134624
    """
    if name in WORKS:
        return WORKS[name]
    near = difflib.get_close_matches(name, WORKS, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known names: {', '.join(WORKS)}."
    raise UnknownNameError(f"There is no work named {name!r}. {hint}")
