"""The sequential test of a campaign, and the bound on the success rate after an early stop."""

from collections.abc import Sequence

from hoverslam.harness.statistics.proportion import proportion
from hoverslam.harness.statistics.sequential import Plan, follow, plan, success_at_least
from hoverslam.scenarios.campaign import Campaign


def stop_plan(campaign: Campaign) -> Plan | None:
    """The test that a campaign file asks for; None where it asks for none."""
    stop = campaign.stop
    if stop is None:
        return None
    return plan(stop.hardly, stop.at_least, stop.accept_wrongly, stop.reject_wrongly, campaign.flights)


def at_least(campaign: Campaign, passed: Sequence[bool]) -> float:
    """Success that is exceeded with 95 % confidence, from flights in the order of their places.

    If a test ended the campaign, the bound accounts for the interim looks: that of a fixed number would be too high.
    """
    made = stop_plan(campaign)
    ended = None if made is None else follow(made, passed)
    if made is None or ended is None or ended.state == "go on":
        return proportion(sum(passed), len(passed), side="low").low
    return success_at_least(made, ended)
