/* Where and when a descent ends: basis of the glide and of the ignition.
 *
 * A point mass through the forecast air, with the nose against its motion, so that thrust brakes along the velocity.
 * Midpoint steps; the last is cut where the descent speed has fallen to the target.
 */
#include "landing.h"

#define COAST_STEP_S 0.5
#define BURN_STEP_S 0.1
#define LONGEST_STEPS 900
#define DEEPEST_M -300.0
#define TYPICAL_GLIDE_LEAN_RAD 0.15 /* chosen: where the slope of the lift is taken to limit the lean of a glide */
#define LACKING_MPS2 20.0 /* chosen: braking assumed for the speed that a plan has left */
#define THROTTLE_STEP 0.01
#define LEAST_THROTTLE 0.2 /* wider than the engines', so that a demand beyond them is seen */
#define MOST_THROTTLE 2.0

/* Share of the commanded level that the start has reached. */
static double risen(const hs_load *load, double age_s)
{
    double x = clamp((age_s - load->stage.dead_time_s) / load->stage.rise_time_s, 0.0, 1.0);
    return x * x * (3.0 - 2.0 * x);
}

/* Largest lean [rad] of a glide: by angle, and by what the hull may be pushed sideways. */
double lean_limit(const hs_load *load, double q_pa, double mass_kg, double lift_factor, double cg_m)
{
    double lift = trimmed_lift(load, q_pa, lift_factor, cg_m, TYPICAL_GLIDE_LEAN_RAD);
    return fmin(load->gains.glide_angle_rad, load->gains.hull_mps2 * mass_kg / (lift + 1.0));
}

/* Unit vectors across the nose: along the motion over ground, and to the right of it. */
void lean_axes(vec vel, vec nose, vec *along, vec *right)
{
    *along = unit(across(vec_of(vel.x, vel.y, 0.0), nose));
    *right = outer(*along, nose);
}

/* Force [N] that a held lean adds to that of none: lift against it, and the axial force leaning with it. */
static vec leaning(
    const hs_load *load, const burn_plan *plan, const situation *now, vec vel, vec nose, double mass, double axial_n,
    double q_pa)
{
    vec along, right;
    double limit = lean_limit(load, q_pa, mass, now->lift_factor, now->cg_m);
    double size = limit * sqrt(plan->lean[0] * plan->lean[0] + plan->lean[1] * plan->lean[1]);
    double lift = trimmed_lift(load, q_pa, now->lift_factor, now->cg_m, size), k = -limit * (lift - axial_n);
    lean_axes(vel, nose, &along, &right);
    vec sideways = plus(times(k * plan->lean[0], along), times(k * plan->lean[1], right));
    return plus(sideways, times(size * size * (lift - 1.5 * axial_n), nose));
}

/* Acceleration [m/s2] at one moment of the prediction; the flow [kg/s] into `burnt`. */
static vec pull(
    const flight *own, const burn_plan *plan, const situation *now, double level, vec pos, vec vel, double mass,
    double *burnt)
{
    const hs_load *load = &own->load;
    air_at air = forecast_at(load, altitude(load, pos));
    vec wind = plus(air.wind, times(fading(pos.z - now->pos_enu_m.z), wind_error(&own->air)));
    double speed = length(minus(vel, wind)), push = 0.0;
    if (level > 0.0)
        push = plan->engines * own->thrust_factor * thrust(load, level, air.pressure);
    double axial = drag(load, air.density, air.sound, speed, push);
    vec nose = against_motion(vel, wind), force = times(push + axial, nose);
    if (level == 0.0)
        force = plus(force, leaning(load, plan, now, vel, nose, mass, axial, 0.5 * air.density * speed * speed));
    *burnt = plan->engines * flow(load, level);
    return plus(plus(gravity(load, pos), coriolis(load, vel)), times(1.0 / mass, force));
}

/* Fly the plan from now to its stopping speed, or deep below the pad. */
ending predict(const flight *own, const burn_plan *plan, const situation *now)
{
    const hs_load *load = &own->load;
    vec pos = now->pos_enu_m, vel = now->vel_enu_mps;
    double time = 0.0, age = plan->age_s, mass = now->mass_kg, burnt, answers = response(own);
    double gate_s = load->stage.dead_time_s + 0.5 * load->stage.rise_time_s;
    bool coasting = pos.z > plan->coast_to_m;
    ending end = {pos, vel, 0.0, pos, vel, 0.0};
    for (int i = 0; i < LONGEST_STEPS; i++) {
        double step = coasting ? COAST_STEP_S : BURN_STEP_S;
        double level = coasting ? 0.0 : answers * plan->throttle * risen(load, age + 0.5 * step);
        vec first = pull(own, plan, now, level, pos, vel, mass, &burnt);
        vec middle = plus(vel, times(0.5 * step, first)), halfway = plus(pos, times(0.5 * step, vel));
        vec second = pull(own, plan, now, level, halfway, middle, mass, &burnt);
        vec after = plus(vel, times(step, second));
        if (!coasting && -after.z <= plan->stop_mps && age > 0.0) {
            double cut = clamp(step * (vel.z + plan->stop_mps) / (vel.z - after.z), 0.0, step);
            end.pos_enu_m = plus(pos, times(cut, plus(vel, times(0.5 * cut, second))));
            end.vel_enu_mps = plus(vel, times(cut, second));
            end.time_s = time + cut;
            return end;
        }
        pos = plus(pos, times(step, middle));
        vel = after;
        mass -= burnt * step;
        time += step;
        if (coasting || age < gate_s) {
            end.gate_pos_enu_m = pos;
            end.gate_vel_enu_mps = vel;
            end.gate_time_s = time;
        }
        if (coasting)
            coasting = pos.z + 0.5 * step * vel.z > plan->coast_to_m;
        else
            age += step;
        if (pos.z < DEEPEST_M)
            break;
    }
    end.pos_enu_m = pos;
    end.vel_enu_mps = vel;
    end.time_s = time;
    return end;
}

/* How much higher than wanted the plan ends [m], less the height that a speed not yet braked still needs. */
double excess(const burn_plan *plan, const ending *end, double height_m)
{
    double speed = fmax(-end->vel_enu_mps.z - plan->stop_mps, 0.0);
    return end->pos_enu_m.z - height_m - speed * (speed + 2.0 * plan->stop_mps) / (2.0 * LACKING_MPS2);
}

/* The constant throttle that ends the plan at a height, within half a metre, from that of the plan by at most three guarded
 * Newton steps; `end` is how the last throttle that was tried ends. */
double solve_throttle(const flight *own, const burn_plan *plan, const situation *now, double height_m, ending *end)
{
    burn_plan here = *plan, nudged = *plan;
    double k = clamp(plan->throttle, LEAST_THROTTLE, MOST_THROTTLE);
    for (int i = 0; i < 3; i++) {
        here.throttle = k;
        nudged.throttle = k + THROTTLE_STEP;
        *end = predict(own, &here, now);
        ending other = predict(own, &nudged, now);
        double error = excess(&here, end, height_m);
        double gradient = (excess(&nudged, &other, height_m) - error) / THROTTLE_STEP;
        if (fabs(error) < 0.5 || gradient < 1.0)
            break;
        k = clamp(k - clamp(error / gradient, -0.3, 0.3), LEAST_THROTTLE, MOST_THROTTLE);
    }
    return k;
}
