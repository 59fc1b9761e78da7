"""Build the website into build/site, a folder that any static host serves.

    python -m tools.build_site

Sphinx reads a folder that tools/website/sources.py puts together. A warning of Sphinx is an error, and so is a link
inside the site that leads nowhere. The pages ask no other host for anything. While the site is built, npm downloads
ONNX Runtime for the page 'Try it' (tools/website/try_it.py), once; without npm or a network, the page says that it
cannot paint.
"""

import argparse
import shutil
import sys
import time

from nst.paths import ROOT

SETTINGS = ROOT / "tools" / "website"
NOT_INSTALLED = "The packages for the website are not installed. Run: python -m pip install -e .[onnx,site]"


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Build the website into build/site.")
    parser.parse_args(arguments)
    started = time.monotonic()
    if problems := build(ROOT, ROOT / "build"):
        sys.exit("\n".join(["build_site:", *problems]))
    print(f"Built in {time.monotonic() - started:.0f} s. Open {ROOT / 'build' / 'site' / 'index.html'}")


def build(root, folder):
    """Build the site of the repository at `root` into `folder`/site; return a list of problems."""
    try:
        from sphinx.cmd.build import build_main
    except ImportError:
        return [NOT_INSTALLED]
    from tools.website.links import find_broken_links
    from tools.website.pictures import prepare_pictures
    from tools.website.sources import collect_sources
    from tools.website.try_it import add_try_it

    sources, site = folder / "site-sources", folder / "site"
    for old in (sources, site):
        shutil.rmtree(old, ignore_errors=True)
    collect_sources(root, sources)
    words = ["-W", "--keep-going", "-q", "-b", "html", "-c", str(SETTINGS)]
    if build_main([*words, "-d", str(folder / "site-doctrees"), str(sources), str(site)]):
        return ["Sphinx reports problems: see above."]
    prepare_pictures(site)
    if problems := add_try_it(site, folder / "site-packages"):
        return problems
    (site / ".nojekyll").touch()  # GitHub Pages would leave out folders such as _static
    return find_broken_links(site)


if __name__ == "__main__":
    main()
