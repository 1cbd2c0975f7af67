/* Lateral guidance from ignition to touchdown: a finite-horizon linear-quadratic regulator.
 *
 * Per horizontal axis: place r, speed v, lean of the nose s, commanded lean c, what the wind pushes w; controls are the rate u
 * of c and a side push d (fins and gimbals pushing the same way, so that the stage moves without turning). With thrust T,
 * lift L and axial force D at speed V along the nominal burn,
 *
 *     r' = v,  v' = (T + D - L) / m s - L / (m V) v + d + w,  s' = (c - s) / lag,  c' = u,  w ~ V,
 *
 * which is linear with known coefficients of the time to touchdown. The discrete Riccati equation (Bryson and Ho, Applied
 * Optimal Control, ch. 5) is solved once, at reset. Thrust pushes the stage the way it leans and lift the other way; under
 * three engines they about cancel between 350 and 240 m/s: what a lean cannot do there, the side push does.
 */
#include <string.h>

#include "landing.h"

#define STEP_S 0.02
#define ROW_STEPS 5 /* of them in a row of the table */
#define ROW_S 0.1
#define TYPICAL_LEAN_RAD 0.06 /* chosen: where the slope of the lift, which grows with the lean, is taken */
#define PAD_DENSITY_KGPM3 1.07 /* US76 at 1.35 km, and above with */
#define SCALE_HEIGHT_M 9000.0
#define SOUND_MPS 335.0
#define FIN_SHARE 0.5 /* chosen: of the fins' range that a side push may take */
#define SURE_SHARE 0.15 /* chosen: of thrust left over lift, below which a lean is spared */
#define LEAST_SIDE_MPS2 0.02 /* stands for none */
#define LEAST_BLOW_PS 0.05 /* chosen: a stage nearly at rest in 15 m/s */
#define FIRST_ROW 4.0 /* the gains grow without bound toward touchdown: held over the last 0.4 s */
#define LEAST_PUSH_MPS2 5.0 /* chosen: where a lean does less, the gains are not scaled */
#define LEAST_SCALE 0.7 /* tuned: by how much they are */
#define MOST_SCALE 1.5
#define REACH_FROM_S 4.0 /* tuned: what the upright end of the burn can still move */
#define REACH_LEAST_M 1.5
#define UPRIGHT_FROM_M 80.0 /* chosen: below, the tighter limit of tilt holds */

/* The nominal burn at a time to touchdown. */
typedef struct nominal {
    double push_mps2, damping_ps; /* sideways acceleration per lean; damping */
    double lean_rad, place_pm2; /* what costs one, and the weight of the place */
    double side_mps2, blow_ps; /* the side push that costs one; what a wind across pushes per speed of it */
} nominal;

static nominal nominal_at(const hs_load *load, double to_go_s)
{
    double last_s = load->gains.nominal_last_s, mass = load->gains.nominal_mass_kg, cg = load->gains.nominal_cg_m;
    double last_place = 1.0 / (load->gains.last_place_m * load->gains.last_place_m);
    nominal now = {0.0, 0.0, load->gains.final_lean_rad, last_place, LEAST_SIDE_MPS2, LEAST_BLOW_PS};
    now.push_mps2 = 9.8 + 0.7 * load->gains.final_decel_mps2;
    if (to_go_s < last_s)
        return now;
    double speed = load->gains.hand_over_mps + load->gains.nominal_decel_mps2 * (to_go_s - last_s);
    double density = PAD_DENSITY_KGPM3 * exp(-fmax(to_go_s - last_s, 0.0) * speed / 2.0 / SCALE_HEIGHT_M);
    double pressure = 0.5 * density * speed * speed;
    double arm = load->stage.fin_position_m - cg, lever = load->stage.normal_position_m - cg;
    double slope = load->stage.normal_slope + TYPICAL_LEAN_RAD * load->stage.normal_growth;
    double lift = (1.0 - lever / arm) * pressure * load->stage.ref_area_m2 * slope;
    double push = mass * (load->gains.nominal_decel_mps2 + 9.8);
    double fins = FIN_SHARE * 2.0 * pressure * load->stage.fin_area_m2 * load->stage.fin_limit_rad;
    fins *= table(load->stage.fin_mach, load->stage.fin_slope, load->n_fin, speed / SOUND_MPS);
    double side = fmin(fins, load->gains.side_gimbal_rad * push * cg / arm) * (1.0 + arm / cg);
    now.push_mps2 = (push - lift) / mass;
    now.damping_ps = lift / (mass * speed);
    if (!(to_go_s < last_s + load->gains.upright_s)) {
        now.lean_rad = load->gains.burn_lean_rad * clamp(fabs(push - lift) / push / SURE_SHARE, 0.1, 1.0);
        now.place_pm2 = 0.0;
    }
    now.side_mps2 = load->gains.side_weight * side / mass + LEAST_SIDE_MPS2;
    now.blow_ps = fmax(now.damping_ps, LEAST_BLOW_PS);
    return now;
}

typedef double matrix[STATES][STATES];

static void multiply(matrix a, matrix b, matrix out)
{
    for (int i = 0; i < STATES; i++)
        for (int j = 0; j < STATES; j++) {
            out[i][j] = 0.0;
            for (int k = 0; k < STATES; k++)
                out[i][j] += a[i][k] * b[k][j];
        }
}

/* x_next = a x + b (u, d) over one step; the rate of c is u, and d is an acceleration. */
static void set_dynamics(const hs_load *load, const nominal *now, double blow_before_ps, matrix a)
{
    memset(a, 0, sizeof(matrix));
    for (int i = 0; i < STATES; i++)
        a[i][i] = 1.0;
    a[0][1] = STEP_S;
    a[1][1] -= STEP_S * now->damping_ps;
    a[1][2] = STEP_S * now->push_mps2;
    a[1][4] = STEP_S;
    a[2][2] -= STEP_S / load->gains.lean_lag_s;
    a[2][3] = STEP_S / load->gains.lean_lag_s;
    a[4][4] += now->blow_ps / blow_before_ps - 1.0;
}

/* Gains of both controls, by (r + b' p b) gain = b' p a: two equations, solved by hand. */
static void set_gain(const hs_load *load, const nominal *now, matrix p, matrix pa, double gain[2][STATES])
{
    static const int at[2] = {3, 1}; /* the states that the controls move */
    double rate = load->gains.lean_rate_radps, m[2][2];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            m[i][j] = STEP_S * STEP_S * p[at[i]][at[j]];
    m[0][0] += STEP_S / (rate * rate);
    m[1][1] += STEP_S / (now->side_mps2 * now->side_mps2);
    double whole = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    for (int j = 0; j < STATES; j++) {
        double first = STEP_S * pa[at[0]][j], second = STEP_S * pa[at[1]][j];
        gain[0][j] = (m[1][1] * first - m[0][1] * second) / whole;
        gain[1][j] = (m[0][0] * second - m[1][0] * first) / whole;
    }
}

/* One step back: p = q + a' p (a - b gain), made symmetric. */
static void step_back(const nominal *now, matrix a, double gain[2][STATES], matrix p)
{
    matrix closed, pc, next, turned;
    double lean = STEP_S / (now->lean_rad * now->lean_rad);
    memcpy(closed, a, sizeof closed);
    for (int i = 0; i < STATES; i++)
        for (int j = 0; j < STATES; j++)
            turned[i][j] = a[j][i];
    for (int j = 0; j < STATES; j++) {
        closed[3][j] -= STEP_S * gain[0][j];
        closed[1][j] -= STEP_S * gain[1][j];
    }
    multiply(p, closed, pc);
    multiply(turned, pc, next);
    next[0][0] += STEP_S * now->place_pm2;
    next[2][2] += lean;
    next[3][3] += lean;
    for (int i = 0; i < STATES; i++)
        for (int j = 0; j < STATES; j++)
            p[i][j] = 0.5 * (next[i][j] + next[j][i]);
}

/* The table of gains: of the lean's rate, of the side push, the lead and the nominal push. */
void regulator_solve(flight *own)
{
    const hs_load *load = &own->load;
    matrix p = {{0.0}}, a, pa;
    double gain[2][STATES];
    p[0][0] = 1.0 / (load->gains.rest_place_m * load->gains.rest_place_m);
    p[1][1] = 1.0 / (load->gains.rest_speed_mps * load->gains.rest_speed_mps);
    p[2][2] = p[3][3] = 1.0 / (load->gains.rest_lean_rad * load->gains.rest_lean_rad);
    for (int i = 0; i <= (GAIN_ROWS - 1) * ROW_STEPS; i++) {
        nominal now = nominal_at(load, i * STEP_S), before = nominal_at(load, (i + 1) * STEP_S);
        set_dynamics(load, &now, before.blow_ps, a);
        multiply(p, a, pa);
        set_gain(load, &now, p, pa, gain);
        if (i % ROW_STEPS == 0) {
            double *row = own->gain[i / ROW_STEPS];
            memcpy(row, gain, sizeof gain);
            row[LEAD] = p[0][1] / p[0][0];
            row[PUSH] = now.push_mps2;
        }
        step_back(&now, a, gain, p);
    }
}

/* One column of the table at a time to touchdown. */
double gain_at(const flight *own, double to_go_s, int column)
{
    double x = clamp(to_go_s / ROW_S, FIRST_ROW, GAIN_ROWS - 1.001);
    int i = (int)x;
    return own->gain[i][column] + (x - i) * (own->gain[i + 1][column] - own->gain[i][column]);
}

/* Sideways acceleration per lean over that of the nominal burn, as far as both are known. */
static double push_share(const flight *own, const situation *now, double nominal_mps2)
{
    double opposes, restores;
    if (nominal_mps2 < LEAST_PUSH_MPS2 || now->engines < 1.5)
        return 1.0;
    lift_slope(own, now, TYPICAL_LEAN_RAD, &opposes, &restores);
    return clamp((now->thrust_n - opposes) / now->mass_kg / nominal_mps2, LEAST_SCALE, MOST_SCALE);
}

static vec level(vec a)
{
    return vec_of(a.x, a.y, 0.0);
}

/* The commanded lean one frame on, into `commanded`; returns the side push [m/s2]. `blown` is what the wind does.
 * Distance counts as far as it can still be made good: by the speed across that there is, and by what may be gained. */
static vec steer_across(const flight *own, const situation *now, vec nose, vec *commanded, vec blown, double limit)
{
    double to_go_s = own->to_go_s, left_s = fmax(to_go_s - REACH_FROM_S, 0.0);
    vec v = level(now->still_vel_enu_mps), r = level(now->still_pos_enu_m);
    double closing = fmax(-inner(unit(r), v), 0.0);
    double reach = own->load.gains.reach_mps2 * left_s * left_s + REACH_LEAST_M;
    double share = push_share(own, now, gain_at(own, to_go_s, PUSH));
    vec rate = vec_of(0, 0, 0), side = vec_of(0, 0, 0);
    r = limited(r, reach + gain_at(own, to_go_s, LEAD) * closing); /* out of reach is not worth new speed across */
    vec errors[STATES];
    errors[0] = r;
    errors[1] = v;
    errors[2] = times(share, nose);
    errors[3] = times(share, *commanded);
    errors[4] = blown;
    for (int i = 0; i < STATES; i++) {
        rate = minus(rate, times(gain_at(own, to_go_s, i), level(errors[i])));
        side = minus(side, times(gain_at(own, to_go_s, STATES + i), level(errors[i])));
    }
    rate = limited(times(1.0 / share, rate), own->load.gains.nose_rate_radps);
    *commanded = limited(plus(*commanded, times(own->frame_s, rate)), limit);
    return side;
}

/* What the regulator expects the air to do [m/s2], as if it did not move. */
vec calm_air(const flight *own, const situation *now, vec nose)
{
    vec ground = times(-1.0, unit(now->vel_enu_mps)), lean = across(minus(nose, ground), ground);
    double lift = trimmed_lift(&own->load, now->q_pa, now->lift_factor, now->cg_m, length(lean));
    return times(1.0 / now->mass_kg, minus(times(now->drag_n, nose), times(lift, lean)));
}

/* The fins' part [N] of a side push, in which the gimbals push the same way so that the stage does not turn. */
static vec side_push(const flight *own, const situation *now, vec wanted_mps2)
{
    double arm = own->load.stage.fin_position_m - now->cg_m;
    double fins = FIN_SHARE * 2.0 * now->fin_n_prad * own->load.stage.fin_limit_rad;
    double gimbals = own->load.gains.side_gimbal_rad * now->thrust_n * now->cg_m / arm;
    return limited(times(now->cg_m / (now->cg_m + arm), times(now->mass_kg, wanted_mps2)), fmin(fins, gimbals));
}

/* Direction of the nose by the regulator; false until thrust is there. It steers on to the ground; its commanded lean
 * begins where the nose is. */
bool steered_nose(flight *own, const situation *now, vec *wanted)
{
    const hs_load *load = &own->load;
    own->side_n = vec_of(0, 0, 0);
    if (!own->steers && !(thrust_is_on(load, now->thrust_n) && own->mode != GLIDE))
        return false;
    vec nose = to_frame(own->nav.q_enu_b, vec_of(1, 0, 0));
    if (!own->steers) {
        own->steer[0] = nose.x;
        own->steer[1] = nose.y;
        own->steers = true;
    }
    double limit = now->pos_enu_m.z - now->foot_m > UPRIGHT_FROM_M ? load->gains.tilt_sine : load->gains.final_tilt_rad;
    vec commanded = vec_of(own->steer[0], own->steer[1], 0.0), wind = vec_of(own->blown_mps2[0], own->blown_mps2[1], 0.0);
    /* in the burn the side push takes out what the wind does; the regulator is told of what is left */
    vec left = own->mode != BURN ? wind : vec_of(own->unmet_mps2[0], own->unmet_mps2[1], 0.0);
    vec side = steer_across(own, now, nose, &commanded, left, limit);
    own->steer[0] = commanded.x;
    own->steer[1] = commanded.y;
    if (own->mode == BURN) {
        vec push = minus(side, wind);
        own->side_n = side_push(own, now, push);
        vec given = times(load->stage.fin_position_m / (now->cg_m * now->mass_kg), own->side_n);
        own->unmet_mps2[0] = given.x - push.x;
        own->unmet_mps2[1] = given.y - push.y;
    }
    *wanted = vec_of(commanded.x, commanded.y, sqrt(1.0 - commanded.x * commanded.x - commanded.y * commanded.y));
    return true;
}
