/* A flight program that lands a booster: from a glide at 40 km to the touchdown, in C99 on the client of this SDK.
 *
 *   main.c        the conversation with the harness: many flights, one after the other or at once
 *   flight.c      one frame, in its order: read this first
 *   navigation.c  error-state Kalman filter: inertial unit, GNSS, radar altimeter
 *   air_data.c    what flies by tells of the air: lift of the stage, error of the forecast wind
 *   model.c       gravity, air, drag, thrust, masses
 *   prediction.c  where and when a descent ends
 *   guidance.c    glide: the lean that leads to where the burn has to begin
 *   regulator.c   burn: the linear-quadratic regulator across, and the side push
 *   modes.c       glide, burn, last engine: when each begins, throttle, legs
 *   engines.c     which engines burn; failures, spares
 *   control.c     attitude loop, notch of the bending mode, allocation to fins, gimbals and cold gas
 *
 * Everything that is known of a flight is in its `flight`; nothing is allocated. Lengths `x` along the axis are from the
 * gimbal plane toward the nose; frames, units and signs are those of hoverslam_icd.h.
 */
#ifndef LANDING_H
#define LANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "hoverslam.h"
#include "vec.h"

enum { ERRORS = 16, HISTORY = 32, EVENTS = 32 };
enum { GAIN_ROWS = 301, GAIN_COLUMNS = 12 }; /* every 0.1 s of the last 30 s */
enum { AXES = 2, BIQUADS = 2, MEMORY = 2 };

/* Phases of the flight. */
enum mode { GLIDE, BURN, LAST_ENGINE, SAFE };

/* Nominal state of the filter, and the last measured rate and specific force without their biases. */
typedef struct navigation {
    vec pos_enu_m, vel_enu_mps; /* of the inertial unit */
    quat q_enu_b;
    vec gyro_bias_radps, accel_bias_mps2;
    vec omega_b_radps, force_b_mps2;
    double axial_scale;
} navigation;

/* What the glide told of the air; the covariance is that of these three. */
typedef struct air_data {
    double value[3]; /* lift factor; wind less forecast, east and north [m/s] */
    double cov[3][3];
} air_data;

typedef struct engine {
    bool on, failed;
    double low_s; /* for how long its chamber pressure has been low */
    int64_t started; /* frame of the start command */
    double response; /* level over command */
    int tries; /* failed starts */
} engine;

/* Mass, centre of gravity on the axis, inertia about y and z. */
typedef struct balance {
    double mass_kg, cg_m, lateral_kgm2;
} balance;

/* What guidance works on: the centre of gravity, and what acts on the stage now. `still_*` is the centre of percussion of a
 * push at the gimbals: turning the stage does not throw it sideways, so steering by it is minimum phase. */
typedef struct situation {
    vec pos_enu_m, vel_enu_mps;
    vec still_pos_enu_m, still_vel_enu_mps;
    double foot_m; /* height of the centre of gravity over the feet */
    double mass_kg, cg_m, thrust_n, engines;
    vec against; /* direction against the motion */
    double drag_n, q_pa, fin_n_prad, pressure_pa, lift_factor, speed_mps;
} situation;

/* A descent to predict: a coast, then engines at one throttle. `lean` is held in the coast, as shares of the largest:
 * along the motion over ground, and to the right of it. */
typedef struct burn_plan {
    double engines, throttle;
    double age_s; /* since the start command */
    double coast_to_m; /* height at which the engines are started */
    double stop_mps; /* descent speed at which it ends */
    double lean[2];
} burn_plan;

/* How it ends; `gate_*` is where thrust takes over the steering. */
typedef struct ending {
    vec pos_enu_m, vel_enu_mps;
    double time_s;
    vec gate_pos_enu_m, gate_vel_enu_mps;
    double gate_time_s;
} ending;

/* All of one flight. */
typedef struct flight {
    bool used;
    uint64_t number;
    int64_t frame_ns, due; /* `due`: the frame that comes next; -1 before the first */
    double frame_s;
    hs_shape shape;
    hs_load load;

    hs_sensors seen; /* the last measurements, without what no unit can mean */
    navigation nav;
    double cov[ERRORS][ERRORS];
    vec past[HISTORY][2]; /* position and velocity of the antenna, by frame */
    double tanks_kg[2]; /* LOX, LCH4 */
    air_data air;
    double thrust_n[HS_MAX_ENGINES];
    double thrust_factor;
    double blown_mps2[2]; /* what the wind does, east and north */
    vec foot_pos_enu_m, foot_vel_enu_mps;

    enum mode mode;
    int64_t frame, ignited, predicted; /* now; of the ignition; of the last covariance */
    engine engines[HS_MAX_ENGINES];
    double asked; /* throttle as an engine follows it */
    double short_s; /* for how long the engines have been too few */
    double throttle, needed; /* commanded; that which stops at the pad */
    double to_go_s, miss_m[2], arc[2], ignite_at_m;
    vec lean, nose, turn_radps; /* the glide's lean; the commanded nose and its rate */
    double off_rad; /* error of the attitude */
    bool steers; /* the regulator does */
    double steer[2]; /* its commanded lean */
    vec side_n; /* the fins' part of its side push */
    double unmet_mps2[2]; /* what the push could not give */
    double braking_mps2;
    bool legs;

    double gain[GAIN_ROWS][GAIN_COLUMNS];
    double notch[3][AXES][BIQUADS][MEMORY];
    vec rates_radps; /* what the notch let through last */

    int n_events, told; /* events so far, and how many are reported */
    hs_event events[EVENTS];
} flight;

/* flight.c */
bool flight_reset(flight *own, const hs_message *reset, char why[160]);
void flight_step(flight *own, const hs_sensors *sensors, hs_actuators *answer);
void flight_telemetry(flight *own, hs_telemetry *telemetry);
void note(flight *own, const char *name, int engine);

/* model.c */
vec pad_position(const hs_load *load);
vec to_enu(const hs_load *load, vec v);
vec earth_rate(const hs_load *load);
vec gravity(const hs_load *load, vec pos_enu_m);
vec coriolis(const hs_load *load, vec vel_enu_mps);
double altitude(const hs_load *load, vec pos_enu_m);
double table(const double *grid, const double *values, int n, double x);
/* Density, pressure, speed of sound, and wind as forecast. */
typedef struct air_at {
    double density, pressure, sound;
    vec wind;
} air_at;
air_at forecast_at(const hs_load *load, double altitude_m);
double thrust(const hs_load *load, double level, double pressure_pa);
double level_for(const hs_load *load, double thrust_n, double pressure_pa);
double flow(const hs_load *load, double level);
double drag(const hs_load *load, double density, double sound, double speed, double thrust_n);
double trimmed_lift(const hs_load *load, double q_pa, double lift_factor, double cg_m, double lean_rad);
balance balanced(const hs_load *load, double lox_kg, double lch4_kg);
bool thrust_is_on(const hs_load *load, double thrust_n);
vec against_motion(vec velocity, vec wind);

/* navigation.c */
void navigation_start(flight *own);
void navigate(flight *own);

/* air_data.c */
void air_start(air_data *air);
vec wind_error(const air_data *air);
double fading(double height_m);
void air_sink(air_data *air, double way_m);
void feel(flight *own, const situation *now, const balance *body, vec before_b);

/* prediction.c */
ending predict(const flight *own, const burn_plan *plan, const situation *now);
double excess(const burn_plan *plan, const ending *end, double height_m);
double solve_throttle(const flight *own, const burn_plan *plan, const situation *now, double height_m, ending *end);
double lean_limit(const hs_load *load, double q_pa, double mass_kg, double lift_factor, double cg_m);
void lean_axes(vec vel, vec nose, vec *along, vec *right);

/* guidance.c */
situation assess(const flight *own, const balance *body, double thrust_n, double engines);
void lift_slope(const flight *own, const situation *now, double lean_rad, double *opposes, double *restores);
void learn_thrust(flight *own, const situation *now);
void aim_error(const flight *own, const ending *end, double miss_m[2]);
ending solve_lean(flight *own, const situation *now, const burn_plan *plan);
vec steer_glide(const flight *own, const situation *now, double to_go_s);
vec limited_nose(vec previous, vec wanted, double most_rad);
void body_point(const flight *own, double x_m, vec *pos, vec *vel);

/* regulator.c */
enum { STATES = 5, LEAD = 10, PUSH = 11 };
void regulator_solve(flight *own);
double gain_at(const flight *own, double to_go_s, int column);
bool steered_nose(flight *own, const situation *now, vec *wanted);
vec calm_air(const flight *own, const situation *now, vec nose);

/* modes.c */
void decide(flight *own, const situation *now);

/* engines.c */
int engine_count(const hs_load *load); /* for landing */
void mend(flight *own);
double burning_level(const flight *own, int e);
double pushing(flight *own, double pressure_pa);
vec engines_push(const flight *own, double cg_m);
vec offset_moment(const flight *own);
void learn_response(flight *own);
double response(const flight *own);
void start_engine(flight *own, int e);
double alive(const flight *own);
double planned(const flight *own);
void watch_engines(flight *own);
void help_out(flight *own, double age_s, double span_s);
bool last_will_burn(const flight *own);
bool last_is_good(const flight *own);

/* control.c */
enum { RATE, FORCE, SIDE }; /* memories of the notch */
vec without_bending(flight *own, int which, vec asked_b, double mass_kg);
void act(flight *own, const situation *now, const balance *body, hs_actuators *answer);

#endif
