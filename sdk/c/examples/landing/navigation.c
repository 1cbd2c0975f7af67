/* Error-state Kalman filter on the inertial unit, GNSS and the radar altimeter.
 *
 * State: position and velocity of the inertial unit, attitude, biases of gyros and accelerometers, scale error of the
 * axial accelerometer: drag times that error would pass for a bias of which the filter is far too sure. Errors of the
 * attitude are rotation vectors in east-north-up (Sola, Quaternion kinematics for the error-state Kalman filter, ch. 5).
 * A fix is late: it is compared with the antenna as it was at the time of the fix, from a short history.
 */
#include <string.h>

#include "landing.h"

enum { POS = 0, VEL = 3, ATTITUDE = 6, GYRO = 9, ACCEL = 12, SCALE = 15 }; /* where the parts of the errors begin */

#define COVARIANCE_FRAMES 5
#define RADAR_FRAMES 2
#define LEAST_DOWN 0.8 /* chosen: cosine of the tilt beyond which the beam does not look down */

/* q_enu_b of body axes given in east-north-up: the largest of four numbers first, so that nothing is divided by zero. */
static quat of_axes(vec x, vec y, vec z)
{
    double w = 1.0 + x.x + y.y + z.z, a = 1.0 + x.x - y.y - z.z, b = 1.0 - x.x + y.y - z.z, c = 1.0 - x.x - y.y + z.z;
    quat q;
    if (w >= a && w >= b && w >= c)
        q = quat_of(w, y.z - z.y, z.x - x.z, x.y - y.x);
    else if (a >= b && a >= c)
        q = quat_of(y.z - z.y, a, x.y + y.x, z.x + x.z);
    else if (b >= c)
        q = quat_of(z.x - x.z, x.y + y.x, b, y.z + z.y);
    else
        q = quat_of(x.y - y.x, z.x + x.z, y.z + z.y, c);
    q = normalised(q);
    return q.w < 0.0 ? quat_of(-q.w, -q.x, -q.y, -q.z) : q;
}

/* Beliefs at release: the load's state, nose against the velocity, body y to the right of the azimuth. */
void navigation_start(flight *own)
{
    const hs_load *load = &own->load;
    double azimuth = load->start.azimuth_rad;
    memset(&own->nav, 0, sizeof own->nav);
    memset(own->cov, 0, sizeof own->cov);
    own->nav.pos_enu_m = vec_from(load->start.pos_enu_m);
    own->nav.vel_enu_mps = vec_from(load->start.vel_enu_mps);
    own->nose = unit(times(-1.0, own->nav.vel_enu_mps));
    vec right = unit(outer(vec_of(sin(azimuth), cos(azimuth), 0.0), own->nose));
    own->nav.q_enu_b = of_axes(own->nose, right, outer(own->nose, right));
    for (int i = 0; i < 3; i++) {
        own->cov[POS + i][POS + i] = squared(load->start.pos_sigma_m);
        own->cov[VEL + i][VEL + i] = squared(load->start.vel_sigma_mps);
        own->cov[ATTITUDE + i][ATTITUDE + i] = squared(load->start.attitude_sigma_rad);
        own->cov[GYRO + i][GYRO + i] = squared(load->filter.gyro_bias_radps);
        own->cov[ACCEL + i][ACCEL + i] = squared(load->filter.accel_bias_mps2);
    }
    own->cov[SCALE][SCALE] = squared(load->filter.accel_scale);
}

/* Strapdown step of one frame in the turning pad frame. */
static void propagate(flight *own)
{
    navigation *nav = &own->nav;
    double dt = own->frame_s;
    vec turn = minus(vec_from(own->seen.imu_dangle_b_rad), times(dt, nav->gyro_bias_radps));
    vec push = minus(vec_from(own->seen.imu_dvel_b_mps), times(dt, nav->accel_bias_mps2));
    push.x /= 1.0 + nav->axial_scale;
    vec relative = minus(turn, times(dt, to_body(nav->q_enu_b, earth_rate(&own->load))));
    quat middle = compose(nav->q_enu_b, turned(times(0.5, relative)));
    nav->q_enu_b = normalised(compose(nav->q_enu_b, turned(relative)));
    vec free = plus(gravity(&own->load, nav->pos_enu_m), coriolis(&own->load, nav->vel_enu_mps));
    vec vel = plus(nav->vel_enu_mps, plus(to_frame(middle, push), times(dt, free)));
    nav->pos_enu_m = plus(nav->pos_enu_m, times(0.5 * dt, plus(nav->vel_enu_mps, vel)));
    nav->vel_enu_mps = vel;
    nav->omega_b_radps = times(1.0 / dt, turn);
    nav->force_b_mps2 = times(1.0 / dt, push);
}

/* Error dynamics over dt on the left of the covariance; from the top down every right-hand side is still old:
 * d pos = vel, d vel = attitude x force - R (accel_bias + axial force scale), d attitude = -R gyro_bias. */
static void couple_rows(double m[ERRORS][ERRORS], vec f, vec x, vec y, vec z, double dt)
{
    double axial = inner(f, x);
    for (int j = 0; j < ERRORS; j++) {
        for (int i = 0; i < 3; i++)
            m[POS + i][j] += dt * m[VEL + i][j];
        vec a = vec_of(m[ATTITUDE][j], m[ATTITUDE + 1][j], m[ATTITUDE + 2][j]);
        double b0 = m[ACCEL][j] + axial * m[SCALE][j], b1 = m[ACCEL + 1][j], b2 = m[ACCEL + 2][j];
        m[VEL][j] += dt * (a.y * f.z - a.z * f.y - x.x * b0 - y.x * b1 - z.x * b2);
        m[VEL + 1][j] += dt * (a.z * f.x - a.x * f.z - x.y * b0 - y.y * b1 - z.y * b2);
        m[VEL + 2][j] += dt * (a.x * f.y - a.y * f.x - x.z * b0 - y.z * b1 - z.z * b2);
        double g0 = m[GYRO][j], g1 = m[GYRO + 1][j], g2 = m[GYRO + 2][j];
        m[ATTITUDE][j] -= dt * (x.x * g0 + y.x * g1 + z.x * g2);
        m[ATTITUDE + 1][j] -= dt * (x.y * g0 + y.y * g1 + z.y * g2);
        m[ATTITUDE + 2][j] -= dt * (x.z * g0 + y.z * g1 + z.z * g2);
    }
}

static void transpose(double m[ERRORS][ERRORS])
{
    for (int i = 0; i < ERRORS; i++)
        for (int j = 0; j < i; j++) {
            double kept = m[i][j];
            m[i][j] = m[j][i];
            m[j][i] = kept;
        }
}

/* Process noise; scale errors across enter as extra noise with the force. */
static void spread(flight *own, double dt)
{
    double lateral = fabs(own->nav.force_b_mps2.y) + fabs(own->nav.force_b_mps2.z);
    double accel = squared(own->load.filter.accel_noise_mps2_rthz);
    accel += squared(own->load.filter.accel_scale * lateral) * 0.1;
    own->cov[SCALE][SCALE] += squared(0.01 * own->load.filter.accel_scale) * dt;
    for (int i = 0; i < 3; i++) {
        own->cov[VEL + i][VEL + i] += accel * dt;
        own->cov[ATTITUDE + i][ATTITUDE + i] += squared(own->load.filter.gyro_noise_radps_rthz) * dt;
        own->cov[GYRO + i][GYRO + i] += squared(0.01 * own->load.filter.gyro_bias_radps) * dt;
        own->cov[ACCEL + i][ACCEL + i] += squared(0.01 * own->load.filter.accel_bias_mps2) * dt;
    }
}

/* The covariance forward by dt: F P, turned over, F again, and noise. */
static void predict_covariance(flight *own, double dt)
{
    quat q = own->nav.q_enu_b;
    vec x = to_frame(q, vec_of(1, 0, 0)), y = to_frame(q, vec_of(0, 1, 0)), z = to_frame(q, vec_of(0, 0, 1));
    vec force = to_frame(q, own->nav.force_b_mps2);
    couple_rows(own->cov, force, x, y, z, dt);
    transpose(own->cov);
    couple_rows(own->cov, force, x, y, z, dt);
    spread(own, dt);
}

/* One number measured: error and covariance are updated, unless it is further off than the gate allows. */
static void measure(flight *own, double error[ERRORS], const double row[ERRORS], double innovation, double sigma)
{
    double gain[ERRORS], expected = innovation, s = sigma * sigma, gate = own->load.filter.gate_sigma;
    for (int i = 0; i < ERRORS; i++) {
        gain[i] = 0.0;
        for (int j = 0; j < ERRORS; j++)
            gain[i] += own->cov[i][j] * row[j];
        expected -= row[i] * error[i];
    }
    for (int i = 0; i < ERRORS; i++)
        s += row[i] * gain[i];
    if (expected * expected > gate * gate * s)
        return;
    for (int i = 0; i < ERRORS; i++) {
        error[i] += gain[i] / s * expected;
        for (int j = 0; j < ERRORS; j++)
            own->cov[i][j] -= gain[i] * gain[j] / s;
    }
}

/* A row that measures one component of position or velocity of a point on an arm, which errors of attitude move. */
static void set_row(double row[ERRORS], int first, int axis, vec arm)
{
    memset(row, 0, ERRORS * sizeof *row);
    row[first + axis] = 1.0;
    row[ATTITUDE] = axis == 0 ? 0.0 : axis == 1 ? -arm.z : arm.y;
    row[ATTITUDE + 1] = axis == 0 ? arm.z : axis == 1 ? 0.0 : -arm.x;
    row[ATTITUDE + 2] = axis == 0 ? -arm.y : axis == 1 ? arm.x : 0.0;
}

/* The estimated error into the state. */
static void inject(navigation *nav, const double error[ERRORS])
{
    nav->pos_enu_m = plus(nav->pos_enu_m, vec_from(error + POS));
    nav->vel_enu_mps = plus(nav->vel_enu_mps, vec_from(error + VEL));
    nav->q_enu_b = normalised(compose(turned(vec_from(error + ATTITUDE)), nav->q_enu_b));
    nav->gyro_bias_radps = plus(nav->gyro_bias_radps, vec_from(error + GYRO));
    nav->accel_bias_mps2 = plus(nav->accel_bias_mps2, vec_from(error + ACCEL));
    nav->axial_scale += error[SCALE];
}

static double part(vec a, int axis)
{
    return axis == 0 ? a.x : axis == 1 ? a.y : a.z;
}

/* Antenna less inertial unit, and the velocity that turning gives it. */
static void antenna_arm(const flight *own, vec *arm, vec *swing)
{
    vec arm_b = minus(vec_from(own->load.stage.antenna_m), vec_from(own->load.stage.imu_m));
    *arm = to_frame(own->nav.q_enu_b, arm_b);
    *swing = to_frame(own->nav.q_enu_b, outer(own->nav.omega_b_radps, arm_b));
}

/* All six components of a fix, against the antenna as it was then. */
static void use_gnss(flight *own, const vec past[2])
{
    const hs_load *load = &own->load;
    double error[ERRORS] = {0.0}, row[ERRORS];
    vec pos = to_enu(load, minus(vec_from(own->seen.gnss.pos_e_m), pad_position(load))), arm, swing;
    vec vel = to_enu(load, vec_from(own->seen.gnss.vel_e_mps));
    antenna_arm(own, &arm, &swing);
    for (int axis = 0; axis < 3; axis++) {
        double sigma = axis == 2 ? load->filter.gnss_vertical_m : load->filter.gnss_horizontal_m;
        set_row(row, POS, axis, arm);
        measure(own, error, row, part(pos, axis) - part(past[0], axis), sigma);
        set_row(row, VEL, axis, swing);
        measure(own, error, row, part(vel, axis) - part(past[1], axis), load->filter.gnss_velocity_mps);
    }
    inject(&own->nav, error);
}

/* Slant range to the nearest ground in the beam, as a measurement of height. */
static void use_radar(flight *own)
{
    const hs_load *load = &own->load;
    double down = to_frame(own->nav.q_enu_b, vec_of(1, 0, 0)).z, range_m = own->seen.radar_range_m;
    double error[ERRORS] = {0.0}, row[ERRORS];
    if (down < LEAST_DOWN)
        return;
    double slope = cos(fmax(acos(fmin(down, 1.0)) - load->stage.radar_beam_rad, 0.0));
    vec arm_b = minus(vec_of(load->stage.radar_m, 0, 0), vec_from(load->stage.imu_m));
    vec arm = to_frame(own->nav.q_enu_b, arm_b);
    set_row(row, POS, 2, arm);
    double sigma = load->filter.radar_m + load->filter.radar_fraction * range_m;
    measure(own, error, row, range_m * slope - (own->nav.pos_enu_m.z + arm.z), sigma);
    inject(&own->nav, error);
}

/* Inertial step, covariance, and whatever fix or echo has come. */
void navigate(flight *own)
{
    int64_t now = own->frame, due = now - own->predicted;
    vec arm, swing;
    if (now > 0)
        propagate(own);
    antenna_arm(own, &arm, &swing);
    own->past[now % HISTORY][0] = plus(own->nav.pos_enu_m, arm);
    own->past[now % HISTORY][1] = plus(own->nav.vel_enu_mps, swing);
    if (due >= COVARIANCE_FRAMES || (own->seen.has_gnss && due > 0)) {
        predict_covariance(own, (double)due * own->frame_s);
        own->predicted = now;
    }
    if (own->seen.has_gnss) {
        int64_t taken = (int64_t)floor((double)own->seen.gnss.time_ns * 1e-9 / own->frame_s + 0.5);
        if (taken >= 0 && now >= taken && now - taken < HISTORY)
            use_gnss(own, own->past[taken % HISTORY]);
    }
    if (own->seen.has_radar_range_m && now % RADAR_FRAMES == 0)
        use_radar(own);
}
