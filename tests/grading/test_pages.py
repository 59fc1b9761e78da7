"""What students and instructors read in a browser: complete, valid, and unmoved by what students write."""

import re
import tracemalloc
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from foundation import printable
from grading.exercises import CHAPTERS
from grading.judge import KEYS, explanations_of
from grading.reports import class_report, records
from grading.reports.class_statistics import ClassStatistics
from grading.reports.details import Details
from grading.reports.records import page_address
from grading.reports.spreadsheets import apply_overrides, get_overrides
from grading.submissions.roster import Member
from tests.support.example_records import HOSTILE, a_class, record, wrong

VOID = {"meta", "br", "input"}
INLINE = {"a", "abbr", "bdi", "code", "label", "span", "strong"}
TAGS = (
    VOID
    | INLINE
    | {
        "body",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "head",
        "html",
        "li",
        "main",
        "p",
        "pre",
        "script",
        "section",
        "style",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    }
)


class Page(HTMLParser):
    """A page, parsed strictly: known tags that close in order. `text` is what is read, `links` where it leads."""

    def __init__(self, html):
        super().__init__()
        self.open, self.words, self.links, self.ids = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []
        assert html == html.encode("utf-8").decode("utf-8")
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", html)
        assert len(self.ids) == len(set(self.ids))
        self.text = " ".join("".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        attrs = dict(attrs)
        assert not any(name.startswith("on") or name == "src" for name in attrs), attrs
        if tag == "th":
            assert attrs["scope"] in ("row", "col")
        if "href" in attrs:
            self.links.append(unquote(attrs["href"]))
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag in VOID:
            self.words.append(" ")
        else:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.words.append("" if tag in INLINE else " ")

    def handle_data(self, data):
        if self.open[-1:] not in (["style"], ["script"]):
            self.words.append(data)


def student(*arguments, overrides=None, **changed):
    made = record(*arguments, **changed)
    return Page(
        class_report.render_student_page(apply_overrides(made, get_overrides(overrides or {}, made["student"])))
    )


def class_of(*students, overrides=None, groups=(), remarks=(), containment=()):
    statistics = ClassStatistics()
    for each in students:
        statistics.add(apply_overrides(each, get_overrides(overrides or {}, each["student"])))
    return Page(class_report.render_class_page(statistics, list(groups), list(remarks), list(containment)))


def test_a_student_reads_points_and_the_words_of_the_own_cell():
    feedback = "gram_matrix: wrong shape\n  expected (3, 3), got (2, 2)"
    page = student(
        "Ada", gram_matrix={"points": 3.75, "state": "wrong shape", "feedback": feedback}, notes=["cell 3 was left out"]
    )
    assert "Ada 88.75 of 100 points Graded: Ada.ipynb Notes cell 3 was left out" in page.text
    assert "2. gram_matrix wrong shape 3.75 of 15" in page.text
    assert "Wrong shape: 3.75 of 15 points. Section 4.2. " + " ".join(feedback.split()) in page.text
    assert page.links == [f"#{name}" for name in CHAPTERS[1]] == [f"#{identifier}" for identifier in page.ids]


CODE = "def gram_matrix(A):\n    # <b>mine</b>\n    return 'x' + 1.5"


def test_a_student_reads_the_own_code_beside_the_verdict_and_what_to_quote():
    failed = {**wrong("gram_matrix")["gram_matrix"], "code": CODE, "file": "work.ipynb", "case": "A has shape (2, 3)"}
    html = class_report.render_student_page(record("Ada", gram_matrix=failed))
    page = Page(html)
    assert "Section 4.2. From work.ipynb." in page.text
    assert "Your code " + " ".join(CODE.split()) in page.text
    quote = "To ask for a regrade, quote: submission 0123456789ab, exercise gram_matrix, case: A has shape (2, 3)"
    assert page.text.count(quote) == page.text.count("regrade") == 1
    assert '<span class="comment"># &lt;b&gt;mine&lt;/b&gt;</span>' in html


@pytest.mark.parametrize("text", [*HOSTILE, "def f(:\n'", "x = '''", "\\", "    a\n  b"])
def test_any_code_is_shown_as_it_is(text):
    failed = {**wrong("gram_matrix")["gram_matrix"], "code": text}
    page = Page(class_report.render_student_page(record("Ada", gram_matrix=failed)))
    assert " ".join(f"Your code {printable.printable_lines(text)}".split()) in page.text


def test_a_passed_exercise_says_no_more_than_that_unless_there_is_a_word_on_it():
    assert "gram_matrix: passed" not in student("Ada", gram_matrix={"feedback": "gram_matrix: passed"}).text
    assert "passed But" in student("Ada", gram_matrix={"feedback": "gram_matrix: passed\n  But"}).text


def test_a_student_sees_what_the_instructor_set_what_the_grader_gave_and_why():
    word = {"Ada": {"gram_matrix": {"points": 14, "reason": "a slip of the keyboard"}}}
    page = student("Ada", overrides=word, **wrong("gram_matrix", points=3.75))
    assert "99 of 100 points" in page.text
    assert "Set by the instructor: 14 points. The grader gave 3.75. Reason: a slip of the keyboard" in page.text


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("stopped", "Stopped. because"),
        ("unreadable", "Unreadable. because"),
        ("failed", "The grader failed on this submission. This is not your fault. because"),
    ],
)
def test_a_student_reads_why_a_submission_was_not_graded_as_usual(status, sentence):
    page = student("Ada", status, reason="because")
    assert sentence in page.text
    assert ("No points yet" in page.text) == (status == "failed")


def test_a_student_reads_that_it_was_another_notebook_and_each_note_once():
    assert (
        "check that it is a notebook of this course"
        in student("Ada", reason="check that it is a notebook of this course").text
    )
    assert student("Ada", reason="a note", notes=["a note"]).text.count("a note") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(text):
    crashed = {"state": "crashed", "feedback": text}
    hostile = record(text, "stopped", file=text, reason=text, notes=[text], gram_matrix=crashed)
    hostile["exercises"][4]["override"] = {"points": 1, "reason": text}
    shown = " ".join(printable.printable_lines(text).split())
    assert (
        Page(class_report.render_student_page(hostile)).text.count(shown) == 7
    )  # title, name, file, reason, note, feedback, word
    assert class_of(hostile, groups=[([text, text], ["gram_matrix"])], containment=[text]).text.count(shown) == 9


def test_the_class_reads_how_it_went():
    page = class_of(
        record("Ada"),
        record("Emmy", **wrong("gram_matrix", "wrong shape", "transposed")),
        record(
            "Omar",
            **wrong("gram_matrix", "wrong shape", "transposed+no-gradient", 7.5),
            **wrong("train_step", "crashed"),
        ),
        containment=["It stops this.", "It does not stop that."],
    )
    assert "submissions 3 mean of 100 80.8 median 85 full points 1" in page.text
    assert "50 to under 60 1 60 to under 70 0 70 to under 80 0 80 to under 90 1 90 to under 100 0 100 1" in page.text
    assert "2. gram_matrix 7.5 of 15 1 of 3 (33 %) wrong shape 2" in page.text
    assert "3. compute_layer_style_cost 15 of 15 3 of 3 (100 %)" in page.text
    assert "transposed gram_matrix, 4.2 2 This is A^T A, which compares positions with positions." in page.text
    assert "no-gradient gram_matrix, 4.2 1 The value is right" in page.text
    assert "Ada 100 10 15 15 15 10 35 graded Emmy 85 10 0 15 15 10 35 graded" in page.text
    assert "3 with bubblewrap. It stops this. It does not stop that." in page.text
    assert "Similar" not in page.text


def test_the_class_reads_what_needs_a_look():
    page = class_of(
        record("Ada", "stopped", reason="train_step: stopped after 60 s", seconds=61.04),
        record("Emmy", seconds=5),
        record("Omar", "failed", reason="our fault"),
        groups=[(["Ada", "Emmy"], ["gram_matrix", "total_cost"])],
        overrides={"Emmy": {"total_cost": {"points": 3, "reason": "copied"}}},
    )
    assert "Ada stopped train_step: stopped after 60 s Omar failed our fault" in page.text
    assert "before you decide" in page.text
    assert "Ada, Emmy: gram_matrix, total_cost" in page.text
    assert "Emmy total_cost 10 3 copied" in page.text
    assert "Emmy 93 10 15 15 15 3* 35 graded" in page.text
    assert "Omar failed" in page.text  # his cells are empty
    assert "Ada: 61 s Omar: 7.9 s Emmy: 5 s" in page.text
    assert set(page.links) == {page_address(name) for name in ("Ada", "Emmy", "Omar")}


def test_what_was_left_out_of_a_graded_submission_needs_a_look_too():
    page = class_of(record("Ada", reason="cell 3 was left out, because it does not compile."), record("Emmy"))
    assert "Please check" in page.text
    assert "Ada graded cell 3 was left out, because it does not compile." in page.text
    assert "Emmy graded" not in page.text.split("Please check")[1]


def test_untouched_work_needs_a_look():
    blank = {name: {"points": 0, "state": "not attempted"} for name in CHAPTERS[1]}
    page = class_of(record("Ada", **blank), record("Emmy"))
    assert "Ada untouched no exercise was attempted" in page.text
    assert "Emmy graded" not in page.text.split("Please check")[1]


def test_the_page_begins_with_the_students_then_what_needs_a_look_then_mistakes_and_totals():
    page = class_of(record("Ada", "stopped", reason="because"), record("Emmy", **wrong("gram_matrix")))
    order = [
        page.text.index(word) for word in ("Students", "Please check", "Most common mistakes", "Totals", "Slowest")
    ]
    assert order == sorted(order)


def test_what_is_remarked_on_the_class_needs_a_look():
    page = class_of(record("Ada"), remarks=["passed over: a.pdf", "o.csv: nobody called <b>"])
    assert "Please check passed over: a.pdf o.csv: nobody called <b> Most common mistakes" in page.text


def test_only_submissions_that_ran_count_for_the_exercises():
    nothing = {name: {"points": 0, "state": "not graded", "feedback": ""} for name in CHAPTERS[1]}
    page = class_of(record("Ada"), record("Emmy", "unreadable", **nothing), record("Omar", "failed", **nothing))
    assert "1. compute_content_cost 10 of 10 1 of 1 (100 %)" in page.text
    assert "mean of 100 50" in page.text  # unreadable is 0, failed is no total at all
    assert "not graded" not in page.text


def test_a_class_without_submissions_has_a_page_too():
    assert "submissions 0" in class_of().text
    assert "There are no submissions yet." in class_of().text


def test_rare_mistakes_are_folded_away_but_there():
    ids = list(dict.fromkeys(mistake.id for mistake in KEYS["compute_content_cost"].mistakes))
    assert len(ids) > 12
    page = class_of(*(record(id_, **wrong("compute_content_cost", mistake=id_)) for id_ in ids))
    assert f"{len(ids) - 12} more" in page.text
    assert all(f"{id_} compute_content_cost, 4.1 1 " in page.text for id_ in ids)


def test_every_known_mistake_has_words():
    assert all(explanations_of(name, mistake.id) for name, key in KEYS.items() for mistake in key.mistakes)
    assert explanations_of("gram_matrix", "of another version") == []


def test_a_thousand_students_keep_one_small_row_each():
    page = class_of(*a_class(1000))
    assert len(page.links) >= 1000


def test_each_record_is_read_once_and_only_a_small_row_of_it_is_stored(tmp_path, monkeypatch):
    """What a student's row, fingerprints and share of the class page take, in bytes: less than its record."""
    reads, read = [], records.read
    monkeypatch.setattr(records, "read", lambda folder, student: reads.append(student) or read(folder, student))

    def peak(count):
        folder, students = tmp_path / str(count), []
        for each in a_class(count):
            students.append(each["student"])
            records.write(folder, each | {"notes": ["x" * 10_000]})
        tracemalloc.start()
        class_report.write_reports(folder, students, {}, [], [])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert sorted(reads) == sorted(students)
        reads.clear()
        return most

    peak(2)  # compiles the templates
    assert (peak(150) - peak(50)) / 100 < 8_000


def test_all_reports_of_a_folder_are_written_and_are_the_same_again(tmp_path):
    made = a_class(5)
    students = [each["student"] for each in made]
    for each in made:
        records.write(tmp_path, each)
    class_report.write_reports(tmp_path, [*students, "Late"], {}, [], ["contained"])
    first = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.glob("**/*.*")}
    assert set(first) == {
        "grades.csv",
        "class.html",
        *(f"students/{records.file_name(name)}.json" for name in students),
        *(page_address(name) for name in [*students, "Late"]),
    }
    class_report.write_reports(tmp_path, ["Late", *reversed(students)], {}, [], ["contained"])
    assert all((tmp_path / name).read_bytes() == content for name, content in first.items())
    assert set(Page(first["class.html"].decode()).links) == {page_address(name) for name in [*students, "Late"]}
    assert b'"Late","","100","","","","","","","failed","not graded yet' in first["grades.csv"]


def test_overrides_show_in_every_report_and_leave_the_records_alone(tmp_path):
    records.write(tmp_path, record("Ada", **wrong("gram_matrix")))
    word = {"gram_matrix": {"points": 14, "reason": "a slip"}}
    class_report.write_reports(tmp_path, ["Ada"], {"Ada": word}, [], [])
    assert records.read(tmp_path, "Ada") == record("Ada", **wrong("gram_matrix"))
    assert '"Ada","99","100","10","14",' in (tmp_path / "grades.csv").read_text(encoding="utf-8-sig")
    for name in ("class.html", page_address("Ada")):
        assert "a slip" in (tmp_path / name).read_text(encoding="utf-8")
    class_report.write_reports(tmp_path, ["Ada"], {}, [], [])
    assert '"Ada","85","100","10","0",' in (tmp_path / "grades.csv").read_text(encoding="utf-8-sig")


def test_students_with_the_same_code_are_named_on_the_class_page(tmp_path):
    same = dict.fromkeys(CHAPTERS[1], "0123456789abcdef-60")
    for name in ("Ada", "Emmy"):
        records.write(tmp_path, record(name, solutions=same))
    class_report.write_reports(tmp_path, ["Ada", "Emmy"], {}, [], [])
    assert "Similar solutions" in (tmp_path / "class.html").read_text(encoding="utf-8")
    team = {name: Details(Member(name, team="Team 1")) for name in ("Ada", "Emmy")}
    class_report.write_reports(tmp_path, ["Ada", "Emmy"], {}, [], [], team)
    assert "Similar solutions" not in (tmp_path / "class.html").read_text(encoding="utf-8")
