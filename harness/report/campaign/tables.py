"""The parts of a campaign's page that are words and tables."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from hoverslam.harness.campaign.figures import bounds, copies_line, passing
from hoverslam.harness.report.campaign.data import CampaignView, Margin
from hoverslam.harness.report.kit.frame import facts, flight_button, table
from hoverslam.harness.statistics.words import agrees, counted, interval, number, percent

MOST_NAMED, MOST_UNNAMED = 12, 5
STATES = {
    "accept": ("ACCEPTED", "PASS"),
    "reject": ("REJECTED", "FAIL"),
    "undecided": ("UNDECIDED", "GNC_LOST"),
    "go on": ("NOT YET DECIDED", "GNC_LOST"),
}


def word(view: CampaignView) -> tuple[str, str]:
    """What stands in the box at the top, and its colour: the verdict of the test, where there is one."""
    return STATES[view.test.state] if view.test else ("CAMPAIGN", "plain")


def headline(view: CampaignView) -> str:
    """How often it lands, and how sure that is."""
    success = view.told["success"]
    if not view.rows:
        return "No flight yet"
    sure = interval(success["low"], success["high"])
    return f"{percent(success['share'])} of {counted(len(view.rows), 'flight')} pass ({sure})"


def sentences(view: CampaignView) -> Iterator[str]:
    """Bounds, the test, what fails most."""
    success = view.told["success"]
    if not view.rows:
        yield "The database holds no flight: go on with hoverslam campaign --resume."
        return
    sure = f"with 95 % confidence at least {percent(success['low_one_sided'])} do, by exact bounds"
    yield f"{passing(success)}; {sure}."
    if view.told["copies"]:
        yield f"{copies_line(view.told)}."
    if view.test:
        asked = f"accepted where {percent(view.test.at_least)} pass, rejected where {percent(view.test.hardly)} do"
        yield f"Sequential test ({asked}): {view.test.state} after {counted(view.test.flights, 'flight')}."
    yield most_often(view)


def most_often(view: CampaignView) -> str:
    """What fails most."""
    failed = list(view.told["failed_by"].items())
    if not failed:
        return "No flight fails."
    shown = [f"{name}{_title(view, name)} in {count:,}" for name, count in failed[:MOST_LISTED]]
    rest = failed[MOST_LISTED:]
    others = f", and {counted(len(rest), 'more requirement')} in at most {rest[0][1]:,} each" if rest else ""
    others = others.removesuffix(" each") if len(rest) == 1 else others
    flights = counted(len(view.failing), "flight")
    return f"{flights} {agrees(len(view.failing), 'fails')}, by {', '.join(shown)}{others}; a flight may fail several."


MOST_LISTED = 3


def _title(view: CampaignView, id_: str) -> str:
    return f" ({view.titles[id_].title.lower()})" if id_ in view.titles else ""


def tiles(view: CampaignView) -> str:
    """Key numbers."""
    where = view.told["scatter"]
    rows = [
        ("Half land within", _spread(where["cep_m"], "m")),
        ("99 of 100 within", _spread(where["miss_99_m"], "m")),
        *((f"Inside {one['radius_m']:g} m", _share(one["share"])) for one in where["within"]),
    ]
    if view.told["relight"]:
        rows.append(("Engine starts that light", _share(view.told["relight"]["overall"])))
    outcomes = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in view.told["outcomes"].items())
    rows.append(("Flights", (f"{len(view.rows):,}", outcomes)))
    return f'<div class="tiles">{"".join(_tile(name, *shown) for name, shown in rows)}</div>'


def _tile(name: str, value: str, note: str) -> str:
    inner = f'<div class="value">{escape(value)}</div><div class="note">{escape(note)}</div>'
    return f'<div class="tile"><div class="name">{escape(name)}</div>{inner}</div>'


def _spread(one: Mapping[str, Any], unit: str) -> tuple[str, str]:
    if one["value"] is None:
        return "–", "too few came down"
    return f"{number(one['value'])} {unit}", bounds(one, unit)


def _share(one: Mapping[str, Any]) -> tuple[str, str]:
    note = f"{one['successes']} of {one['trials']}; {percent(one['low'])} to {percent(one['high'])}"
    return percent(one["share"]), note


def quantile_lines(shown: Mapping[str, Any]) -> str:
    """The quantiles under a histogram."""
    lines = "".join(
        f"<li><b>{100 * one['probability']:g} %</b> below "
        f"{_with_unit('–' if one['value'] is None else number(one['value']), shown['unit'])} "
        f"<span>({escape(bounds(one))})</span></li>"
        for one in shown["quantiles"]
    )
    return f'<ul class="quantiles">{lines}</ul>'


def margin_table(margins: Sequence[Margin]) -> str:
    """Every requirement by its worst margin."""
    judged = [one for one in margins if one.judged]
    heads = ("Requirement", "Fail", "Of", "Worst margin", "", "Median", "In")
    shown = table(heads, map(_margin_row, judged), ("", "num", "num", "num", "wide", "num wide", "num"))
    left = ", ".join(one.id for one in margins if not one.judged)
    never = f'<p class="note">Judged in no flight: {escape(left)}.</p>' if left else ""
    return shown + never


def _margin_row(one: Margin) -> tuple[str, ...]:
    about = f"<b>{escape(one.id)}</b> {escape(one.title)}"
    about += ' <span class="tag">advisory</span>' if one.severity == "advisory" else ""
    css = "out" if one.failed and one.severity == "required" else ""
    return (
        about,
        f'<span class="{css}">{one.failed}</span>',
        str(one.judged),
        f'<span class="{css}">{_with_unit(_signed(one.worst), one.unit)}</span>',
        _bar(one),
        _signed(one.median),
        flight_button(one.place),
    )


def _with_unit(shown: str, unit: str) -> str:
    """What is not there has no unit."""
    return shown if shown == "–" else f"{shown} {escape(unit)}".rstrip()


def _signed(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{'+' if value >= 0.0 else '−'}{number(float(f'{abs(value):.3g}'))}"


def _bar(one: Margin) -> str:
    if one.relative is None:
        return ""
    share = max(-1.0, min(1.0, one.relative))
    side = "in" if share >= 0.0 else "fair" if one.severity == "advisory" else "out"
    left, width = (50.0, 50.0 * share) if share >= 0.0 else (50.0 + 50.0 * share, -50.0 * share)
    fill = f'<i class="fill {side}" style="left:{left:.1f}%;width:{max(width, 1.0):.1f}%"></i>'
    return f'<div class="bar half"><i class="zero" style="left:50%"></i>{fill}</div>'


def influences(found: Sequence[Mapping[str, Any]], on: str, nothing: str) -> str:
    """What something depends on: what stands out from chance, else a sentence that says that nothing does."""
    named = [one for one in found if one["named"]][:MOST_NAMED]
    others = [one for one in found if not one["named"]][:MOST_UNNAMED]
    heads = (f"{on} depends on", "Where", "Effect", "p", "Share of variance")
    css = ("", "", "num", "num", "num wide")
    shown = table(heads, map(_influence, named), css) if named else f'<p class="none">{escape(nothing)}</p>'
    if named:
        shown += '<p class="note">Effect from −1 to 1; p holds for all that was asked together.</p>'
    if others:
        rest = table(
            (f"Not told from chance ({len(found) - len(named)} in all)", *heads[1:]), map(_influence, others), css
        )
        shown += f"<details><summary>What came nearest without standing out</summary>{rest}</details>"
    return shown


def _influence(one: Mapping[str, Any]) -> tuple[str, ...]:
    share = "–"
    if one["share"] is not None:
        share = f"{percent(one['share'])} ({percent(one['share_low'])} to {percent(one['share_high'])})"
    p = "&lt; 0.001" if one["p_family"] < 0.001 else f"{one['p_family']:.3f}"
    return escape(one["name"]), escape(one["pattern"]), f"{one['effect']:+.2f}".replace("-", "−"), p, share


def why_no_failure(view: CampaignView) -> str:
    """The sentence where nothing is named for failure."""
    if not view.failing:
        return "No flight fails, so there is nothing that failure could depend on."
    if len(view.failing) == len(view.rows):
        return "Every flight fails, so nothing tells those that do from those that do not."
    flights = f"{len(view.failing):,} failing of {counted(len(view.rows), 'flight')}"
    return f"With {flights} nothing that was drawn stands out from chance, at 5 % for all questions together."


def starts(relight: Mapping[str, Any] | None) -> str:
    """Engine starts by attempt and by engine."""
    if not relight:
        return '<p class="none">No engine was started.</p>'
    groups = [("all", relight["overall"])]
    groups += [(f"attempt {one['attempt']}", one["lit"]) for one in relight["by_attempt"]]
    groups += [(f"engine {one['engine']}", one["lit"]) for one in relight["by_engine"]]
    again = [one for one in relight["by_engine_and_attempt"] if one["attempt"] > 1]
    groups += [(f"engine {one['engine']}, attempt {one['attempt']}", one["lit"]) for one in again]
    rows = [
        (
            name,
            str(lit["successes"]),
            str(lit["trials"]),
            percent(lit["share"]),
            f"{percent(lit['low'])} to {percent(lit['high'])}",
        )
        for name, lit in groups
    ]
    duds = relight["flights_with_a_dud"]
    note = ""
    if duds:
        bounds = f"{percent(duds['low'])} to {percent(duds['high'])}"
        flights = f"{duds['successes']:,} of {counted(duds['trials'], 'flight')}"
        note = f'<p class="note">In {flights} a start did not light ({bounds}).</p>'
    return table(("Starts", "Lit", "Of", "Share", "95 % bounds"), rows, ("", "num", "num", "num", "num")) + note


def flown(view: CampaignView) -> str:
    """What was flown, and by what."""
    campaign, base = view.campaign, view.about["base"]
    seeds = f"{campaign.first_seed} to {campaign.first_seed + campaign.flights - 1}"
    pairs: list[tuple[str, object]] = [
        ("campaign", campaign.name),
        ("description", campaign.description),
        ("scenario", base.get("name", "")),
        ("scenario keys set by the campaign", ", ".join(f"{key} = {value}" for key, value in campaign.set.items())),
        ("flights", f"{len(view.flown):,} of {campaign.flights:,}"),
        ("copies that are not counted", view.told["copies"] or None),
        ("seeds", seeds),
        ("sampling", campaign.sampling),
        ("failures by weight", _weights(campaign)),
        ("requirements", base.get("requirements", {}).get("set", "")),
        ("flight software", _all_of(view, "gnc")),
        ("command", view.about.get("gnc") or "the reference"),
        ("vehicle", _all_of(view, "vehicle")),
        ("plant", _all_of(view, "plant")),
        ("database", view.store.path),
    ]
    return facts((name, value) for name, value in pairs if value not in {"", None})


def _weights(campaign: Any) -> str:
    given = [(one.name, one.weight) for one in campaign.failure]
    given += [("nothing", campaign.sound)] if campaign.sound else []
    return ", ".join(f"{name} {weight:g}" for name, weight in given)


def _all_of(view: CampaignView, name: str) -> str:
    return ", ".join(sorted({getattr(row, name) for row in view.rows}))
