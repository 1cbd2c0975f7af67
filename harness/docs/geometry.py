"""Where a flight program finds the geometry of the vehicle in `reset`: a section of docs/flight-load.md."""

ROWS = (
    ("how many engines, gimballed engines, fins, thrusters, legs", "`shape`"),
    ("engines", "engine *i* at (0, `stage.engine_yz_m[i]`), thrust along +x"),
    (
        "which gimbal moves which engine",
        (
            "pair *k*, `gimbal_rad[2k]` and `[2k + 1]`, moves engine `stage.gimbal_engine[k]`: the first pushes to +z, "
            "the second to +y"
        ),
    ),
    (
        "axes of fins",
        (
            "fin *i* turns about its span, (0, *c*, *s*) with (*c*, *s*) = `stage.fin_span_yz[i]`, at "
            "x = `stage.fin_position_m`; its force acts `stage.fin_radius_m` out along the span"
        ),
    ),
    (
        "which deflection turns the stage which way",
        (
            "base first, `fin_rad[i]` > 0 pushes along (0, *-s*, *c*): over the centre of gravity, so the nose goes "
            "along; each rolls the stage about +x"
        ),
    ),
    (
        "lines of action of thrusters",
        (
            "thruster *i* pushes at `stage.thruster_position_m[i]` along `stage.thruster_direction[i]`, with "
            "`stage.thruster_n`"
        ),
    ),
    (
        "foot plane, feet",
        (
            "x = `stage.foot_m`, which is negative; each foot is `stage.foot_radius_m` from the axis once it is down. "
            "Around the axis: `legs.angle_rad` of the vehicle file, not in `reset`"
        ),
    ),
    (
        "inertial unit, antenna, radar",
        (
            "`stage.imu_m`, its axes those of the body; `stage.antenna_m`; (`stage.radar_m`, 0, 0), looking along -x, "
            "half-width `stage.radar_beam_rad`"
        ),
    ),
    (
        "limits of actuators",
        "`stage.gimbal_limit_rad`, `stage.fin_limit_rad`, `stage.throttle_floor` to `stage.throttle_ceiling`",
    ),
    (
        "rates of actuators",
        (
            "`stage.gimbal_rate_radps`, `stage.fin_rate_radps`, `stage.throttle_rate_ps`; an engine that starts takes "
            "`stage.dead_time_s` and `stage.rise_time_s`"
        ),
    ),
    (
        "lags of actuators",
        (
            "not in `reset`; in the [vehicle file](vehicle-file.md) `cluster.gimbal_lag_s`, `fins.lag_s`, "
            "`engine.throttle_lag_s`, `rcs.valve_lag_s`, `legs.deploy_time_s`"
        ),
    ),
)
GEOMETRY = """\
## Where the geometry is

What a positive command does, element by element: [wire.md](wire.md#signs), in a figure:
[conventions.md](conventions.md#signs). A place is *(x, y, z)* in body axes from the centre of the gimbal plane. A force
*F* at *r* turns the stage by *(r - cg) × F*.

| what | in `reset` |
| --- | --- |
""" + "".join(f"| {what} | {where} |\n" for what, where in ROWS)
