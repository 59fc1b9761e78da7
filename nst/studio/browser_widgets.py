"""The widgets that need code in the browser: pictures to choose, an upload, regions on a photograph, a slider.

Their JavaScript is in nst/studio/browser/. It decides nothing: what is allowed, and every message, is decided here.
"""

import base64
from pathlib import Path

import anywidget
import traitlets

from nst.images import PictureError
from nst.studio.upload import PART, UploadError, UploadReceiver

BROWSER = Path(__file__).parent / "browser"
LOOK = BROWSER / "studio.css"


class PictureChoice(anywidget.AnyWidget):
    """Thumbnails to click. chosen: the keys of the chosen pictures, in the order of the clicks; at most `most`."""

    _esm = BROWSER / "choice.js"
    _css = LOOK
    label = traitlets.Unicode().tag(sync=True)
    most = traitlets.Int(1).tag(sync=True)
    pictures = traitlets.List().tag(sync=True)
    chosen = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def show_shelf(self, shelf, kind):
        """Show all pictures of a shelf, those of the other kind last; one that cannot be read is left out."""
        pictures = []
        for picture in sorted(shelf.list_pictures(), key=lambda picture: picture.kind not in (None, kind)):
            try:
                thumbnail = encode_source(shelf.make_thumbnail(picture.key))
            except PictureError:
                continue
            pictures.append({"key": picture.key, "title": picture.title, "thumbnail": thumbnail})
        self.pictures = pictures


class PictureUpload(anywidget.AnyWidget):
    """A button to choose a file of the visitor's."""

    _esm = BROWSER / "upload.js"
    _css = LOOK
    label = traitlets.Unicode().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    refused = traitlets.Bool(False).tag(sync=True)

    def __init__(self, label, take):
        """take: a function of a file's name and bytes, which returns a sentence; it raises PictureError."""
        super().__init__(label=label)
        self._take, self._receiver = take, UploadReceiver()
        self.on_msg(self._receive)

    def _receive(self, _, content, buffers):
        try:
            self._proceed(content, buffers)
        except (UploadError, PictureError) as error:
            self._say(str(error), refused=True)

    def _proceed(self, content, buffers):
        receiver = self._receiver
        if content.get("kind") == "begin":
            receiver.begin(content.get("name"), content.get("size"))
            self._say(f"Uploading {content['name']} ...")
        elif complete := receiver.add(b"".join(bytes(buffer) for buffer in buffers)):
            self._say(self._take(*complete))
            return
        self.send({"kind": "next", "start": receiver.received, "stop": receiver.received + PART})

    def _say(self, message, *, refused=False):
        with self.hold_sync():
            self.message, self.refused = message, refused


class RegionDrawing(anywidget.AnyWidget):
    """A photograph to draw on. regions: for each painting its outlines, lists of [x, y]. active: which painting's."""

    _esm = BROWSER / "regions.js"
    _css = LOOK
    photograph = traitlets.Unicode().tag(sync=True)
    regions = traitlets.List().tag(sync=True)
    active = traitlets.Int(0).tag(sync=True)


class StrengthSlider(anywidget.AnyWidget):
    """A slider on a logarithmic scale, from 10 ** low to 10 ** high; its value changes when it is let go."""

    _esm = BROWSER / "strength.js"
    _css = LOOK
    label = traitlets.Unicode().tag(sync=True)
    low = traitlets.Float().tag(sync=True)
    high = traitlets.Float().tag(sync=True)
    value = traitlets.Float(1.0).tag(sync=True)


def encode_source(jpeg):
    """Return the address of a JPEG file that is inside the page."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"
