"""What the races of time_to_quality show: tables of ratios, and the style-content frontier as a plot."""

import math
import statistics

import matplotlib.pyplot as plt

SHARES = (1.0, 0.9)


def seconds_to(judged, style, content):
    """The first seconds at which a contestant has that style gain at a content error no larger; None if never."""
    return next((one["seconds"] for one in judged if one["style"] >= style and one["content"] <= content), None)


def reached(races, peer, contestant, share):
    """For each pair that both raced, the seconds of both to `share` of the peer's final gain: {pair: (its, ours)}.

    Ours are None where the contestant never got there at the peer's content error. A pair in which the peer gained
    no style is left out: there is nothing to reach.
    """
    found = {}
    for pair, race in races.items():
        if peer not in race or contestant not in race:
            continue
        judged = race[peer]["judged"]
        goal = share * judged[-1]["style"] if judged else 0  # without a picture it was lost before the first judgement
        if goal > 0:
            first = next(one for one in judged if one["style"] >= goal)
            found[pair] = first["seconds"], seconds_to(race[contestant]["judged"], goal, first["content"])
    return found


def summary(races):
    """A row for each peer and each of ours: {"peer", "contestant", "ended": how the peer's races did, and for each
    share, "1.0" and "0.9", what `reached` finds}.
    """
    names = list(dict.fromkeys(name for race in races.values() for name in race))
    mine = [name for name in names if name.startswith("ours")]
    return [
        {
            "peer": peer,
            "contestant": contestant,
            "ended": sorted({race[peer]["ended"] for race in races.values() if peer in race}),
            **{str(share): reached(races, peer, contestant, share) for share in SHARES},
        }
        for peer in names
        if peer not in mine
        for contestant in mine
    ]


def as_markdown(rows):
    """The summary as a table: seconds, medians over pairs; times as fast, median and worst."""
    lines = [
        "| beside | ended by | | pairs | seconds to its final style, its / ours | times as fast | to 0.9 of it | "
        "times as fast |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        cells = [cell for share in SHARES for cell in (_seconds(row[str(share)]), _times(row[str(share)]))]
        lines.append(
            f"| {row['peer']} | {', '.join(row['ended'])} | {row['contestant']} | {len(row['1.0'])} | "
            f"{' | '.join(cells)} |"
        )
    return "\n".join(lines)


def _seconds(found):
    """Medians; where ours never got there it counts as endless."""
    if not found:
        return ""
    its, ours = zip(*found.values(), strict=True)
    middle = statistics.median(math.inf if seconds is None else seconds for seconds in ours)
    return f"{statistics.median(its):.0f} / {'not reached' if middle == math.inf else f'{middle:.1f}'}"


def _times(found):
    """Median and worst of how many times as fast ours is; a pair that was never reached counts as the worst."""
    if not found:
        return "no gain to reach"
    times = [0.0 if ours is None else its / ours for its, ours in found.values()]
    middle, missed = statistics.median(times) if statistics.median_low(times) else 0.0, times.count(0.0)
    worst = f"not reached in {missed}" if missed else f"{min(times):.1f}"
    return f"{middle:.1f} ({worst})" if middle else f"not reached in {missed} of {len(found)}"


def plot(races, path):
    """Each contestant's way through style gain and content error, pair by pair; the end is marked."""
    columns = min(3, len(races))
    rows = -(-len(races) // columns)
    width = max(4.6 * columns, 10)  # room for the legend
    figure, axes = plt.subplots(rows, columns, figsize=(width, 3.8 * rows), squeeze=False)
    names = list(dict.fromkeys(name for race in races.values() for name in race))
    markers = dict(zip(names, "osD^vP*X<>", strict=False))
    colours = {name: f"C{number}" for number, name in enumerate(names)}
    for axis, (pair, race) in zip(axes.flat, races.items(), strict=False):
        for name, raced in race.items():
            if not raced["judged"]:
                continue
            contents, styles = ([one[key] for one in raced["judged"]] for key in ("content", "style"))
            axis.plot(contents, styles, color=colours[name], linewidth=2 if name.startswith("ours") else 1, alpha=0.8)
            axis.plot(contents[-1], styles[-1], markers[name], color=colours[name], label=name)
        axis.set(title=pair, xlabel="content error, relative", ylabel="style gain", ylim=(0, 1))
        axis.grid(alpha=0.3)
    for axis in axes.flat[len(races) :]:
        axis.set_visible(False)
    legend = {label: line for axis in axes.flat for line, label in zip(*axis.get_legend_handles_labels(), strict=True)}
    figure.legend(legend.values(), legend.keys(), loc="outside lower center", ncols=4)
    figure.set_layout_engine("constrained")
    figure.savefig(path, dpi=120)
    plt.close(figure)
