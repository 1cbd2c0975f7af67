/* Glide until ignition, burn until hand-over, last engine until touchdown: when each begins, throttle, legs. */
#include "landing.h"

#define GLIDE_FRAMES 20
#define BURN_FRAMES 5
#define RATE_FREEZE_M 3.0 /* chosen: nearer to the settling height the needed rate is a ratio of small numbers */
#define NEAR 1.6 /* chosen: times the height expected for ignition, below which ignition is thought about */
#define CLOSING_S 0.06 /* chosen: command and valves, */
#define TAIL_S 0.15 /* tail-off, */
#define DROP_S 0.5 /* and from cut-off to the ground */
#define LOW_M 15.0 /* chosen: higher up, one leg switch alone is not believed */
#define AT_ONCE_M 1e9 /* a height from which a plan starts its engines at once */
#define IGNITION_SHARE 0.5 /* chosen: of the height that the predicted burn would end too high or low, taken at a time */
#define IGNITION_STEP_M 250.0 /* chosen: and at most so much */
#define FINAL_SPEED_GAIN_PS 1.5 /* tuned */
#define GRAVITY_MPS2 9.8

/* Speed and height at which steady braking gives way to settling exponentially to the final speed, so that thrust has time
 * to come down to the weight. */
static double settling(const flight *own, double *height_m)
{
    double speed = own->load.gains.final_decel_mps2 / own->load.gains.final_settle_ps;
    *height_m = (speed - own->load.gains.final_speed_mps) / own->load.gains.final_settle_ps;
    return speed;
}

/* To touchdown on the final profile [s]. */
static double final_time(const flight *own, double height_m, double descent_mps)
{
    double settle_ps = own->load.gains.final_settle_ps, height, speed = settling(own, &height);
    double low = clamp(height_m, 0.0, height);
    double settle = log1p(settle_ps * low / own->load.gains.final_speed_mps) / settle_ps;
    return settle + 2.0 * fmax(height_m - height, 0.0) / fmax(descent_mps + speed, 1.0);
}

/* Throttle of the last engine: brake steadily, then let speed settle with height to the final speed. */
static double final_level(const flight *own, const situation *now, double height_m)
{
    double settle_ps = own->load.gains.final_settle_ps, rate = own->braking_mps2, height, wanted, brake;
    double descent = -now->vel_enu_mps.z, speed = settling(own, &height);
    if (height_m > height) {
        wanted = sqrt(speed * speed + 2.0 * rate * (height_m - height));
        brake = rate * clamp(descent / wanted, 0.0, 1.2);
    } else {
        wanted = own->load.gains.final_speed_mps + settle_ps * fmax(height_m, 0.0);
        brake = height_m > 0.0 ? settle_ps * fmax(descent, 0.0) : 0.0;
    }
    double push = now->mass_kg * (GRAVITY_MPS2 + brake + FINAL_SPEED_GAIN_PS * (descent - wanted)) - now->drag_n;
    return level_for(&own->load, push / fmax(now->engines, 1.0), now->pressure_pa);
}

/* Steady braking that reaches the settling speed at its height. */
static double needed_rate(const flight *own, double height_m, double descent_mps)
{
    double height, speed = settling(own, &height);
    double rate = (descent_mps * descent_mps - speed * speed) / (2.0 * fmax(height_m - height, 0.5));
    return clamp(rate, 0.5, 8.0);
}

/* Speed and height at which engines that cannot hover are cut, so that their tail-off sets the stage down: braking dies
 * away over TAIL_S after CLOSING_S, and after DROP_S the stage meets the ground at the final speed. */
static double drop(const flight *own, const situation *now, double *height_m)
{
    double b = now->thrust_n / now->mass_kg, left = DROP_S - CLOSING_S;
    double speed = own->load.gains.final_speed_mps + b * (CLOSING_S + TAIL_S) - GRAVITY_MPS2 * DROP_S;
    double braked = b * (CLOSING_S * (0.5 * CLOSING_S + left) + TAIL_S * (left - TAIL_S));
    *height_m = fmax(speed * DROP_S + 0.5 * GRAVITY_MPS2 * DROP_S * DROP_S - braked, 0.3);
    return fmax(speed, 1.0);
}

/* Descent speed and height of the centre of gravity at which the burn hands over to the final profile. Without the engine
 * that lands the stage, the others brake down to the final speed. */
static double stop_target(const flight *own, const situation *now, double *height_m)
{
    double over = own->load.gains.shutdown_mps, speed = settling(own, height_m);
    if (!last_will_burn(own) && own->mode != GLIDE) {
        speed = drop(own, now, height_m);
        *height_m += now->foot_m;
        return speed;
    }
    *height_m += (over * over - speed * speed) / (2.0 * own->load.gains.final_decel_mps2) + now->foot_m;
    return own->load.gains.hand_over_mps;
}

static burn_plan plan_of(double engines, double throttle, double age_s, double coast_to_m, double stop_mps)
{
    burn_plan plan = {engines, throttle, age_s, coast_to_m, stop_mps, {0.0, 0.0}};
    return plan;
}

/* Ignition when the constant throttle that stops the stage has grown to its limit; true when it happens. */
static bool ignites(flight *own, const situation *now, double stop_mps, double height_m)
{
    const hs_load *load = &own->load;
    ending end;
    burn_plan plan = plan_of(engine_count(load), own->throttle, 0.0, AT_ONCE_M, stop_mps);
    own->throttle = own->needed = solve_throttle(own, &plan, now, height_m, &end);
    if (own->needed < load->gains.ignition_throttle)
        return false;
    own->mode = BURN;
    own->ignited = own->frame;
    for (int i = 0; i < load->n_landing; i++)
        start_engine(own, load->stage.landing[i]);
    note(own, "landing_ignition", -1);
    return true;
}

static void glide(flight *own, const situation *now)
{
    const hs_load *load = &own->load;
    double height_m, stop_mps = stop_target(own, now, &height_m);
    bool near = now->pos_enu_m.z < NEAR * own->ignite_at_m;
    if (own->frame % (near ? BURN_FRAMES : GLIDE_FRAMES) != 0 || (near && ignites(own, now, stop_mps, height_m)))
        return;
    burn_plan plan =
        plan_of(engine_count(load), load->gains.ignition_throttle, 0.0, own->ignite_at_m, stop_mps);
    plan.lean[0] = own->arc[0];
    plan.lean[1] = own->arc[1];
    ending end = solve_lean(own, now, &plan);
    double off_m = IGNITION_SHARE * excess(&plan, &end, height_m);
    own->ignite_at_m -= clamp(off_m, -IGNITION_STEP_M, IGNITION_STEP_M);
    own->to_go_s = end.time_s;
    aim_error(own, &end, own->miss_m);
    own->lean = steer_glide(own, now, end.time_s);
}

/* The throttle that stops at the hand-over; then the last engine alone. */
static void burn(flight *own, const situation *now)
{
    const hs_load *load = &own->load;
    double engines = planned(own), height_m, stop_mps = stop_target(own, now, &height_m);
    int64_t frames = own->frame - own->ignited;
    double age_s = (double)frames * own->frame_s, descent = -now->vel_enu_mps.z;
    if (engines > 0.5 && frames % BURN_FRAMES == 1 && descent > stop_mps + 5.0) {
        ending end;
        burn_plan plan = plan_of(engines, own->throttle, age_s, AT_ONCE_M, stop_mps);
        own->throttle = own->needed = solve_throttle(own, &plan, now, height_m, &end);
        aim_error(own, &end, own->miss_m);
        own->to_go_s = end.time_s;
        own->to_go_s += last_will_burn(own) ? final_time(own, height_m - now->foot_m, stop_mps) : DROP_S;
        help_out(own, age_s, BURN_FRAMES * own->frame_s);
    }
    if (descent <= stop_mps && age_s > load->stage.dead_time_s + load->stage.rise_time_s) {
        bool good = last_is_good(own);
        own->mode = LAST_ENGINE;
        for (int e = 0; e < own->shape.engines; e++)
            if (e != load->stage.last || !good)
                own->engines[e].on = false;
        note(own, "last_engine", load->stage.last);
    }
}

static void land(flight *own, const situation *now)
{
    double height_m = now->pos_enu_m.z - now->foot_m, low;
    settling(own, &low);
    if (height_m > low + RATE_FREEZE_M)
        own->braking_mps2 = needed_rate(own, height_m, -now->vel_enu_mps.z);
    own->throttle = final_level(own, now, height_m) / response(own);
    own->to_go_s = final_time(own, height_m, -now->vel_enu_mps.z);
}

/* Contact ends the flight; otherwise watch the engines, run the mode, and deploy the legs in time. */
void decide(flight *own, const situation *now)
{
    int feet = 0;
    for (int i = 0; i < own->shape.legs; i++)
        feet += own->seen.leg_contact[i];
    if (own->mode != SAFE && (feet > 1 || (feet == 1 && now->pos_enu_m.z - now->foot_m < LOW_M))) {
        own->mode = SAFE;
        note(own, "cut_off", -1);
    }
    if (own->mode == SAFE) {
        for (int e = 0; e < own->shape.engines; e++)
            own->engines[e].on = false;
        return;
    }
    watch_engines(own);
    if (own->mode == BURN)
        learn_response(own);
    if (own->mode == GLIDE)
        glide(own, now);
    else if (own->mode == BURN)
        burn(own, now);
    else
        land(own, now);
    if (!own->legs && own->mode != GLIDE && own->to_go_s < own->load.gains.leg_time_s) {
        own->legs = true;
        note(own, "legs_commanded", -1);
    }
}
