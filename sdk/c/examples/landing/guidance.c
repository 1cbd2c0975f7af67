/* The glide: the lean that leads to where the burn has to begin.
 *
 * A lean is the angle between the nose and the direction against the motion; its lift pushes the stage the other way.
 */
#include "landing.h"

#define THRUST_MEMORY_S 1.5 /* tuned */
#define LEAN_STEP 0.1 /* of the largest lean, to see what a lean does */
#define LEAN_LEAST_M 20.0 /* chosen: what a full lean must move the gate by, to be asked for */
#define LEAN_MOST 1.5 /* back along the motion, beyond what can be held, so that a shortfall is remembered */
#define ARC_FADE_S 5.0 /* chosen */

/* Position and velocity of a point on the axis. */
void body_point(const flight *own, double x_m, vec *pos, vec *vel)
{
    vec arm = minus(vec_of(x_m, 0, 0), vec_from(own->load.stage.imu_m));
    *pos = plus(own->nav.pos_enu_m, to_frame(own->nav.q_enu_b, arm));
    *vel = plus(own->nav.vel_enu_mps, to_frame(own->nav.q_enu_b, outer(own->nav.omega_b_radps, arm)));
}

/* From navigation and measured thrust, in forecast air with what was learnt of it. */
situation assess(const flight *own, const balance *body, double thrust_n, double engines)
{
    const hs_load *load = &own->load;
    situation now;
    body_point(own, body->cg_m, &now.pos_enu_m, &now.vel_enu_mps);
    double still_m = body->cg_m + body->lateral_kgm2 / (body->mass_kg * body->cg_m);
    body_point(own, still_m, &now.still_pos_enu_m, &now.still_vel_enu_mps);
    air_at air = forecast_at(load, altitude(load, now.pos_enu_m));
    vec wind = plus(air.wind, wind_error(&own->air));
    double slope;
    now.foot_m = body->cg_m - load->stage.foot_m;
    now.mass_kg = body->mass_kg;
    now.cg_m = body->cg_m;
    now.thrust_n = thrust_n;
    now.engines = engines;
    now.speed_mps = length(minus(now.vel_enu_mps, wind));
    now.q_pa = 0.5 * air.density * now.speed_mps * now.speed_mps;
    now.against = against_motion(now.vel_enu_mps, wind);
    now.drag_n = drag(load, air.density, air.sound, now.speed_mps, thrust_n);
    slope = table(load->stage.fin_mach, load->stage.fin_slope, load->n_fin, now.speed_mps / air.sound);
    now.fin_n_prad = now.q_pa * load->stage.fin_area_m2 * slope;
    now.pressure_pa = air.pressure;
    now.lift_factor = own->air.value[0];
    return now;
}

/* Sideways force [N/rad] that opposes a trimmed lean, and the moment [N m/rad] that pulls an untrimmed one back. The axial
 * force leans with the stage and takes its part of the lift away again. */
void lift_slope(const flight *own, const situation *now, double lean_rad, double *opposes, double *restores)
{
    double arm = own->load.stage.fin_position_m - now->cg_m, lever = own->load.stage.normal_position_m - now->cg_m;
    double lift = trimmed_lift(&own->load, now->q_pa, now->lift_factor, now->cg_m, lean_rad);
    *opposes = lift - now->drag_n;
    *restores = lift / (1.0 - lever / arm) * lever + 2.0 * now->fin_n_prad * arm;
}

/* Thrust over what chamber pressure promises, from the axial specific force, slowly, while the engines burn. */
void learn_thrust(flight *own, const situation *now)
{
    if (!thrust_is_on(&own->load, now->thrust_n))
        return;
    double seen = (now->mass_kg * own->nav.force_b_mps2.x - now->drag_n) / now->thrust_n;
    double step = 1.0 - exp(-own->frame_s / THRUST_MEMORY_S);
    own->thrust_factor += step * (clamp(seen, 0.9, 1.1) - own->thrust_factor);
}

/* East and north of where the stage would be at the gate from where the burn wants it there: the distance to the pad per
 * speed across that the burn's regulator likes best is its lead. */
void aim_error(const flight *own, const ending *end, double miss_m[2])
{
    double lead = gain_at(own, end->time_s - end->gate_time_s + own->load.gains.nominal_last_s, LEAD);
    miss_m[0] = end->gate_pos_enu_m.x + lead * end->gate_vel_enu_mps.x;
    miss_m[1] = end->gate_pos_enu_m.y + lead * end->gate_vel_enu_mps.y;
}

/* Predicted error at the gate: along the motion, and to the right of it. */
static ending miss(
    const flight *own, const situation *now, const burn_plan *plan, double along, double right, double error_m[2])
{
    burn_plan leaned = *plan;
    double aim[2];
    leaned.lean[0] = along;
    leaned.lean[1] = right;
    ending end = predict(own, &leaned, now);
    aim_error(own, &end, aim);
    vec ahead = unit(vec_of(now->vel_enu_mps.x, now->vel_enu_mps.y, 0.0));
    error_m[0] = aim[0] * ahead.x + aim[1] * ahead.y;
    error_m[1] = aim[0] * ahead.y - aim[1] * ahead.x;
    return end;
}

/* The constant lean that leads to the gate, as shares, into `arc`: a Newton step from that of the plan, damped so that no
 * lean is asked for what it could not move any more. Returns how the plan ends. */
ending solve_lean(flight *own, const situation *now, const burn_plan *plan)
{
    double here[2], ahead[2], aside[2], damp = LEAN_LEAST_M * LEAN_LEAST_M;
    ending end = miss(own, now, plan, plan->lean[0], plan->lean[1], here);
    miss(own, now, plan, plan->lean[0] + LEAN_STEP, plan->lean[1], ahead);
    miss(own, now, plan, plan->lean[0], plan->lean[1] + LEAN_STEP, aside);
    /* lift pushes against a lean, or does nothing */
    double ja = fmin((ahead[0] - here[0]) / LEAN_STEP, 0.0), jr = fmin((aside[1] - here[1]) / LEAN_STEP, 0.0);
    own->arc[0] = clamp(plan->lean[0] - ja * here[0] / (ja * ja + damp), -1.0, LEAN_MOST);
    own->arc[1] = clamp(plan->lean[1] - jr * here[1] / (jr * jr + damp), -1.0, 1.0);
    return end;
}

/* Lean of the nose from the solved one: less than it while a small one would do, more once much is needed, so that the late
 * lean takes out speed across that the burn could not. Errors across the motion are corrected at once. */
vec steer_glide(const flight *own, const situation *now, double to_go_s)
{
    const hs_load *load = &own->load;
    vec ahead, side;
    double late = clamp((to_go_s - load->gains.arc_until_s) / ARC_FADE_S, 0.0, 1.0);
    double along = own->arc[0] + late * load->gains.arc_gain * (own->arc[0] - load->gains.arc_share);
    double right = load->gains.cross_gain * own->arc[1], size = sqrt(along * along + right * right);
    double shrink = fmin(1.0, 1.0 / (size + 1e-9));
    double limit = lean_limit(load, now->q_pa, now->mass_kg, now->lift_factor, now->cg_m);
    lean_axes(now->vel_enu_mps, now->against, &ahead, &side);
    return plus(times(limit * shrink * along, ahead), times(limit * shrink * right, side));
}

/* The wanted direction of the nose, within a turn from the previous one. */
vec limited_nose(vec previous, vec wanted, double most_rad)
{
    vec step = minus(unit(wanted), previous);
    return unit(plus(previous, times(fmin(1.0, most_rad / (length(step) + 1e-12)), step)));
}
