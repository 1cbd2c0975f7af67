/* Attitude loop, notch and allocation: direction of the nose to moments, moments to gimbals, fins and cold gas.
 *
 * Pitch and yaw are shared by gimbals and fins in proportion to what they can give; cold gas gives the rest while the air is
 * thin. Roll prefers fins, then engines that swivel, then gas.
 */
#include "landing.h"

#define PI 3.14159265358979323846
#define THIN_AIR_PA 2000.0
#define SAFE_SHARE 0.85
#define THRUSTER_ON 0.55
#define LEAST_TURNING 0.05 /* chosen: of the twist's lever, below which engines to one side are not asked to roll */
#define TURN_SMOOTHING_S 0.15 /* tuned: passes the turns of the regulator, not the steps of a new aim */
#define DEPTH 0.03 /* damping of the notch's zeros, tuned: a mode a little off is still damped by what comes through */
#define MOST 0.4 /* of the frame rate, chosen: where frames are too few to show the mode */

/* One sample through one biquad: bilinear transform, exact at the notch's own frequency (Oppenheim and Schafer, Discrete-Time
 * Signal Processing, ch. 7), direct form II transposed. Constant input passes unchanged. */
static double notched(double memory[MEMORY], double value, double at_hz, double damping, double frame_s)
{
    double k = tan(PI * fmin(at_hz * frame_s, MOST)), square = k * k;
    double zeros = 2.0 * DEPTH * k, poles = 2.0 * damping * k, whole = 1.0 + poles + square;
    double out = (1.0 + zeros + square) / whole * value + memory[0];
    memory[0] = 2.0 * (square - 1.0) / whole * (value - out) + memory[1];
    memory[1] = (1.0 - zeros + square) / whole * value - (1.0 - poles + square) / whole * out;
    return out;
}

/* A vector in body axes without what the first bending mode of a stage of this mass puts into it; along and about x there
 * is no such mode. */
vec without_bending(flight *own, int which, vec asked_b, double mass_kg)
{
    const hs_load *load = &own->load;
    double spread = load->gains.notch_spread, damping = load->gains.notch_damping;
    if (!(load->stage.bending_hz > 0.0))
        return asked_b;
    double at_hz = load->stage.bending_hz * sqrt(load->stage.bending_kg / mass_kg);
    for (int i = 0; i < BIQUADS; i++) {
        double place = at_hz * (1.0 - spread + 2.0 * spread * i);
        asked_b.y = notched(own->notch[which][0][i], asked_b.y, place, damping, own->frame_s);
        asked_b.z = notched(own->notch[which][1][i], asked_b.z, place, damping, own->frame_s);
    }
    return asked_b;
}

/* Rotation vector in body axes [rad] that brings the nose to its direction and body y toward `right`. */
static vec attitude_error(quat q_enu_b, vec nose_enu, vec right_enu)
{
    vec nose = to_body(q_enu_b, nose_enu), right = to_body(q_enu_b, right_enu);
    double tilt = atan2(sqrt(nose.y * nose.y + nose.z * nose.z), nose.x);
    vec error = times(tilt, unit(vec_of(0.0, -nose.z, nose.y)));
    error.x += atan2(right.z, right.y);
    return error;
}

/* Direction of the nose: the regulator's, or a lean from the direction against the motion; with its turn rate. */
static vec point(flight *own, const situation *now)
{
    vec wanted, previous = own->nose;
    bool steered = steered_nose(own, now, &wanted);
    if (!steered)
        wanted = plus(now->against, own->lean);
    double slew = steered ? own->load.gains.nose_rate_radps : own->load.gains.glide_rate_radps;
    own->nose = limited_nose(previous, wanted, slew * own->frame_s);
    vec turn = times(1.0 / own->frame_s, outer(previous, own->nose));
    double keep = exp(-own->frame_s / TURN_SMOOTHING_S);
    own->turn_radps = plus(times(keep, own->turn_radps), times(1.0 - keep, turn));
    return own->nose;
}

/* Moment [N m] from attitude error and excess rate, cascaded with a rate limit. */
static vec wanted_moment(const flight *own, const balance *body, vec error, vec excess_radps)
{
    const hs_load *load = &own->load;
    double quickness = own->mode == LAST_ENGINE ? load->gains.final_quickness : 1.0;
    double limit = load->gains.rate_limit_radps;
    vec rate = times(quickness * load->gains.angle_gain_ps, error);
    double shrink = fmin(1.0, limit / (sqrt(rate.y * rate.y + rate.z * rate.z) + 1e-9));
    double roll = clamp(load->gains.roll_gain_ps * error.x, -limit, limit);
    vec slack = minus(vec_of(roll, shrink * rate.y, shrink * rate.z), excess_radps);
    double gain = load->gains.rate_gain_ps, across_gain = quickness * gain;
    return vec_of(
        load->stage.dry_inertia_kgm2[0] * gain * slack.x, body->lateral_kgm2 * across_gain * slack.y,
        body->lateral_kgm2 * across_gain * slack.z);
}

/* Deflections of the fins for a moment; returns the moment that they will give. */
static vec set_fins(const flight *own, const situation *now, vec moment, double out[])
{
    const hs_load *load = &own->load;
    double arm = load->stage.fin_position_m - now->cg_m, strength = fmax(now->fin_n_prad, 1.0);
    double limit = load->stage.fin_limit_rad, radius = load->stage.fin_radius_m;
    vec given = vec_of(0, 0, 0);
    for (int i = 0; i < own->shape.fins; i++) {
        double c = load->stage.fin_span_yz[i][0], s = load->stage.fin_span_yz[i][1];
        double push = 0.25 * moment.x / radius - 0.5 * (c * moment.y + s * moment.z) / arm;
        out[i] = clamp(push / strength, -limit, limit);
        push = out[i] * now->fin_n_prad;
        given = plus(given, vec_of(radius * push, -arm * c * push, -arm * s * push));
    }
    return given;
}

/* Angles of the gimbals for a moment with these thrusts; returns the moment that they will give. Engines that push unevenly
 * roll the stage when they tilt together, and push it sideways when they twist. */
static vec set_gimbals(const flight *own, const situation *now, vec moment, double out[])
{
    const hs_load *load = &own->load;
    double swivelled = 0.0, spread = 0.0, uneven_y = 0.0, uneven_z = 0.0, limit = load->stage.gimbal_limit_rad;
    vec given = vec_of(0, 0, 0);
    for (int g = 0; g < own->shape.gimballed; g++) {
        int e = load->stage.gimbal_engine[g];
        double y = load->stage.engine_yz_m[e][0], z = load->stage.engine_yz_m[e][1];
        swivelled += own->thrust_n[e];
        spread += own->thrust_n[e] * (y * y + z * z);
        uneven_y += own->thrust_n[e] * y;
        uneven_z += own->thrust_n[e] * z;
    }
    if (!(swivelled > 1e4))
        return given; /* `out` is zero */
    double side_y = -moment.z / now->cg_m, side_z = moment.y / now->cg_m, twist = 0.0;
    double turning = spread - (uneven_y * uneven_y + uneven_z * uneven_z) / swivelled;
    if (turning > LEAST_TURNING * spread) {
        twist = (moment.x - (uneven_y * side_z - uneven_z * side_y) / swivelled) / turning;
        twist = clamp(twist, -0.3 * limit, 0.3 * limit);
    }
    double tilt_a = (side_z - uneven_y * twist) / swivelled, tilt_b = (side_y + uneven_z * twist) / swivelled;
    for (int g = 0; g < own->shape.gimballed; g++) {
        int e = load->stage.gimbal_engine[g];
        double y = load->stage.engine_yz_m[e][0], z = load->stage.engine_yz_m[e][1];
        out[2 * g] = clamp(tilt_a + y * twist, -limit, limit);
        out[2 * g + 1] = clamp(tilt_b - z * twist, -limit, limit);
        double force_z = own->thrust_n[e] * out[2 * g], force_y = own->thrust_n[e] * out[2 * g + 1];
        given = plus(given, vec_of(y * force_z - z * force_y, now->cg_m * force_z, -now->cg_m * force_y));
    }
    return given;
}

/* Valves of the cold gas for what is left of the moment: one opens if more than half a thruster is needed. */
static void set_thrusters(const flight *own, const situation *now, vec moment, bool out[])
{
    for (int i = 0; i < own->shape.thrusters; i++) {
        const double *at = own->load.stage.thruster_position_m[i], *along = own->load.stage.thruster_direction[i];
        double x = at[0] - now->cg_m, radius2 = at[1] * at[1] + at[2] * at[2];
        vec turn = outer(vec_of(x, at[1], at[2]), vec_of(0.0, along[1], along[2]));
        double wanted = 0.25 * moment.x * turn.x / radius2 + 0.5 * (moment.y * turn.y + moment.z * turn.z) / (x * x);
        out[i] = wanted > THRUSTER_ON * own->load.stage.thruster_n;
    }
}

/* Moment to actuators. `trim`, which holds a lean against the air, is the fins' to give: at the nose it costs the least
 * sideways force. `side` is a sideways force that the fins give besides; the gimbals take its moment and push the same
 * way. No gas where fins and engines are enough. */
static void allocate(
    const flight *own, const situation *now, vec moment, vec trim, vec side, hs_actuators *answer)
{
    const hs_load *load = &own->load;
    double arm = load->stage.fin_position_m - now->cg_m;
    double push = now->fin_n_prad * load->stage.fin_limit_rad * SAFE_SHARE;
    double fins = 2.0 * push * arm, fin_roll = 4.0 * push * load->stage.fin_radius_m;
    double gimbals = now->thrust_n * load->stage.gimbal_limit_rad * SAFE_SHARE * now->cg_m;
    double share = fins / (fins + gimbals + 1.0);
    double roll = now->q_pa > 0.25 * THIN_AIR_PA ? clamp(moment.x, -fin_roll, fin_roll) : 0.0;
    double pitch = trim.y - arm * side.z, yaw = trim.z + arm * side.y;
    vec asked = vec_of(roll, share * moment.y + pitch, share * moment.z + yaw);
    vec left = minus(plus(moment, trim), set_fins(own, now, asked, answer->fin_rad));
    left = minus(left, set_gimbals(own, now, left, answer->gimbal_rad));
    if (now->q_pa < THIN_AIR_PA)
        set_thrusters(own, now, left, answer->rcs_open);
}

/* Attitude loop and allocation of a frame; `answer` is all zero before. */
void act(flight *own, const situation *now, const balance *body, hs_actuators *answer)
{
    const hs_load *load = &own->load;
    double azimuth = load->start.azimuth_rad, opposes, restores;
    double throttle = clamp(own->throttle, load->stage.throttle_floor, load->stage.throttle_ceiling);
    for (int e = 0; e < own->shape.engines; e++) {
        answer->engine_on[e] = own->engines[e].on;
        answer->throttle[e] = throttle;
    }
    answer->leg_deploy = own->legs;
    vec nose = point(own, now);
    vec right = unit(across(vec_of(cos(azimuth), -sin(azimuth), 0.0), nose));
    vec error = attitude_error(own->nav.q_enu_b, nose, right);
    own->off_rad = sqrt(error.y * error.y + error.z * error.z);
    lift_slope(own, now, length(minus(nose, now->against)), &opposes, &restores);
    vec held = to_body(own->nav.q_enu_b, times(restores, outer(now->against, nose)));
    held.x = 0.0; /* the air turns no stage about its axis */
    vec turning = to_body(own->nav.q_enu_b, own->turn_radps);
    vec moment = minus(wanted_moment(own, body, error, minus(own->nav.omega_b_radps, turning)), offset_moment(own));
    if (own->mode == SAFE)
        moment = held = vec_of(0, 0, 0);
    vec side = without_bending(own, SIDE, to_body(own->nav.q_enu_b, own->side_n), now->mass_kg);
    allocate(own, now, moment, held, side, answer);
}
