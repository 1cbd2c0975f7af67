#include "control.h"

#include <math.h>
#include <string.h>

/* Gains, chosen: an error of 1 rad asks for 0.5 rad/s2, a rate of 1 rad/s for 1.4 rad/s2 against it. */
#define ANGLE_GAIN 0.5
#define RATE_GAIN 1.4
#define GRAVITY_MPS2 9.81
#define LEAST_PRESSURE_PA 10.0 /* fins do nothing below it */

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

static void normalise(double a[3])
{
    double size = sqrt(dot(a, a));
    for (int k = 0; size > 0.0 && k < 3; k++)
        a[k] /= size;
}

static double clipped(double value, double limit)
{
    return value > limit ? limit : value < -limit ? -limit : value;
}

/* A table at some place between its points, its ends held. */
static double looked_up(const double *at, const double *values, int count, double place)
{
    int i = 1;
    if (count < 2 || place <= at[0])
        return count > 0 ? values[0] : 0.0;
    while (i < count - 1 && at[i] < place)
        i++;
    double share = (place - at[i - 1]) / (at[i] - at[i - 1]);
    return values[i - 1] + (share < 1.0 ? share : 1.0) * (values[i] - values[i - 1]);
}

/* A quantity of the forecast at an altitude above mean sea level. */
static double forecast(const hs_load *load, const double *rows, double altitude_m)
{
    double row = altitude_m / load->forecast.step_m;
    if (!(row > 0.0) || load->n_rows < 2)
        return rows[0];
    int below = row < load->n_rows - 1 ? (int)row : load->n_rows - 2;
    double share = row - below;
    return rows[below] + (share < 1.0 ? share : 1.0) * (rows[below + 1] - rows[below]);
}

/* The attitude at release: nose against the velocity, body y level and to the right of the azimuth. */
static void set_attitude(control *own)
{
    double azimuth = own->load.start.azimuth_rad;
    for (int k = 0; k < 3; k++)
        own->axes[0][k] = -own->vel_mps[k];
    own->axes[1][0] = cos(azimuth);
    own->axes[1][1] = -sin(azimuth);
    own->axes[1][2] = 0.0;
    normalise(own->axes[0]);
    cross(own->axes[0], own->axes[1], own->axes[2]);
    normalise(own->axes[2]);
    cross(own->axes[2], own->axes[0], own->axes[1]);
}

void control_reset(control *own, const hs_message *reset)
{
    memset(own, 0, sizeof *own);
    own->shape = reset->shape;
    own->load = reset->load;
    own->period_s = 1e-9 * (double)reset->frame_period_ns;
    memcpy(own->pos_m, own->load.start.pos_enu_m, sizeof own->pos_m);
    memcpy(own->vel_mps, own->load.start.vel_enu_mps, sizeof own->vel_mps);
    set_attitude(own);
}

/* Turn the axes by the small angle of a frame, and make them square again. */
static void turn(control *own, const double angle[3])
{
    double old[3][3];
    memcpy(old, own->axes, sizeof old);
    for (int k = 0; k < 3; k++) {
        own->axes[0][k] += old[1][k] * angle[2] - old[2][k] * angle[1];
        own->axes[1][k] += old[2][k] * angle[0] - old[0][k] * angle[2];
    }
    normalise(own->axes[0]);
    double along = dot(own->axes[0], own->axes[1]);
    for (int k = 0; k < 3; k++)
        own->axes[1][k] -= along * own->axes[0][k];
    normalise(own->axes[1]);
    cross(own->axes[0], own->axes[1], own->axes[2]);
}

static void move(control *own, const double dvel[3])
{
    for (int k = 0; k < 3; k++) {
        for (int axis = 0; axis < 3; axis++)
            own->vel_mps[k] += own->axes[axis][k] * dvel[axis];
        own->vel_mps[k] -= k == 2 ? GRAVITY_MPS2 * own->period_s : 0.0;
        own->pos_m[k] += own->vel_mps[k] * own->period_s;
    }
}

/* Moment that is wanted: against the rate, and toward a nose that points against the velocity. */
static void wanted_moment(const control *own, const double rate[3], double moment[3])
{
    double target[3] = {-own->vel_mps[0], -own->vel_mps[1], -own->vel_mps[2]};
    normalise(target);
    double error[3] = {0.0, -dot(own->axes[2], target), dot(own->axes[1], target)};
    for (int k = 0; k < 3; k++)
        moment[k] = own->load.stage.dry_inertia_kgm2[k] * (ANGLE_GAIN * error[k] - RATE_GAIN * rate[k]);
}

/* Force of one fin for a deflection of 1 rad. */
static double fin_force(const control *own)
{
    const hs_load *load = &own->load;
    double altitude_m = own->pos_m[2] + load->pad.elevation_m, speed_mps = sqrt(dot(own->vel_mps, own->vel_mps));
    double pressure_pa = 0.5 * exp(forecast(load, load->forecast.log_density, altitude_m)) * speed_mps * speed_mps;
    double mach = speed_mps / forecast(load, load->forecast.sound_mps, altitude_m);
    double slope = looked_up(load->stage.fin_mach, load->stage.fin_slope, load->n_fin, mach);
    return pressure_pa > LEAST_PRESSURE_PA ? pressure_pa * load->stage.fin_area_m2 * slope : 0.0;
}

/* Moments of the fins for 1 rad each; the force of a fin with span (c, s) is along (0, -s, c). */
static void fin_moments(const control *own, double moments[][3])
{
    double force_n = fin_force(own);
    for (int i = 0; i < own->shape.fins; i++) {
        double c = own->load.stage.fin_span_yz[i][0], s = own->load.stage.fin_span_yz[i][1];
        double radius = own->load.stage.fin_radius_m;
        double arm[3] = {own->load.stage.fin_position_m - own->load.stage.dry_cg_m, radius * c, radius * s};
        double force[3] = {0.0, -s * force_n, c * force_n};
        cross(arm, force, moments[i]);
    }
}

/* Share the moment among the fins; what they do not give is left in `moment`. */
static void use_fins(const control *own, double moment[3], double fin_rad[])
{
    double moments[HS_MAX_FINS][3], power[3] = {0.0, 0.0, 0.0}, left[3];
    fin_moments(own, moments);
    for (int i = 0; i < own->shape.fins; i++)
        for (int k = 0; k < 3; k++)
            power[k] += moments[i][k] * moments[i][k];
    memcpy(left, moment, sizeof left);
    for (int i = 0; i < own->shape.fins; i++) {
        double angle = 0.0;
        for (int k = 0; k < 3; k++)
            angle += power[k] > 0.0 ? moments[i][k] * moment[k] / power[k] : 0.0;
        fin_rad[i] = clipped(angle, own->load.stage.fin_limit_rad);
        for (int k = 0; k < 3; k++)
            left[k] -= fin_rad[i] * moments[i][k];
    }
    memcpy(moment, left, sizeof left);
}

/* Open a thruster where at least half of its moment is wanted. */
static void use_thrusters(const control *own, const double moment[3], bool rcs_open[])
{
    for (int i = 0; i < own->shape.thrusters; i++) {
        const double *at = own->load.stage.thruster_position_m[i], *along = own->load.stage.thruster_direction[i];
        double arm[3] = {at[0] - own->load.stage.dry_cg_m, at[1], at[2]}, given[3];
        cross(arm, along, given);
        for (int k = 0; k < 3; k++)
            given[k] *= own->load.stage.thruster_n;
        rcs_open[i] = dot(given, moment) > 0.5 * dot(given, given);
    }
}

void control_step(control *own, const hs_sensors *sensors, hs_actuators *answer)
{
    double rate[3], moment[3], angle[3], dvel[3];
    for (int k = 0; k < 3; k++) {
        /* a dead unit reports NaN: better to believe that nothing moves than to send it on */
        angle[k] = isfinite(sensors->imu_dangle_b_rad[k]) ? sensors->imu_dangle_b_rad[k] : 0.0;
        dvel[k] = isfinite(sensors->imu_dvel_b_mps[k]) ? sensors->imu_dvel_b_mps[k] : 0.0;
        rate[k] = angle[k] / own->period_s;
    }
    memset(answer, 0, sizeof *answer);
    answer->flight = sensors->flight;
    answer->seq = sensors->seq;
    turn(own, angle);
    move(own, dvel);
    wanted_moment(own, rate, moment);
    use_fins(own, moment, answer->fin_rad);
    use_thrusters(own, moment, answer->rcs_open);
}
