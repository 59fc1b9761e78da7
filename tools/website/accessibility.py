"""What keyboards and screen readers need and Sphinx leaves out."""

import re

ARGUMENTS = re.compile(r'<dl>\n((?:<dd><em class="sig-param">.*</dd>\n)+)</dl>')


def complete_body(body):
    """Return the HTML of a page on which blocks wider than a phone scroll by keys, and no list is without terms."""
    body = body.replace("<pre>", '<pre tabindex="0">')
    body = body.replace('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper')
    return ARGUMENTS.sub(_without_list, body)


def complete_navigation(navigation):
    """Return the HTML of the list at the left with a level for each of its headings."""
    return navigation.replace('role="heading"', 'role="heading" aria-level="2"')


def _without_list(match):
    """The arguments of a signature, which Sphinx writes as a list of descriptions without the things described."""
    lines = match[1].replace("<dd>", "<div>").replace("</dd>", "</div>")
    return f'<div class="arguments">\n{lines}</div>'
