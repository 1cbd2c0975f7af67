/* One flight: its beginning, and one frame in its order. */
#include <string.h>

#include "landing.h"

/* What no unit can mean, each far beyond what a sound or a biased one reports: such increments are held, and such gauges
 * count as dead. One number like that would stay in the state for good. */
#define FORCE_MPS2 1000.0
#define RATE_RADPS 100.0
#define LEVEL_M 1000.0
#define PRESSURE 10.0 /* as a multiple of the rated one */
#define MOST_MISSING 500 /* frames that are bridged: after five seconds of held measurements navigation is useless */

void note(flight *own, const char *name, int e)
{
    if (own->n_events == EVENTS)
        return;
    hs_event *event = &own->events[own->n_events++];
    event->name = name;
    event->time_ns = own->frame * own->frame_ns;
    event->engine = e;
}

static bool refused(char why[160], const char *key, const char *wanted)
{
    snprintf(why, 160, "flight load: %s %s", key, wanted);
    return false;
}

static bool listed(const int *engines, int count, int there)
{
    for (int i = 0; i < count; i++)
        if (engines[i] < 0 || engines[i] >= there)
            return false;
    return true;
}

/* The load has what this program needs, for a vehicle of this shape. */
static bool fits(const flight *own, char why[160])
{
    const hs_load *load = &own->load;
    bool found = false;
    if (load->n_rows < 2)
        return refused(why, "forecast", "has less than two rows");
    if (load->n_axial < 1 || load->n_plume < 1 || load->n_fin < 1)
        return refused(why, "stage", "lacks the table of the axial force, of the plume or of the fins");
    if (load->n_engines != own->shape.engines || load->n_gimballed != own->shape.gimballed)
        return refused(why, "stage.engine_yz_m or stage.gimbal_engine", "does not fit the shape of the vehicle");
    if (load->n_fins != own->shape.fins || load->n_thrusters != own->shape.thrusters)
        return refused(why, "stage.fin_span_yz or stage.thruster_position_m", "does not fit the shape of the vehicle");
    if (!listed(load->stage.landing, load->n_landing, own->shape.engines)
        || !listed(load->stage.spares, load->n_spares, own->shape.engines)
        || !listed(load->stage.gimbal_engine, load->n_gimballed, own->shape.engines))
        return refused(why, "stage", "names an engine that is not there");
    for (int i = 0; i < load->n_landing; i++)
        found = found || load->stage.landing[i] == load->stage.last;
    if (!found)
        return refused(why, "stage.last", "is not one of stage.landing");
    if (!isfinite(load->pad.latitude_rad + load->start.azimuth_rad + load->stage.dry_mass_kg + load->filter.gate_sigma
                  + load->gains.leg_time_s))
        return refused(why, "a key", "is missing");
    return true;
}

/* Begin a flight: forget everything, believe the flight load. False where that cannot be, with the reason. */
bool flight_reset(flight *own, const hs_message *reset, char why[160])
{
    memset(own, 0, sizeof *own);
    own->used = true;
    own->number = reset->flight;
    own->frame_ns = reset->frame_period_ns;
    own->frame_s = (double)own->frame_ns * 1e-9;
    own->due = -1;
    own->shape = reset->shape;
    own->load = reset->load;
    if (!fits(own, why))
        return false;
    navigation_start(own);
    air_start(&own->air);
    regulator_solve(own);
    for (int e = 0; e < own->shape.engines; e++)
        own->engines[e].response = 1.0;
    own->thrust_factor = 1.0;
    own->asked = own->throttle = own->needed = own->load.gains.ignition_throttle;
    own->to_go_s = 100.0;
    own->ignite_at_m = own->load.gains.ignition_altitude_m;
    own->braking_mps2 = own->load.gains.final_decel_mps2;
    return true;
}

static bool plausible(const double values[], int count, double limit)
{
    double sum = 0.0;
    for (int i = 0; i < count; i++)
        sum += fabs(values[i]);
    return sum <= limit; /* false for NaN */
}

static void hold(double now[3], const double before[3], double limit)
{
    if (!plausible(now, 3, limit))
        memcpy(now, before, 3 * sizeof *now);
}

static void kill_absurd(double values[], int count, double limit)
{
    if (plausible(values, count, limit))
        return;
    for (int i = 0; i < count; i++)
        if (!(fabs(values[i]) <= limit))
            values[i] = NAN;
}

/* Remember a message of measurements. */
static void measure(flight *own, const hs_sensors *sensors)
{
    hs_sensors before = own->seen;
    double pressure_pa = PRESSURE * own->load.stage.chamber_pressure_pa * own->shape.engines;
    own->seen = *sensors;
    hold(own->seen.imu_dvel_b_mps, before.imu_dvel_b_mps, FORCE_MPS2 * own->frame_s);
    hold(own->seen.imu_dangle_b_rad, before.imu_dangle_b_rad, RATE_RADPS * own->frame_s);
    kill_absurd(own->seen.chamber_pressure_pa, own->shape.engines, pressure_pa);
    kill_absurd(&own->seen.lox_level_m, 1, LEVEL_M);
    kill_absurd(&own->seen.lch4_level_m, 1, LEVEL_M);
}

/* Propellant from levels and flow; mass, centre of gravity and inertia follow. */
static balance weigh(flight *own)
{
    const hs_load *load = &own->load;
    double burnt = 0.0, trust = own->frame == 0 ? 1.0 : own->frame_s / 2.0;
    double oxidiser = load->stage.mixture_ratio / (1.0 + load->stage.mixture_ratio);
    double share[2] = {oxidiser, 1.0 - oxidiser};
    double seen[2] = {own->seen.lox_level_m * load->stage.tank_area_m2 * load->stage.lox_density_kgpm3,
                      own->seen.lch4_level_m * load->stage.tank_area_m2 * load->stage.lch4_density_kgpm3};
    for (int e = 0; e < own->shape.engines; e++)
        burnt += flow(load, burning_level(own, e));
    for (int i = 0; i < 2; i++) {
        double carried = own->tanks_kg[i] - share[i] * burnt * own->frame_s;
        own->tanks_kg[i] = fmax(carried + trust * (isnan(seen[i]) ? 0.0 : seen[i] - carried), 0.0);
    }
    return balanced(load, own->tanks_kg[0], own->tanks_kg[1]);
}

/* One frame: navigation, what the air does, decisions, attitude. The filter keeps the rates as they were measured; all that
 * comes after it works on rates and forces without the bending mode. */
static void step(flight *own, hs_actuators *answer)
{
    navigation measured;
    vec before_b = own->rates_radps;
    memset(answer, 0, sizeof *answer);
    mend(own);
    navigate(own);
    measured = own->nav;
    balance body = weigh(own);
    own->nav.omega_b_radps = own->rates_radps = without_bending(own, RATE, measured.omega_b_radps, body.mass_kg);
    own->nav.force_b_mps2 = without_bending(own, FORCE, measured.force_b_mps2, body.mass_kg);
    situation now = assess(own, &body, 0.0, alive(own));
    now = assess(own, &body, pushing(own, now.pressure_pa), alive(own));
    air_sink(&own->air, -now.vel_enu_mps.z * own->frame_s);
    if (own->frame > 1) /* a turn acceleration takes two frames */
        feel(own, &now, &body, before_b);
    learn_thrust(own, &now);
    decide(own, &now);
    act(own, &now, &body, answer);
    body_point(own, own->load.stage.foot_m, &own->foot_pos_enu_m, &own->foot_vel_enu_mps);
    own->nav.omega_b_radps = measured.omega_b_radps;
    own->nav.force_b_mps2 = measured.force_b_mps2;
    own->frame++;
}

/* The answer to a message of measurements. Frames that are missing are bridged with the last ones, without fix and echo; a
 * frame that is known already changes nothing, and is answered as the last one. */
void flight_step(flight *own, const hs_sensors *sensors, hs_actuators *answer)
{
    int64_t seq = (int64_t)sensors->seq, missing = own->due < 0 ? 0 : seq - own->due;
    if (missing >= 0) {
        own->seen.has_gnss = own->seen.has_radar_range_m = false;
        for (int64_t i = 0; i < missing && i < MOST_MISSING; i++)
            step(own, answer);
        measure(own, sensors);
        step(own, answer);
        own->due = seq + 1;
    }
    answer->flight = sensors->flight;
    answer->seq = sensors->seq;
}

/* Mode, estimate, plan, and the events since the last report. */
void flight_telemetry(flight *own, hs_telemetry *telemetry)
{
    static const char *const modes[] = {"glide", "burn", "last_engine", "safe"};
    quat q = own->nav.q_enu_b;
    double attitude[4] = {q.w, q.x, q.y, q.z};
    double pos[3] = {own->foot_pos_enu_m.x, own->foot_pos_enu_m.y, own->foot_pos_enu_m.z};
    double vel[3] = {own->foot_vel_enu_mps.x, own->foot_vel_enu_mps.y, own->foot_vel_enu_mps.z};
    hs_telemetry_clear(telemetry);
    memcpy(telemetry->pos_enu_m, pos, sizeof pos);
    memcpy(telemetry->vel_enu_mps, vel, sizeof vel);
    memcpy(telemetry->q_enu_b, attitude, sizeof attitude);
    memcpy(telemetry->miss_enu_m, own->miss_m, sizeof own->miss_m);
    telemetry->mode = modes[own->mode];
    telemetry->k_req = own->needed;
    telemetry->time_to_go_s = own->to_go_s;
    telemetry->attitude_error_rad = own->off_rad;
    while (own->told < own->n_events && telemetry->n_events < HS_MAX_EVENTS)
        telemetry->events[telemetry->n_events++] = own->events[own->told++];
}
