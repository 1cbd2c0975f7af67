/* Gravity at the pad, air as forecast, drag, thrust, masses. */
#include "landing.h"

#define EARTH_RATE_RADPS 7.292115e-5
#define SEMI_MAJOR_M 6378137.0
#define ECC2 6.69437999014e-3
#define GM 3.986004418e14
#define J2 1.08262982e-3
#define STANDARD_GRAVITY 9.80665
#define THRUST_ON 0.185 /* chosen, of all landing engines in vacuum: more than tail-off, less than their floor */

/* Earth-centred position of the pad [m]. */
vec pad_position(const hs_load *load)
{
    double s = sin(load->pad.latitude_rad), c = cos(load->pad.latitude_rad);
    double n = SEMI_MAJOR_M / sqrt(1.0 - ECC2 * s * s), r = (n + load->pad.elevation_m) * c;
    return vec_of(
        r * cos(load->pad.longitude_rad), r * sin(load->pad.longitude_rad),
        (n * (1.0 - ECC2) + load->pad.elevation_m) * s);
}

/* Earth-fixed components to east-north-up at the pad. */
vec to_enu(const hs_load *load, vec v)
{
    double sa = sin(load->pad.latitude_rad), ca = cos(load->pad.latitude_rad);
    double so = sin(load->pad.longitude_rad), co = cos(load->pad.longitude_rad);
    double along = co * v.x + so * v.y;
    return vec_of(co * v.y - so * v.x, ca * v.z - sa * along, ca * along + sa * v.z);
}

static vec from_enu(const hs_load *load, vec v)
{
    double sa = sin(load->pad.latitude_rad), ca = cos(load->pad.latitude_rad);
    double so = sin(load->pad.longitude_rad), co = cos(load->pad.longitude_rad);
    double along = ca * v.z - sa * v.y;
    return vec_of(co * along - so * v.x, so * along + co * v.x, ca * v.y + sa * v.z);
}

vec earth_rate(const hs_load *load)
{
    double latitude = load->pad.latitude_rad;
    return vec_of(0.0, EARTH_RATE_RADPS * cos(latitude), EARTH_RATE_RADPS * sin(latitude));
}

/* Gravity with the centrifugal part, by the J2 field, east-north-up at the pad [m/s2]. */
vec gravity(const hs_load *load, vec pos_enu_m)
{
    vec r = plus(pad_position(load), from_enu(load, pos_enu_m));
    double r2 = inner(r, r), k = -GM / (r2 * sqrt(r2));
    double j = 1.5 * J2 * SEMI_MAJOR_M * SEMI_MAJOR_M / r2, s2 = 5.0 * r.z * r.z / r2;
    double lateral = k * (1.0 + j * (1.0 - s2)) + EARTH_RATE_RADPS * EARTH_RATE_RADPS;
    return to_enu(load, vec_of(lateral * r.x, lateral * r.y, k * (1.0 + j * (3.0 - s2)) * r.z));
}

/* Acceleration of a free body in the turning pad frame, beyond gravity [m/s2]. */
vec coriolis(const hs_load *load, vec vel_enu_mps)
{
    return times(-2.0, outer(earth_rate(load), vel_enu_mps));
}

/* Above mean sea level [m], the Earth's curvature to second order. */
double altitude(const hs_load *load, vec pos_enu_m)
{
    double across2 = pos_enu_m.x * pos_enu_m.x + pos_enu_m.y * pos_enu_m.y;
    return load->pad.elevation_m + pos_enu_m.z + 0.5 * across2 / SEMI_MAJOR_M;
}

/* Linear interpolation on an increasing grid, its ends held. */
double table(const double *grid, const double *values, int n, double x)
{
    if (x <= grid[0])
        return values[0];
    for (int i = 1; i < n; i++)
        if (x < grid[i])
            return values[i - 1] + (x - grid[i - 1]) / (grid[i] - grid[i - 1]) * (values[i] - values[i - 1]);
    return values[n - 1];
}

static double between(const double *rows, int i, double f)
{
    return rows[i] + f * (rows[i + 1] - rows[i]);
}

air_at forecast_at(const hs_load *load, double altitude_m)
{
    double x = clamp(altitude_m / load->forecast.step_m, 0.0, load->n_rows - 1 - 1e-9);
    int i = (int)x;
    air_at found;
    found.density = exp(between(load->forecast.log_density, i, x - i));
    found.pressure = exp(between(load->forecast.log_pressure, i, x - i));
    found.sound = between(load->forecast.sound_mps, i, x - i);
    found.wind = vec_of(
        between(load->forecast.east_mps, i, x - i), between(load->forecast.north_mps, i, x - i), 0.0);
    return found;
}

/* Of one engine [N]. */
double thrust(const hs_load *load, double level, double pressure_pa)
{
    return fmax(level * load->stage.vacuum_thrust_n - pressure_pa * load->stage.exit_area_m2, 0.0);
}

/* Level at which one engine gives this thrust. */
double level_for(const hs_load *load, double thrust_n, double pressure_pa)
{
    return (thrust_n + pressure_pa * load->stage.exit_area_m2) / load->stage.vacuum_thrust_n;
}

/* Propellant flow of one engine [kg/s]. */
double flow(const hs_load *load, double level)
{
    double isp = load->stage.vacuum_isp_s * (1.0 - load->stage.isp_loss_per_level * (1.0 - level));
    return level * load->stage.vacuum_thrust_n / (STANDARD_GRAVITY * isp);
}

/* Axial aerodynamic force [N] at zero angle; burning engines shield the base. */
double drag(const hs_load *load, double density, double sound, double speed, double thrust_n)
{
    double qs = 0.5 * density * speed * speed * load->stage.ref_area_m2;
    double axial = qs * table(load->stage.axial_mach, load->stage.axial, load->n_axial, speed / sound);
    if (thrust_n <= 0.0)
        return axial;
    return axial
        * table(load->stage.plume_coefficient, load->stage.plume_factor, load->n_plume, thrust_n / fmax(qs, 1.0));
}

/* Sideways force per lean [N/rad] of the body and of the fins that hold the lean: of the fins' own lift only that is left
 * which balances the body's about the centre of gravity. Crossflow makes the body's slope grow with the lean. */
double trimmed_lift(const hs_load *load, double q_pa, double lift_factor, double cg_m, double lean_rad)
{
    double slope = load->stage.normal_slope + load->stage.normal_growth * lean_rad;
    double body = q_pa * load->stage.ref_area_m2 * lift_factor * slope;
    return body * (1.0 - (load->stage.normal_position_m - cg_m) / (load->stage.fin_position_m - cg_m));
}

/* With this much propellant aboard, residuals included. */
balance balanced(const hs_load *load, double lox_kg, double lch4_kg)
{
    double area = load->stage.tank_area_m2, dry_kg = load->stage.dry_mass_kg, dry_m = load->stage.dry_cg_m;
    double lox_m = load->stage.lox_bottom_m + 0.5 * lox_kg / (load->stage.lox_density_kgpm3 * area);
    double lch4_m = load->stage.lch4_bottom_m + 0.5 * lch4_kg / (load->stage.lch4_density_kgpm3 * area);
    balance body;
    body.mass_kg = dry_kg + lox_kg + lch4_kg;
    body.cg_m = (dry_kg * dry_m + lox_kg * lox_m + lch4_kg * lch4_m) / body.mass_kg;
    body.lateral_kgm2 = load->stage.dry_inertia_kgm2[1] + dry_kg * squared(dry_m - body.cg_m)
        + lox_kg * squared(lox_m - body.cg_m) + lch4_kg * squared(lch4_m - body.cg_m);
    return body;
}

/* Whether the stage is under thrust. */
bool thrust_is_on(const hs_load *load, double thrust_n)
{
    return thrust_n > THRUST_ON * engine_count(load) * load->stage.vacuum_thrust_n;
}

/* Direction against the motion: through the air when fast, over the ground when slow. */
vec against_motion(vec velocity, vec wind)
{
    double share = clamp((length(velocity) - 30.0) / 70.0, 0.0, 1.0);
    vec relative = minus(velocity, times(share, wind));
    return times(-1.0 / (length(relative) + 1e-9), relative);
}
