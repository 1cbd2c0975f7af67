"""The report of a campaign: success rate, landing points, failures and their causes; one self-contained file."""

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from hoverslam.harness.campaign.figures import failed_ids
from hoverslam.harness.campaign.row import Row
from hoverslam.harness.campaign.store import Store
from hoverslam.harness.files import write_whole
from hoverslam.harness.report.campaign.data import TOLD, CampaignView, campaign_data
from hoverslam.harness.report.campaign.tables import (
    flown,
    headline,
    influences,
    margin_table,
    quantile_lines,
    sentences,
    starts,
    tiles,
    why_no_failure,
    word,
)
from hoverslam.harness.report.kit.frame import card, frame, heading, plot


def write_campaign_page(path: Path, store: Store, told: Mapping[str, Any] | None = None) -> Path:
    """Write the page of a campaign, as far as it was flown. `told`: its figures, where they are there already."""
    view = CampaignView(store, told)
    data = campaign_data(view)
    which = f"<b>{escape(view.campaign.name)}</b> {escape(view.campaign.description)}"
    header = heading(*word(view), which, headline(view), sentences(view))
    main = "".join(_main(view, data))
    page = frame(f"{view.campaign.name}: {headline(view)}", header, main, data, ("campaign.js",))
    return write_whole(path, page)


def _main(view: CampaignView, data: Mapping[str, Any]) -> Iterator[str]:
    if view.rows:
        yield tiles(view)
        yield '<div class="beside"><div class="maps">'
        yield card("Landing points", plot("landings", "square"))
        yield card("The last 12 km", plot("tracks", "square"))
        yield "</div>"
        yield card("Selected flight", _flight(view), "flight")
        yield '<div class="rest"><div class="charts">'
        yield from (card(_title(one), _histogram(one)) for one in data["histograms"])
        yield "</div>"
        yield card("Requirements by smallest margin", margin_table(view.margins))
        yield card("What failures depend on", influences(view.told["what_fails"], "Failure", why_no_failure(view)))
        no_miss = "No dispersion has a significant effect (5 % level over all tests)."
        yield card("What the miss depends on", influences(view.told["what_moves_miss"], "Miss", no_miss))
        yield card("Engine starts", starts(view.told["relight"]))
        yield card("Ignition in its window", plot("ignitions"))
        yield "</div></div>"
    yield card("Inputs of the campaign", flown(view))


def _flight(view: CampaignView) -> str:
    """The list of failing flights, and the panel for the selected flight."""
    if not view.failing:
        chooser = '<p class="none">No flight fails.</p>'
    else:
        shown = view.failing[:TOLD]
        told = "" if len(shown) == len(view.failing) else f" (the first {TOLD})"
        options = "".join(f'<option value="{row.place}">{escape(_option(row))}</option>' for row in shown)
        chooser = f'<label for="failing">Failing flights{told}</label><select id="failing" size="6">{options}</select>'
    return f'{chooser}<div id="flight" aria-live="polite"></div>'


def _option(row: Row) -> str:
    return f"{row.place}: {' '.join(failed_ids(row))}, {row.outcome.replace('_', ' ')}"


def _title(shown: Mapping[str, Any]) -> str:
    limit = shown["limit"]
    if limit is None:
        return f"{shown['title']}, {shown['unit']}"
    sign = limit["comparison"].replace("<=", "≤").replace(">=", "≥")
    return f"{shown['title']}, {shown['unit']} ({limit['id']}: {sign} {limit['limit']:g})"


def _histogram(shown: Mapping[str, Any]) -> str:
    return plot(f"hist-{shown['name']}", "low") + quantile_lines(shown)
