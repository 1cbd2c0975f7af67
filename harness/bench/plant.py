"""What a step of the plant costs, and beside it a step of JSBSim and of Basilisk, where they are installed.

Ours is the whole plant in dense air: engines burning, gimbals and fins moving, sloshing tanks, gusts, two faults armed
of which one is awake, and the sensors read once a frame. JSBSim steps `ball` and `x24b` as its package brings them,
called from Python as its users call it; Basilisk steps a rigid body in a point mass field, in its own loop. Blocks of
each alternate in one run on one core at the same step, so all meet the same disturbances; a ratio is the median over
the rounds of their time over ours. The models are not the same physics: ours is a stage with nine engines, a ball is a
ball. It is a scale, not a race.
"""

from collections.abc import Callable
from importlib.util import find_spec
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from hoverslam.harness.program.pinning import default_core, on_one_core
from hoverslam.scenarios.load import load

ROUNDS, ROUND_STEPS = 7, 10_000
STEP_S = 0.001
MODELS = {"jsbsim": ("ball", "x24b"), "basilisk": ("rigid_body",)}
MODULES = {"jsbsim": ("jsbsim", "jsbsim"), "basilisk": ("Basilisk", "bsk")}
"""What is imported, and under what name it is distributed."""
FEET_PER_METRE, KNOTS_PER_MPS = 1.0 / 0.3048, 3600.0 / 1852.0
RELEASE_M, SPEED_MPS, PATH_DEG = 12_000.0, 661.6, -60.4
HOW_TO_INSTALL = "{} is not installed; to install it: pip install 'hoverslam[bench]'"
SCENARIO = "zq3-landing"
SETS = {
    "release.altitude_msl_m": f"{RELEASE_M}",
    "faults": '[{kind = "engine_low_thrust", target = 1, at = "altitude_agl_m < 500"},'
    ' {kind = "sensor_bias", target = "gnss", at = "0.5 s", numbers = {bias = 1.0}}]',
}
Block = Callable[[int], float]
"""Flies so many steps from the start and returns what they took [s]."""


def measure(rounds: int = ROUNDS, steps: int = ROUND_STEPS) -> dict[str, dict[str, Any]]:
    """`plant`, `jsbsim` and `basilisk` of the benchmark: microseconds a step, and ratios to ours."""
    blocks: dict[str, Block] = {"plant": plant_block(), **jsbsim_blocks(), **basilisk_blocks()}
    seconds: dict[str, list[float]] = {name: [] for name in blocks}
    with on_one_core(default_core(), None):
        for turn in range(rounds + 1):
            for name, block in blocks.items():
                took_s = block(steps)
                if turn:  # the first warms everything up
                    seconds[name].append(took_s)
    return _figures(seconds, steps)


def _figures(seconds: dict[str, list[float]], steps: int) -> dict[str, dict[str, Any]]:
    ours = seconds["plant"]
    told: dict[str, dict[str, Any]] = {"plant": {"us_per_step": _us(ours, steps)}}
    for package, models in MODELS.items():
        told[package] = {"version": installed(package), "step_s": STEP_S}
        for name in models:
            theirs = seconds.get(name)
            ratios = [] if theirs is None else [b / a for a, b in zip(ours, theirs, strict=True)]
            figures = {"us_per_step": _us(theirs, steps), "ratio": round(median(ratios), 2)} if theirs else None
            told[package][name] = figures
        told[package]["reason"] = "" if installed(package) else HOW_TO_INSTALL.format(package)
    return told


def _us(seconds: list[float], steps: int) -> float:
    return round(median(seconds) / steps * 1e6, 3)


def plant_block() -> Block:
    """The default vehicle, built afresh for each block; building is not timed."""
    from hoverslam.harness.fly.prepare import prepare

    scenario = load(SCENARIO, SETS)

    def fly(steps: int) -> float:
        prepared = prepare(scenario, "bench")
        plant, frame_ticks = prepared.plant, prepared.plan.frame_ticks
        command, sensors = _command(plant), np.zeros(plant.sensor_layout.width)
        begun_s = perf_counter()
        for _ in range(steps // frame_ticks):
            plant.sense(sensors)
            plant.advance(command, frame_ticks)
        seconds = perf_counter() - begun_s
        assert plant.outcome is None, "the plant reached the ground before the end of the block"
        return seconds

    return fly


def _command(plant: Any) -> Any:
    layout = plant.command_layout
    command = np.zeros(layout.width)
    command[layout.slice("engine_on")][:3] = 1.0
    command[layout.slice("throttle")][:3] = 0.7
    command[layout.slice("gimbal_rad")] = 0.01
    command[layout.slice("fin_rad")] = 0.05
    return command


def installed(package: str) -> str | None:
    """The version that is installed, None where there is none."""
    module, distribution = MODULES[package]
    if find_spec(module) is None:
        return None
    from importlib.metadata import version

    return version(distribution)


def jsbsim_blocks() -> dict[str, Block]:
    """A block for each model, none where JSBSim is not installed."""
    return {name: jsbsim_block(name) for name in MODELS["jsbsim"]} if installed("jsbsim") else {}


def basilisk_blocks() -> dict[str, Block]:
    """A block for its rigid body, none where Basilisk is not installed."""
    return {"rigid_body": basilisk_block} if installed("basilisk") else {}


def basilisk_block(steps: int) -> float:
    """A rigid body of our stage's mass in the field of a point mass, by its fourth-order Runge-Kutta."""
    from Basilisk.simulation import spacecraft
    from Basilisk.utilities import SimulationBaseClass, macros, simIncludeGravBody

    simulation = SimulationBaseClass.SimBaseClass()
    simulation.CreateNewProcess("bench").addTask(simulation.CreateNewTask("step", macros.sec2nano(STEP_S)))
    body = spacecraft.Spacecraft()
    simulation.AddModelToTask("step", body)
    around = simIncludeGravBody.gravBodyFactory()
    around.createEarth().isCentralBody = True
    around.addBodiesTo(body)
    body.hub.mHub, body.hub.IHubPntBc_B = 5.8e4, [[2.2e5, 0.0, 0.0], [0.0, 9.3e6, 0.0], [0.0, 0.0, 9.3e6]]
    body.hub.r_CN_NInit, body.hub.v_CN_NInit = [[6.39e6], [0.0], [0.0]], [[-575.0], [327.0], [0.0]]
    simulation.InitializeSimulation()
    simulation.ConfigureStopTime(macros.sec2nano(STEP_S * steps))
    begun_s = perf_counter()
    simulation.ExecuteSimulation()
    return perf_counter() - begun_s


def jsbsim_block(model: str) -> Block:
    """A model of JSBSim's own, begun where ours is, from its initial state in each block."""
    import jsbsim

    # its remarks on models would end in the JSON on standard output
    jsbsim.set_logger(jsbsim.DefaultLogger(jsbsim.LogLevel.FATAL))
    fdm = jsbsim.FGFDMExec(None)
    fdm.set_debug_level(0)
    with TemporaryDirectory() as folder:  # its ball opens BallOut.csv as it is loaded
        fdm.set_output_path(folder)
        loaded = fdm.load_model(model)
    if not loaded:
        raise RuntimeError(f"jsbsim {jsbsim.__version__} has no model {model!r}; install jsbsim>=1.3")
    fdm.set_dt(STEP_S)
    fdm["ic/h-sl-ft"] = RELEASE_M * FEET_PER_METRE
    fdm["ic/vt-kts"] = SPEED_MPS * KNOTS_PER_MPS
    fdm["ic/gamma-deg"] = PATH_DEG
    fdm.run_ic()

    def fly(steps: int) -> float:
        fdm.reset_to_initial_conditions(0)
        run = fdm.run
        begun_s = perf_counter()
        for _ in range(steps):
            run()
        seconds = perf_counter() - begun_s
        flown_s = fdm.get_sim_time()
        assert abs(flown_s - steps * STEP_S) < 2 * STEP_S, f"jsbsim flew {flown_s} s instead of {steps * STEP_S} s"
        return seconds

    return fly
