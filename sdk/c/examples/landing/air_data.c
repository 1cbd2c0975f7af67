/* Two properties of the air, told apart in the glide: lift of the stage, and error of the forecast wind.
 *
 * A stage with a lean against the air gets a sideways force in proportion to that lean; a wind that differs from the
 * forecast adds a lean that was not commanded. An extended Kalman filter of three numbers: the lift factor, which does not
 * change, and the wind error, a first-order Gauss-Markov process over height. And what the wind does to the stage in
 * the burn, averaged.
 */
#include <string.h>

#include "landing.h"

#define LIFT_SIGMA 0.2 /* of the believed lift; chosen */
#define WIND_SIGMA_MPS 5.0 /* chosen: a forecast some hours old */
#define WIND_LENGTH_M 3000.0 /* chosen: over which its error changes */
#define GUST_MPS 2.5 /* chosen: what of the wind is no part of the error to be learnt, */
#define GUST_S 1.0 /* and how long it lasts */
#define FROM_PA 8e3 /* chosen: less air tells little */
#define FLOOR_MPS2 0.1 /* chosen: sideways, of accelerometer and of what moves aboard */
#define MODEL_SHARE 0.05 /* chosen: of the modelled force, for what the model lacks */
#define BLOW_S 0.5 /* tuned: over which what the wind does is averaged */

void air_start(air_data *air)
{
    memset(air, 0, sizeof *air);
    air->value[0] = 1.0;
    air->cov[0][0] = LIFT_SIGMA * LIFT_SIGMA;
    air->cov[1][1] = air->cov[2][2] = WIND_SIGMA_MPS * WIND_SIGMA_MPS;
}

/* Wind less forecast, here [m/s]. */
vec wind_error(const air_data *air)
{
    return vec_of(air->value[1], air->value[2], 0.0);
}

/* Correlation of a wind error that is left over a difference in altitude. */
double fading(double height_m)
{
    return exp(-fabs(height_m) / WIND_LENGTH_M);
}

/* The wind error over a descent: smaller, and less sure. */
void air_sink(air_data *air, double way_m)
{
    double keep = fading(way_m), fresh = (1.0 - keep * keep) * WIND_SIGMA_MPS * WIND_SIGMA_MPS;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            air->cov[i][j] *= (i ? keep : 1.0) * (j ? keep : 1.0);
    for (int i = 1; i < 3; i++) {
        air->value[i] *= keep;
        air->cov[i][i] += fresh;
    }
}

/* One number measured. */
static void take(air_data *air, const double gradient[3], double innovation, double variance)
{
    double g[3], s = variance;
    for (int i = 0; i < 3; i++) {
        g[i] = air->cov[i][0] * gradient[0] + air->cov[i][1] * gradient[1] + air->cov[i][2] * gradient[2];
        s += gradient[i] * g[i];
    }
    for (int i = 0; i < 3; i++) {
        air->value[i] += g[i] / s * innovation;
        for (int j = 0; j < 3; j++)
            air->cov[i][j] -= g[i] * g[j] / s;
    }
    air->value[0] = clamp(air->value[0], 0.3, 2.0);
}

/* The sideways force of one frame. `lean` is the nose less the direction against the motion through air as forecast,
 * `plain`; `force` the specific force where the fins cancel by turning the stage what they push; `push` the engines'. */
static void learn(flight *own, const situation *now, vec lean, vec plain, vec force, vec push)
{
    air_data *air = &own->air;
    vec felt = minus(lean, times(1.0 / now->speed_mps, across(wind_error(air), plain)));
    double size = length(felt), factor = air->value[0];
    double lift = trimmed_lift(&own->load, now->q_pa, 1.0, now->cg_m, size);
    vec seen = across(minus(times(now->mass_kg, force), push), plain);
    vec modelled = minus(times(now->drag_n, lean), times(factor * lift, felt));
    vec off = minus(seen, modelled);
    double per_mps = factor * lift / now->speed_mps;
    double gust = lift * GUST_MPS / now->speed_mps, model = MODEL_SHARE * lift * size;
    double least = FLOOR_MPS2 * now->mass_kg;
    double variance = (gust * gust + model * model + least * least) * GUST_S / own->frame_s;
    double east[3] = {-lift * felt.x, per_mps, 0.0}, north[3] = {-lift * felt.y, 0.0, per_mps};
    take(air, east, off.x, variance);
    /* less what the first has already explained of the second */
    take(air, north, off.y + lift * felt.y * (air->value[0] - factor), variance);
}

/* Specific force at a point on the axis, east-north-up, with the turn rate of the frame before. */
static vec felt_at(const flight *own, double x_m, vec before_b)
{
    vec arm = minus(vec_of(x_m, 0, 0), vec_from(own->load.stage.imu_m)), rate = own->nav.omega_b_radps;
    vec spin = times(1.0 / own->frame_s, minus(rate, before_b));
    vec force = plus(own->nav.force_b_mps2, plus(outer(spin, arm), outer(rate, outer(rate, arm))));
    return to_frame(own->nav.q_enu_b, force);
}

/* One frame of both. */
void feel(flight *own, const situation *now, const balance *body, vec before_b)
{
    if (own->mode == SAFE)
        return;
    double fin_arm = own->load.stage.fin_position_m - body->cg_m;
    vec nose = to_frame(own->nav.q_enu_b, vec_of(1, 0, 0));
    vec push = to_frame(own->nav.q_enu_b, engines_push(own, body->cg_m));
    vec force = felt_at(own, body->cg_m - body->lateral_kgm2 / (body->mass_kg * fin_arm), before_b);
    /* against the motion through the air as forecast: the filter adds its own wind error */
    vec plain = unit(minus(times(now->speed_mps, now->against), wind_error(&own->air)));
    vec blown = vec_of(0, 0, 0);
    if (!(now->q_pa < FROM_PA))
        learn(own, now, across(minus(nose, plain), plain), plain, force, push);
    if (own->mode == BURN) {
        blown = minus(minus(force, times(1.0 / body->mass_kg, push)), calm_air(own, now, nose));
    } else if (own->mode == LAST_ENGINE) {
        /* hardly any air at the fins: where the gimbals' push cancels, all but thrust along the nose is the wind's */
        force = felt_at(own, body->cg_m + body->lateral_kgm2 / (body->mass_kg * body->cg_m), before_b);
        blown = minus(force, times(own->thrust_factor * now->thrust_n / body->mass_kg, nose));
    }
    double keep = exp(-own->frame_s / BLOW_S);
    own->blown_mps2[0] = keep * own->blown_mps2[0] + (1.0 - keep) * blown.x;
    own->blown_mps2[1] = keep * own->blown_mps2[1] + (1.0 - keep) * blown.y;
}
