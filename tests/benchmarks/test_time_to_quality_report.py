"""The report of time to quality: seconds to a method's style, the table, and the plot."""

import pytest

from benchmarks.time_to_quality_report import as_markdown, compare_seconds, plot, seconds_to_reach, summarize
from nst import images


def run(*rows, ended="its steps"):
    """A run whose scored pictures are (seconds, style gain, content error) each."""
    return {
        "ended": ended,
        **{key: [row[column] for row in rows] for column, key in enumerate(("seconds", "style_gain", "content_error"))},
    }


METHOD = run((10, 0.3, 0.2), (50, 0.65, 0.5), (100, 0.7, 0.6), ended="300 s")
FAST = run((1, 0.5, 0.4), (2, 0.66, 0.45), (4, 0.71, 0.58))
WITHOUT_CONTENT = run((1, 0.9, 0.9))
AWAY_FROM_STYLE = run((1, 0.0, 0.0), (2, -0.4, 0.9))
NO_PICTURE = run(ended="a picture that is no longer finite")


def test_style_counts_only_at_a_content_error_no_larger():
    assert seconds_to_reach(FAST, 0.65, 0.5) == 2
    assert seconds_to_reach(WITHOUT_CONTENT, 0.65, 0.5) is None


def test_both_are_timed_to_the_methods_style():
    pairs = {
        "pair": {"ours": FAST, "method": METHOD},
        "other": {"ours": WITHOUT_CONTENT, "method": METHOD},
        "third": {"ours": FAST},
    }
    assert compare_seconds(pairs, "method", "ours", 1.0) == {"pair": (100, 4), "other": (100, None)}
    assert compare_seconds(pairs, "method", "ours", 0.9) == {"pair": (50, 2), "other": (50, None)}


def test_a_method_is_compared_with_the_smallest_content_weight_that_ends_as_near_to_the_photograph():
    runs = {
        "ours": WITHOUT_CONTENT,
        "ours, content weight 2": FAST,
        "ours, content weight 4": run((1, 0.3, 0.2), (3, 0.7, 0.4)),
        "ours with another network": run((1, 0.9, 0.1)),
        "method": METHOD,
    }
    assert compare_seconds({"pair": runs}, "method", "ours", 1.0) == {"pair": (100, 4)}
    run_later = dict(reversed(runs.items()))  # a content weight that was added to finished races
    assert compare_seconds({"pair": run_later}, "method", "ours", 1.0) == {"pair": (100, 4)}
    strict = run((60, 0.1, 0.4))
    assert compare_seconds({"pair": {**runs, "method": strict}}, "method", "ours", 1.0) == {"pair": (60, 1)}
    stricter = run((60, 0.1, 0.1))  # the largest weight is the nearest, and not near enough
    assert compare_seconds({"pair": {**runs, "method": stricter}}, "method", "ours", 1.0) == {"pair": (60, None)}
    assert [list(row["ours"]) for row in summarize({"pair": runs})] == [["ours", "ours with another network"]]


def test_a_method_that_moves_away_from_the_style_sets_no_goal():
    pairs = {"pair": {"ours": FAST, "method": AWAY_FROM_STYLE}}
    assert compare_seconds(pairs, "method", "ours", 0.9) == {}
    row = "| method | its steps | 0 | -0.40 at 0.90 | no gain to reach |  |"
    assert row in as_markdown(summarize(pairs), 1.0)


def test_a_method_without_a_scored_picture_sets_no_goal_and_is_not_plotted(tmp_path):
    pairs = {"pair": {"ours": FAST, "method": NO_PICTURE}}
    assert compare_seconds(pairs, "method", "ours", 1.0) == {}
    assert "| 0 | nan at nan | no gain to reach |  |" in as_markdown(summarize(pairs), 1.0)
    plot(pairs, tmp_path / "plot.png")
    assert images.load(tmp_path / "plot.png").shape[2] > 300


def test_the_table_has_final_figures_seconds_median_and_worst():
    pairs = {name: {"ours": FAST, "method": METHOD} for name in "abc"}
    rows = summarize(pairs)
    row = "| method | 300 s | 3 | 0.70 at 0.60 | 100 | 4.0: 25.0 times as fast (worst 25.0) |"
    assert row in as_markdown(rows, 1.0)
    assert "| 50 | 2.0: 25.0 times as fast (worst 25.0) |" in as_markdown(rows, 0.9)
    pairs["d"] = {"ours": WITHOUT_CONTENT, "method": METHOD}
    row = "| 4 | 0.70 at 0.60 | 100 | 4.0: 25.0 times as fast (not reached in 1) |"
    assert row in as_markdown(summarize(pairs), 1.0)
    half = {name: pairs[name] for name in "ad"}
    assert "| 2 | 0.70 at 0.60 | 100 | not reached in 1 |" in as_markdown(summarize(half), 1.0)


def test_the_table_has_a_column_for_each_of_our_networks():
    pairs = {"pair": {"ours: A": FAST, "ours: B": WITHOUT_CONTENT, "method": METHOD}}
    table = as_markdown(summarize(pairs), 1.0)
    assert "| seconds | ours: A | ours: B |" in table
    assert "| 100 | 4.0: 25.0 times as fast (worst 25.0) | not reached in 1 |" in table


@pytest.mark.parametrize(
    "runs", [{"ours": FAST}, {"method": METHOD}, {"method": METHOD, "ours, content weight 2": FAST}, {}]
)
def test_without_ours_and_another_method_there_is_no_table(runs):
    told = "Nothing to compare: ours with the default content weight, and another method, have to run."
    assert as_markdown(summarize({"pair": runs}), 1.0) == told


def test_the_legend_names_every_method(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr("benchmarks.time_to_quality_report.plt.close", figures.append)
    plot({"pair": {f"method {number}": METHOD for number in range(15)}}, tmp_path / "plot.png")
    (figure,) = figures
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [f"method {n}" for n in range(15)]


def test_the_plot_has_room_for_any_number_of_pairs(tmp_path):
    for number in (1, 4):
        runs = {"ours": FAST, "ours, content weight 2": AWAY_FROM_STYLE, "method": METHOD}
        plot({str(n): runs for n in range(number)}, tmp_path / "plot.png")
        assert images.load(tmp_path / "plot.png").shape[2] > 300
