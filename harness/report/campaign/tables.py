"""The parts of a campaign's page that are words and tables."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from hoverslam.harness.campaign.figures import bounds, copies_line, passing
from hoverslam.harness.report.campaign.data import CampaignView, MarginColumn
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
    """Text and colour of the box at the top: the verdict of the test, if there is one."""
    return STATES[view.test.state] if view.test else ("CAMPAIGN", "plain")


def headline(view: CampaignView) -> str:
    """The success rate and its interval."""
    success = view.told["success"]
    if not view.rows:
        return "No flights yet"
    sure = interval(success["low"], success["high"])
    return f"{percent(success['share'])} of {counted(len(view.rows), 'flight')} pass ({sure})"


def sentences(view: CampaignView) -> Iterator[str]:
    """Bounds, the test, what fails most."""
    success = view.told["success"]
    if not view.rows:
        yield "The database contains no flights; resume with hoverslam campaign --resume."
        return
    sure = f"with 95 % confidence the success rate is at least {percent(success['low_one_sided'])} (exact bound)"
    yield f"{passing(success)}; {sure}."
    if view.told["copies"]:
        yield f"{copies_line(view.told)}."
    if view.test:
        asked = f"accepts {percent(view.test.at_least)}, rejects {percent(view.test.hardly)}"
        state = STATES[view.test.state][0].lower()
        yield f"Sequential test ({asked}): {state} after {counted(view.test.flights, 'flight')}."
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
    flights = f"{counted(len(view.failing), 'flight')} {agrees(len(view.failing), 'fails')}"
    return f"{flights}, by {', '.join(shown)}{others}; a flight may fail several requirements."


MOST_LISTED = 3


def _title(view: CampaignView, id_: str) -> str:
    return f" ({view.titles[id_].title.lower()})" if id_ in view.titles else ""


def tiles(view: CampaignView) -> str:
    """Key numbers."""
    where = view.told["scatter"]
    rows = [
        ("50 % land within", _spread(where["cep_m"], "m")),
        ("99 % land within", _spread(where["miss_99_m"], "m")),
        *((f"Inside {one['radius_m']:g} m", _share(one["share"])) for one in where["within"]),
    ]
    if view.told["relight"]:
        rows.append(("Successful engine starts", _share(view.told["relight"]["overall"])))
    outcomes = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in view.told["outcomes"].items())
    rows.append(("Flights", (f"{len(view.rows):,}", outcomes)))
    return f'<div class="tiles">{"".join(_tile(name, *shown) for name, shown in rows)}</div>'


def _tile(name: str, value: str, note: str) -> str:
    inner = f'<div class="value">{escape(value)}</div><div class="note">{escape(note)}</div>'
    return f'<div class="tile"><div class="name">{escape(name)}</div>{inner}</div>'


def _spread(one: Mapping[str, Any], unit: str) -> tuple[str, str]:
    if one["value"] is None:
        return "–", "too few touchdowns"
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


def margin_table(margins: Sequence[MarginColumn]) -> str:
    """Every requirement by its worst margin."""
    judged = [one for one in margins if one.judged]
    heads = ("Requirement", "Fail", "Of", "Smallest margin", "", "Median", "Flight")
    shown = table(heads, map(_margin_row, judged), ("", "num", "num", "num", "wide", "num wide", "num"))
    left = ", ".join(one.id for one in margins if not one.judged)
    never = f'<p class="note">Evaluated in no flight: {escape(left)}.</p>' if left else ""
    return shown + never


def _margin_row(one: MarginColumn) -> tuple[str, ...]:
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


def _bar(one: MarginColumn) -> str:
    if one.relative is None:
        return ""
    share = max(-1.0, min(1.0, one.relative))
    side = "in" if share >= 0.0 else "fair" if one.severity == "advisory" else "out"
    left, width = (50.0, 50.0 * share) if share >= 0.0 else (50.0 + 50.0 * share, -50.0 * share)
    fill = f'<i class="fill {side}" style="left:{left:.1f}%;width:{max(width, 1.0):.1f}%"></i>'
    return f'<div class="bar half"><i class="zero" style="left:50%"></i>{fill}</div>'


def influences(found: Sequence[Mapping[str, Any]], on: str, nothing: str) -> str:
    """Dependence on dispersions: the significant effects, or a sentence that there are none."""
    named = [one for one in found if one["named"]][:MOST_NAMED]
    others = [one for one in found if not one["named"]][:MOST_UNNAMED]
    heads = (f"{on} depends on", "Where", "Effect", "p", "Share of variance")
    css = ("", "", "num", "num", "num wide")
    shown = table(heads, map(_influence, named), css) if named else f'<p class="none">{escape(nothing)}</p>'
    if named:
        shown += '<p class="note">Effect from −1 to 1; p is corrected for the number of tests.</p>'
    if others:
        rest = table(
            (f"Not significant ({len(found) - len(named)} in total)", *heads[1:]), map(_influence, others), css
        )
        shown += f"<details><summary>Largest effects that are not significant</summary>{rest}</details>"
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
        return "No flight fails, so there are no failures to explain."
    if len(view.failing) == len(view.rows):
        return "Every flight fails, so failed and passed flights cannot be compared."
    flights = f"{len(view.failing):,} failing of {counted(len(view.rows), 'flight')}"
    return f"With {flights} no dispersion has a significant effect (5 % level over all tests)."


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
        note = f'<p class="note">In {flights} a start failed ({bounds}).</p>'
    return table(("Starts", "Lit", "Of", "Share", "95 % bounds"), rows, ("", "num", "num", "num", "num")) + note


def flown(view: CampaignView) -> str:
    """Inputs of the campaign."""
    campaign, base = view.campaign, view.about["base"]
    seeds = f"{campaign.first_seed} to {campaign.first_seed + campaign.flights - 1}"
    pairs: list[tuple[str, object]] = [
        ("campaign", campaign.name),
        ("description", campaign.description),
        ("scenario", base.get("name", "")),
        ("scenario keys set by the campaign", ", ".join(f"{key} = {value}" for key, value in campaign.set.items())),
        ("flights", f"{len(view.flown):,} of {campaign.flights:,}"),
        ("bit-equal flights, not counted", view.told["copies"] or None),
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
