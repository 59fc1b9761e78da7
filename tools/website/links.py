"""Check a built site: every link inside it leads somewhere, every picture has a text, nothing comes from elsewhere."""

from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

LOADED = {"img": "src", "script": "src", "iframe": "src", "source": "src", "video": "src", "link": "href"}


class Page(HTMLParser):
    """What a page links to, loads and can be reached at."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loaded, self.anchors, self.pictures_without_text = [], [], {"", "top"}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.anchors |= {values[key] for key in ("id", "name") if values.get(key)}
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if values.get(LOADED.get(tag)):
            self.loaded.append(values[LOADED[tag]])
        if tag == "img" and "alt" not in values:  # an empty one says that the text beside it is enough
            self.pictures_without_text.append((values.get("src") or "")[:60])


def find_broken_links(site):
    """Return a line for each problem of the pages below the folder `site`."""
    pages = {path.resolve(): Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    problems = []
    for path, page in pages.items():
        name = path.relative_to(site.resolve()).as_posix()
        for address in dict.fromkeys([*page.links, *page.loaded]):
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            anchor = unquote(parts.fragment)
            if not target.exists() or (anchor and target in pages and anchor not in pages[target].anchors):
                problems.append(f"{name}: the link {address} leads nowhere")
        foreign = [address for address in page.loaded if urlsplit(address).netloc]
        problems += [f"{name}: it loads {address} from another host" for address in foreign]
        problems += [f"{name}: the picture {start} has no text" for start in page.pictures_without_text]
    return problems
