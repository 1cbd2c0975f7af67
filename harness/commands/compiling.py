"""Compiles kernels before workers start, in parallel, so that no worker waits for another to do it."""

from collections.abc import Callable

from hoverslam.harness.fly.kernels import COMPILING, JUDGING, PLANT, Compilation
from hoverslam.harness.program.opening import REFERENCE, open_session, programs
from hoverslam.scenarios.schema import Scenario


def compile_first(
    scenario: Scenario, gnc: str | None, say: Callable[[str], object], show: Callable[[str], object]
) -> None:
    """Compile what flights of a scenario need; a word to `say` where there is anything to do, each kernel to `show`.

    The reference flight software is started for it and ended again; what another program compiles is its own.
    """
    with Compilation(lambda done, of: show(f"kernel {done} of {of} compiled")) as kernels:
        if not kernels.begin(scenario):
            return
        say(COMPILING)
        if None in programs(gnc):
            from hoverslam.harness.fly.prepare import prepare

            with open_session(REFERENCE) as session:
                unfelt = prepare(scenario, "compiling", feels=False)
                session.get_ready(unfelt.plant.shape, unfelt.plan)
        kernels.program_is_ready()
        kernels.wait_for(PLANT)
        kernels.wait_for(JUDGING)
