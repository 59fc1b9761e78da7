"""What a visitor has chosen: pictures, settings and regions; as the engine's settings, and as a part of a record."""

from dataclasses import asdict, dataclass, fields

from nst.engine.settings import Settings, require
from nst.studio.regions import check_regions

RECORD_KEY = "studio"  # of a request in the record of a run
MOST_STYLES = 3


@dataclass(frozen=True)
class PaintingRequest:
    """A painting to make. Raises SettingsError for a value out of range.

    content: the key of the photograph on the shelf (nst.studio.shelf). styles: the keys of one to three paintings.
    regions: for each painting its outlines, or (), see nst.studio.regions. All others: see `nst.stylize`.

    >>> PaintingRequest("images/louvre.jpg", ["images/monet.jpg"], size=256).settings.size
    256
    """

    content: str
    styles: tuple
    size: int = 512
    budget: float | None = None
    style_weight: float = 40.0
    content_weight: float = 1.0
    preserve_color: str | None = None
    init: str = "content"
    seed: int = 0
    regions: tuple = ()

    def __post_init__(self):
        require(isinstance(self.content, str) and self.content, "content", repr(self.content), "a photograph")
        valid = isinstance(self.styles, (list, tuple)) and all(isinstance(style, str) for style in self.styles)
        require(valid and self.styles, "styles", repr(self.styles), "at least one painting")
        count = len(self.styles)
        require(count <= MOST_STYLES, "styles", f"{count} paintings", f"at most {MOST_STYLES}")
        require(len(set(self.styles)) == count, "styles", "the same painting twice", "different paintings")
        object.__setattr__(self, "styles", tuple(self.styles))
        object.__setattr__(self, "regions", check_regions(self.regions, count))
        self.settings  # noqa: B018 (it checks all other values)

    @property
    def settings(self):
        """The Settings of the engine."""
        names = {field.name for field in fields(Settings)}
        return Settings(**{name: value for name, value in vars(self).items() if name in names})

    def to_record(self):
        """The request as a dict for JSON."""
        return asdict(self)


def read_request(record, shelf):
    """Return the PaintingRequest of a past run's record; None if it does not say enough.

    A run of the command nst names its files without their folders: they are looked for on the shelf. Raises
    SettingsError for a record that no run has written, and PictureError for a picture that is no longer there.
    """
    if isinstance(record.get(RECORD_KEY), dict):
        stored = record[RECORD_KEY]
    else:
        stored = _read_command(record, shelf)
    if stored is None:
        return None
    names = {field.name for field in fields(PaintingRequest)}
    require({"content", "styles"} <= stored.keys() <= names, RECORD_KEY, sorted(stored), "the settings of a run")
    request = PaintingRequest(**stored)
    for key in (request.content, *request.styles):
        shelf.find(key)
    return request


def _read_command(record, shelf):
    settings = record.get("settings")
    files = settings.get("files") if isinstance(settings, dict) else None
    if not isinstance(files, dict) or not isinstance(files.get("style"), list) or "content_masks" in files:
        return None
    keys = {picture.path.name: picture.key for picture in shelf.list_pictures()}
    names = [files.get("content"), *files["style"]]
    if not all(isinstance(name, str) and name in keys for name in names) or len(names) > 1 + MOST_STYLES:
        return None
    shared = {field.name for field in fields(PaintingRequest)} & settings.keys()
    content, *styles = (keys[name] for name in names)
    return {"content": content, "styles": styles, **{name: settings[name] for name in shared}}
