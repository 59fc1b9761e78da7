"""What the races of time_to_quality show: tables of ratios, and the style-content frontier as a plot."""

import statistics

import matplotlib.pyplot as plt

SHARES = (1.0, 0.9)


def seconds_to(judgements, style, content):
    """The first seconds at which a contestant has that style gain at a content error no larger; None if never."""
    return next((one["seconds"] for one in judgements if one["style"] >= style and one["content"] <= content), None)


def ratios(races, peer, contestant, share):
    """For each pair that both raced: (peer's seconds to `share` of its own final gain) / (the contestant's).

    None where the contestant never got there at the peer's content error.
    """
    found = {}
    for pair, race in races.items():
        if peer not in race or contestant not in race:
            continue
        goal = share * race[peer][-1]["style"]
        reached = next(one for one in race[peer] if one["style"] >= goal)
        its = seconds_to(race[contestant], goal, reached["content"])
        found[pair] = None if its is None else reached["seconds"] / its
    return found


def summary(races):
    """A row for each peer and each of ours: {"peer", "contestant", "1.0": ratios, "0.9": ratios, "final": [...]}."""
    names = list(dict.fromkeys(name for race in races.values() for name in race))
    mine = [name for name in names if name.startswith("ours")]
    return [{"peer": peer, "contestant": contestant,
             **{str(share): ratios(races, peer, contestant, share) for share in SHARES}}
            for peer in names if peer not in mine for contestant in mine]


def as_markdown(rows):
    """The summary as a table: times as fast, median and worst over pairs."""
    lines = ["| beside | | pairs | to its final style | to 0.9 of it |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        cells = [_told(row[str(share)]) for share in SHARES]
        lines.append(f"| {row['peer']} | {row['contestant']} | {len(row['1.0'])} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


def _told(found):
    """Median and worst of some ratios; a pair that was never reached counts as the worst."""
    if not found:
        return ""
    reached = [ratio for ratio in found.values() if ratio is not None]
    missed = len(found) - len(reached)
    middle = statistics.median([0.0 if ratio is None else ratio for ratio in found.values()])
    worst = f"{min(reached):.1f}" if not missed else f"not reached in {missed}"
    return f"{middle:.1f} ({worst})" if middle else f"not reached in {missed} of {len(found)}"


def plot(races, path):
    """Each contestant's way through style gain and content error, pair by pair; the end is marked."""
    columns = min(3, len(races))
    rows = -(-len(races) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(4.6 * columns, 3.8 * rows), squeeze=False)
    names = list(dict.fromkeys(name for race in races.values() for name in race))
    markers = dict(zip(names, "osD^vP*X<>", strict=False))
    for axis, (pair, race) in zip(axes.flat, races.items(), strict=False):
        for name, judgements in race.items():
            contents, styles = ([one[key] for one in judgements] for key in ("content", "style"))
            line, = axis.plot(contents, styles, linewidth=2 if name.startswith("ours") else 1, alpha=0.8)
            axis.plot(contents[-1], styles[-1], markers[name], color=line.get_color(), label=name)
        axis.set(title=pair, xlabel="content error, relative", ylabel="style gain", ylim=(0, 1))
        axis.grid(alpha=0.3)
    for axis in axes.flat[len(races):]:
        axis.set_visible(False)
    figure.legend(*axes.flat[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    figure.set_layout_engine("constrained")
    figure.savefig(path, dpi=120)
    plt.close(figure)
