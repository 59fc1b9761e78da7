"""What keyboards and screen readers need is added to the pages."""

from tools.website.accessibility import complete_body, complete_navigation


def test_code_and_tables_can_be_scrolled_by_keys():
    assert complete_body("<pre>a</pre>") == '<pre tabindex="0">a</pre>'
    assert complete_body('<div class="table-wrapper docutils">') == '<div tabindex="0" class="table-wrapper docutils">'


def test_the_arguments_of_a_signature_are_no_list_of_descriptions_without_terms():
    argument = '<em class="sig-param"><span class="n">size</span></em>,'
    assert complete_body(f"<dl>\n<dd>{argument}</dd>\n</dl>") == (
        f'<div class="arguments">\n<div>{argument}</div>\n</div>'
    )


def test_a_list_with_terms_stays():
    text = "<dl>\n<dt>size</dt>\n<dd>in pixels</dd>\n</dl>"
    assert complete_body(text) == text


def test_headings_of_the_navigation_have_a_level():
    assert complete_navigation('<p role="heading">') == '<p role="heading" aria-level="2">'
