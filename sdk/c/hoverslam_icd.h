/* The wire of Hoverslam, protocol 1, for C99 and C++17: constants, and a struct for each message.
 *
 * Written from the contract by `hoverslam icd --format c`; do not edit. Units are SI, angles in radians. Frames: b is
 * body, x out of the nose; e is Earth-fixed (WGS-84); enu is east, north, up at the pad centre. Lists have room for the
 * largest vehicle; how much of each is used follows from `shape` of the reset. Ranges of sensors are those of a sensor
 * that works: a failed one may report anything, and NaN. Commands beyond the limit of an actuator are clipped.
 */
#ifndef HOVERSLAM_ICD_H
#define HOVERSLAM_ICD_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HS_PROTOCOL 1 /* of `hello` */
#define HS_TEXT_BYTES 255 /* longest text in a message, without a closing zero */
#define HS_MESSAGE_BYTES 16384 /* largest message of the program */
#define HS_HARNESS_BYTES 1048576 /* largest message of the harness */
#define HS_MAX_FLIGHTS 128 /* flights at once */
#define HS_MAX_EVENTS 8 /* events in one frame, of the client in C */
#define HS_MAX_ENGINES 64 /* engines */
#define HS_MAX_GIMBALLED 64 /* engines that swivel */
#define HS_MAX_FINS 64 /* grid fins */
#define HS_MAX_THRUSTERS 64 /* cold-gas thrusters */
#define HS_MAX_LEGS 64 /* legs */
#define HS_MAX_ROWS 512 /* rows of the forecast */
#define HS_MAX_AXIAL 128 /* points of the table of the axial force */
#define HS_MAX_PLUME 128 /* points of the table of the plume */
#define HS_MAX_FIN 128 /* points of the table of a fin */
#define HS_MAX_ANY 64 /* any number */

/* Values of `engine_state`. */
enum hs_engine_state {
    HS_ENGINE_OFF = 0,
    HS_ENGINE_STARTING = 1,
    HS_ENGINE_RISING = 2,
    HS_ENGINE_RUNNING = 3,
    HS_ENGINE_SHUTTING_DOWN = 4,
    HS_ENGINE_FAILED = 5,
    HS_ENGINE_STATES = 6 /* how many states there are */
};

/* How many of each thing the vehicle has: the lengths of all lists. */
typedef struct hs_shape {
    int engines; /* engines */
    int gimballed; /* engines that swivel */
    int fins; /* grid fins */
    int thrusters; /* cold-gas thrusters */
    int legs; /* legs */
} hs_shape;

/* What the avionics measured for frame `seq`. Where `has_...` is false the value is NaN or 0. */
typedef struct hs_sensors {
    uint64_t flight; /* 0, unless the program flies several at once */
    uint64_t seq; /* number of the frame, to be repeated in the answer */
    int64_t time_ns; /* ns since release: seq * frame_period_ns */
    /* m/s; 3; inertial measurement unit: specific force, integrated since the last frame; from -100 to 100 */
    double imu_dvel_b_mps[3];
    /* rad; 3; inertial measurement unit: rate of turn, integrated since the last frame; from -10 to 10 */
    double imu_dangle_b_rad[3];
    bool has_gnss; /* whether it was measured */
    struct {
        /* ns; GNSS receiver, when a new fix is out: when it was true, earlier than the frame; not negative */
        int64_t time_ns;
        /* m; 3; GNSS receiver: position of the antenna, Earth-fixed axes; from -1e+07 to 1e+07 */
        double pos_e_m[3];
        /* m/s; 3; GNSS receiver: velocity over the turning Earth; from -10000 to 10000 */
        double vel_e_mps[3];
    } gnss;
    bool has_radar_range_m; /* whether it was measured */
    /* nil, or m; radar altimeter: slant range to the nearest ground in its beam, when in range and locked; from 0
     * to 100000 */
    double radar_range_m;
    /* Pa; engines; pressure transducer of each engine; from -1e+06 to 1e+08 */
    double chamber_pressure_pa[HS_MAX_ENGINES];
    /* engines; engine controllers: 0 off, 1 starting, 2 rising, 3 running, 4 shutting down, 5 failed; from 0 to 5 */
    uint8_t engine_state[HS_MAX_ENGINES];
    /* m; level probe of the LOX tank; from -10 to 150 */
    double lox_level_m;
    /* m; level probe of the LCH4 tank; from -10 to 150 */
    double lch4_level_m;
    /* Pa; ullage pressure transducer of the LOX tank; from -1e+06 to 1e+08 */
    double lox_pressure_pa;
    /* Pa; ullage pressure transducer of the LCH4 tank; from -1e+06 to 1e+08 */
    double lch4_pressure_pa;
    /* rad; 2 × gimballed, (y, z) pairs; position transducers of the gimbal actuators; from -0.6 to 0.6 */
    double gimbal_rad[2 * HS_MAX_GIMBALLED];
    /* rad; fins; shaft encoders of the grid fins; from -0.9 to 0.9 */
    double fin_rad[HS_MAX_FINS];
    /* Pa; pressure transducer of the cold-gas bottle; from -1e+06 to 1e+08 */
    double rcs_pressure_pa;
    /* booleans; legs; down-lock switches */
    bool leg_locked[HS_MAX_LEGS];
    /* booleans; legs; foot switches */
    bool leg_contact[HS_MAX_LEGS];
} hs_sensors;

/* The answer to the sensors of frame `seq`; all zero is a harmless one. */
typedef struct hs_actuators {
    uint64_t flight; /* that of the sensors that it answers */
    uint64_t seq; /* that of the sensors that it answers */
    /* `engine_on[i]`, force along +x: true starts engine i, false shuts it down; as `throttle[i]`, after
     * `dead_time_s`; the number of starts is limited */
    /* booleans; engines; true starts an engine, false shuts it down */
    bool engine_on[HS_MAX_ENGINES];
    /* `throttle[i]`, force along +x: increases the thrust of engine i, along the axis; decelerates in base-first
     * flight; an engine off the axis also rotates it */
    /* fraction of rated chamber pressure; engines; thrust of each engine that is on; from 0 to 1.3 */
    double throttle[HS_MAX_ENGINES];
    /* `gimbal_rad[2k]`, force along +z: first (y) of pair k: thrust points toward +z; rotates about +y: the nose
     * moves to -z */
    /* `gimbal_rad[2k + 1]`, force along +y: second (z) of pair k: thrust points toward +y; rotates about -z: the
     * nose moves to -y */
    /* rad; 2 × gimballed, (y, z) pairs; angles of the gimbals; from -0.5 to 0.5 */
    double gimbal_rad[2 * HS_MAX_GIMBALLED];
    /* `fin_rad[i]`, force along (0, -s, c): in base-first flight: 90° about +x from the span direction (c, s) of
     * fin i; the nose moves in the direction of the force, and it rolls about +x; nose first: the opposite */
    /* rad; fins; deflections of the grid fins; from -0.785 to 0.785 */
    double fin_rad[HS_MAX_FINS];
    /* `rcs_open[i]`, force along thruster_direction[i]: true: force along `thruster_direction` of the flight load;
     * the nose moves in the direction of the force; the roll follows from the lever arm */
    /* booleans; thrusters; cold-gas valves */
    bool rcs_open[HS_MAX_THRUSTERS];
    /* `leg_deploy`, force along none: true deploys all legs; legs do not retract */
    /* boolean; true deploys all legs */
    bool leg_deploy;
} hs_actuators;

/* An event in telemetry. */
typedef struct hs_event {
    const char *name;
    int64_t time_ns; /* ns since release */
    int engine; /* -1: none */
} hs_event;

/* What a program may report with an answer; hs_telemetry_clear makes it empty. The physics never uses it. */
typedef struct hs_telemetry {
    /* 3; estimated position of the centre of the foot plane on the axis, relative to the pad centre: east, north,
     * up; the same reference point as in the truth, not that of `start` in the flight load; NaN: not reported */
    double pos_enu_m[3];
    /* 3; estimated velocity of that point relative to the rotating Earth: east, north, up; NaN: not reported */
    double vel_enu_mps[3];
    /* 4, scalar first; estimated attitude: takes body components to east-north-up; NaN: not reported */
    double q_enu_b[4];
    /* 1; angle between commanded and estimated attitude; its magnitude counts; NaN: not reported */
    double attitude_error_rad;
    /* 1; throttle that would stop the stage at the pad, predicted by the flight software; the signal `k_req` of the
     * requirements is computed from the truth instead; NaN: not reported */
    double k_req;
    /* 1; time to touchdown, predicted by the flight software; NaN: not reported */
    double time_to_go_s;
    /* text; free text; the reference reports `glide`, `burn`, `last_engine` and `safe`; none: not reported */
    const char *mode;
    /* 2; only from the reference: predicted miss at the hand-over, east and north; NaN: not reported */
    double miss_enu_m[2];
    /* whole ns; the flight computer's clock, ns since 1970, as it answers; read in real time only; 0: not reported */
    int64_t clock_ns;
    /* maps; each needs `name` (text) and `time_ns` (whole nanoseconds since release), otherwise it is ignored;
     * other keys are free; none: not reported */
    int n_events;
    hs_event events[HS_MAX_EVENTS];
} hs_telemetry;

/* The flight load: what the program is told before flight. A number that a load lacks is NaN, an index -1. */
typedef struct hs_load {
    int n_rows; /* rows of the forecast that its lists have; 0: no list */
    int n_axial; /* points of the table of the axial force that its lists have; 0: no list */
    int n_plume; /* points of the table of the plume that its lists have; 0: no list */
    int n_fin; /* points of the table of a fin that its lists have; 0: no list */
    int n_engines; /* engines that its lists have; 0: no list */
    int n_gimballed; /* gimballed engines that its lists have; 0: no list */
    int n_fins; /* fins that its lists have; 0: no list */
    int n_thrusters; /* thrusters that its lists have; 0: no list */
    int n_landing; /* length of `stage.landing` */
    int n_spares; /* length of `stage.spares` */
    struct {
        /* rad; latitude of the pad centre, WGS-84, positive north; from -1.5708 to 1.5708 */
        double latitude_rad;
        /* rad; longitude of the pad centre, WGS-84, positive east; from -6.2832 to 6.2832 */
        double longitude_rad;
        /* m; height of the pad above the WGS-84 ellipsoid, which is used as mean sea level; from -430 to 6000 */
        double elevation_m;
    } pad;
    struct {
        /* m; position of the inertial unit (`stage.imu_m`, not the feet) at release, relative to the pad centre:
         * east, north, up; from -2e+06 to 2e+06 */
        double pos_enu_m[3];
        /* m/s; velocity of the inertial unit at release, relative to the rotating Earth: east, north, up; from
         * -10000 to 10000 */
        double vel_enu_mps[3];
        /* rad; azimuth of the horizontal velocity at release, from north towards east; body y is level and points
         * to its right; from -6.2832 to 6.2832 */
        double azimuth_rad;
        /* m; position uncertainty, one sigma per axis; from 1e-06 to 1e+06 */
        double pos_sigma_m;
        /* m/s; velocity uncertainty, one sigma per axis; from 1e-06 to 10000 */
        double vel_sigma_mps;
        /* rad; attitude uncertainty (nominal: nose against the velocity), one sigma per axis; from 1e-06 to 3.1416 */
        double attitude_sigma_rad;
    } start;
    struct {
        /* m; altitude between rows; row 0 is at mean sea level (not at the pad); above the last row its values are
         * held; from 1 to 100000 */
        double step_m;
        /* natural logarithm of the density in kg/m3; from -40 to 5 */
        double log_density[HS_MAX_ROWS];
        /* natural logarithm of the pressure in Pa; from -30 to 20 */
        double log_pressure[HS_MAX_ROWS];
        /* m/s; speed of sound; from 100 to 2000 */
        double sound_mps[HS_MAX_ROWS];
        /* m/s; wind speed towards the east; from -250 to 250 */
        double east_mps[HS_MAX_ROWS];
        /* m/s; wind speed towards the north; from -250 to 250 */
        double north_mps[HS_MAX_ROWS];
    } forecast;
    struct {
        /* kg; mass of the stage without any propellant (also without residuals, which the levels include), with
         * half a load of cold gas; from 10 to 1e+06 */
        double dry_mass_kg;
        /* m; centre of gravity of the dry stage, above the gimbal plane; from -200 to 200 */
        double dry_cg_m;
        /* kg m2; inertia of the dry stage about body x, y, z through its centre of gravity; from 1 to 1e+10 */
        double dry_inertia_kgm2[3];
        /* m2; cross-section of each tank: level times area times density is the liquid mass, residuals included;
         * from 0.005 to 8000 */
        double tank_area_m2;
        /* m; bottom of the oxygen tank above the gimbal plane: zero of its level; from -20 to 150 */
        double lox_bottom_m;
        /* kg/m3; density of the oxygen; from 50 to 3000 */
        double lox_density_kgpm3;
        /* m; bottom of the fuel tank above the gimbal plane: zero of its level; from -20 to 150 */
        double lch4_bottom_m;
        /* kg/m3; density of the fuel, of whatever kind; from 50 to 3000 */
        double lch4_density_kgpm3;
        /* mass flow of oxygen divided by that of fuel; from 0.05 to 20 */
        double mixture_ratio;
        /* m2; reference area of the aerodynamic coefficients; from 0.01 to 500 */
        double ref_area_m2;
        /* Mach numbers of `stage.axial`; from 0 to 100 */
        double axial_mach[HS_MAX_AXIAL];
        /* coefficient of the axial force, base first, engines off; from -10 to 10 */
        double axial[HS_MAX_AXIAL];
        /* 1/rad; slope of the normal force coefficient of the body at zero angle of attack; from -200 to 200 */
        double normal_slope;
        /* 1/rad2; growth of that slope with the angle of attack; from -1000 to 1000 */
        double normal_growth;
        /* m; point of application of the normal force of the body, above the gimbal plane; from -500 to 500 */
        double normal_position_m;
        /* thrust divided by dynamic pressure and `stage.ref_area_m2`: grid of `stage.plume_factor`; from 0 to 1e+06 */
        double plume_coefficient[HS_MAX_PLUME];
        /* fraction of the axial force that remains when engines burn; from -5 to 10 */
        double plume_factor[HS_MAX_PLUME];
        /* N; vacuum thrust of one engine at throttle 1 (rated); from 10 to 1e+08 */
        double vacuum_thrust_n;
        /* m2; exit area of one nozzle: ambient pressure times this area reduces the thrust; from 0 to 20 */
        double exit_area_m2;
        /* s; specific impulse in vacuum at throttle 1; from 30 to 1000 */
        double vacuum_isp_s;
        /* fraction of the specific impulse lost from throttle 1 to 0, linear; from 0 to 0.9 */
        double isp_loss_per_level;
        /* lowest throttle of a burning engine; from 0.01 to 1 */
        double throttle_floor;
        /* largest throttle, which may be above 1; from 1 to 1.3 */
        double throttle_ceiling;
        /* s; time from start command to first thrust, typical; from 0 to 30 */
        double dead_time_s;
        /* s; the same for the slowest engine; from 0 to 30 */
        double dead_time_longest_s;
        /* s; time from first thrust to the commanded throttle; from 0.001 to 10 */
        double rise_time_s;
        /* 1/s; largest rate at which the throttle of a burning engine changes, up or down; from 0.001 to 1000 */
        double throttle_rate_ps;
        /* Pa; chamber pressure at throttle 1; from 10000 to 1e+08 */
        double chamber_pressure_pa;
        /* m; body y and z of each engine in the gimbal plane, in the order of the wire; from -50 to 50 */
        double engine_yz_m[HS_MAX_ENGINES][2];
        /* gimballed engines, in the order of the pairs of `gimbal_rad`; from 0 to 63 */
        int gimbal_engine[HS_MAX_GIMBALLED];
        /* rad; limit of each of the two angles; from 0.0001 to 0.5 */
        double gimbal_limit_rad;
        /* rad/s; largest rate of each of the two angles, in either direction; from 0.001 to 100 */
        double gimbal_rate_radps;
        /* engines lit for the landing burn; from 0 to 63 */
        int landing[HS_MAX_ANY];
        /* engines lit in place of a failed one; may be empty; from 0 to 63 */
        int spares[HS_MAX_ANY];
        /* the engine used for touchdown; from 0 to 63 */
        int last;
        /* body y and z of the span direction of each fin, in the order of the wire; from -1 to 1 */
        double fin_span_yz[HS_MAX_FINS][2];
        /* m2; reference area of one fin, for `stage.fin_slope`; from 0.001 to 100 */
        double fin_area_m2;
        /* m; position of the hinges above the gimbal plane; from -200 to 200 */
        double fin_position_m;
        /* m; distance of the centre of pressure of a fin from the axis; from 0.05 to 50 */
        double fin_radius_m;
        /* rad; largest deflection in each direction; from 0.001 to 0.785 */
        double fin_limit_rad;
        /* rad/s; largest rate of a deflection, in either direction; from 0.001 to 100 */
        double fin_rate_radps;
        /* Mach numbers of `stage.fin_slope`; from 0 to 100 */
        double fin_mach[HS_MAX_FIN];
        /* 1/rad; slope of the lift coefficient of a fin; from -50 to 50 */
        double fin_slope[HS_MAX_FIN];
        /* m; position of each thruster, body axes from the gimbal plane, in the order of the wire; from -200 to 200 */
        double thruster_position_m[HS_MAX_THRUSTERS][3];
        /* direction of the force of each on the stage (opposite to the jet), unit vectors; from -1 to 1 */
        double thruster_direction[HS_MAX_THRUSTERS][3];
        /* N; thrust of one thruster; from 0.01 to 1e+06 */
        double thruster_n;
        /* m; position of the foot plane above the gimbal plane: negative; from -200 to 200 */
        double foot_m;
        /* m; distance of each foot from the axis, legs deployed; from 0.1 to 100 */
        double foot_radius_m;
        /* m; position of the inertial unit, body axes from the gimbal plane; from -200 to 200 */
        double imu_m[3];
        /* m; position of the GNSS antenna, body axes from the gimbal plane; from -200 to 200 */
        double antenna_m[3];
        /* m; position of the radar altimeter on the axis, above the gimbal plane; from -200 to 200 */
        double radar_m;
        /* rad; half-width of the radar beam; from 0 to 1.4999 */
        double radar_beam_rad;
        /* Hz; frequency of the first bending mode at `stage.bending_kg`; 0: rigid stage; from 0 to 50 */
        double bending_hz;
        /* kg; mass of the stage at `stage.bending_hz`; the frequency decreases with mass; from 10 to 1e+07 */
        double bending_kg;
    } stage;
    struct {
        /* rad/s/√Hz; white noise of the angular rate; from 1e-12 to 0.1 */
        double gyro_noise_radps_rthz;
        /* m/s2/√Hz; white noise of the specific force; from 1e-12 to 10 */
        double accel_noise_mps2_rthz;
        /* rad/s; constant bias of the angular rate, one sigma; from 0 to 1 */
        double gyro_bias_radps;
        /* m/s2; constant bias of the specific force, one sigma; from 0 to 100 */
        double accel_bias_mps2;
        /* scale error of the specific force, one sigma, as a fraction; from 0 to 0.5 */
        double accel_scale;
        /* m; horizontal error of a GNSS fix, one sigma per axis; from 1e-06 to 1e+06 */
        double gnss_horizontal_m;
        /* m; vertical error of a GNSS fix, one sigma; from 1e-06 to 1e+06 */
        double gnss_vertical_m;
        /* m/s; velocity error of a GNSS fix, one sigma per axis; from 1e-06 to 10000 */
        double gnss_velocity_mps;
        /* m; error of the radar range, one sigma; from 1e-06 to 1e+06 */
        double radar_m;
        /* fraction of the range that is added to that error; from 0 to 1 */
        double radar_fraction;
        /* a measurement with a larger innovation, in sigma, is rejected; from 0.1 to 1000 */
        double gate_sigma;
    } filter;
    struct {
        /* rad; largest lean in the glide; from 0.0001 to 1.5708 */
        double glide_angle_rad;
        /* m/s2; lateral acceleration by the air that, with `gains.glide_angle_rad`, limits the lean in the glide;
         * from 0.001 to 1000 */
        double hull_mps2;
        /* target of the solved lean late in the glide, as a fraction of the largest lean; from 0 to 1 */
        double arc_share;
        /* gain from the deviation of the solved lean from that target to the commanded lean; from 0 to 100 */
        double arc_gain;
        /* s; time before the hand-over until which the lean is adjusted in this way; from 0 to 600 */
        double arc_until_s;
        /* factor on the solved lean in crossrange direction; from 0 to 100 */
        double cross_gain;
        /* m; altitude above the pad: initial guess of the ignition for the prediction of the glide; from 1 to
         * 100000 */
        double ignition_altitude_m;
        /* ignition is commanded when the constant throttle that stops at the pad reaches this value; from 0.01 to
         * 1.3 */
        double ignition_throttle;
        /* m/s; speed at which the last engine continues alone; from 0.001 to 10000 */
        double hand_over_mps;
        /* m/s; speed of the final profile at the altitude of the hand-over; from 0.001 to 10000 */
        double shutdown_mps;
        /* rad; deflection of fins and gimbals that defines their largest side force; from 0.0001 to 0.5 */
        double side_gimbal_rad;
        /* fraction of that side force with a cost of one; from 0 to 100 */
        double side_weight;
        /* sine of the largest tilt in the burn; from 0.0001 to 1 */
        double tilt_sine;
        /* kg; mass of the nominal stage for which the lateral regulator is solved; from 10 to 1e+07 */
        double nominal_mass_kg;
        /* m; its centre of gravity above the gimbal plane; from -200 to 200 */
        double nominal_cg_m;
        /* s; time of the nominal stage on the last engine; from 0.1 to 600 */
        double nominal_last_s;
        /* m/s2; deceleration of the nominal stage before that; from 0.001 to 1000 */
        double nominal_decel_mps2;
        /* s; time before the last-engine phase at which the stage must be upright; from 0 to 600 */
        double upright_s;
        /* s; lag of the attitude behind its command; from 0.001 to 10 */
        double lean_lag_s;
        /* m; miss at touchdown with a cost of one; from 0.001 to 10000 */
        double rest_place_m;
        /* m; distance from the pad on the last engine with a cost of one; from 0.001 to 10000 */
        double last_place_m;
        /* m/s2; acceleration that limits the distance that guidance still tries to correct; from 0.001 to 1000 */
        double reach_mps2;
        /* m/s; horizontal speed at touchdown with a cost of one; from 0.001 to 10000 */
        double rest_speed_mps;
        /* rad; tilt at touchdown with a cost of one; from 0.0001 to 1.5708 */
        double rest_lean_rad;
        /* rad; tilt held for 1 s in the burn with a cost of one; from 0.0001 to 1.5708 */
        double burn_lean_rad;
        /* rad; the same on the last engine; from 0.0001 to 1.5708 */
        double final_lean_rad;
        /* rad/s; rate of the tilt command with a cost of one; from 0.0001 to 100 */
        double lean_rate_radps;
        /* m/s2; deceleration of the final profile; from 0.001 to 1000 */
        double final_decel_mps2;
        /* m/s; speed of the final profile at the ground; from 0 to 100 */
        double final_speed_mps;
        /* 1/s; rate at which it settles to that speed; from 0.001 to 100 */
        double final_settle_ps;
        /* rad; largest tilt in the final profile; from 0.0001 to 1.5708 */
        double final_tilt_rad;
        /* 1/s; gain from attitude error to rate; from 0 to 100 */
        double angle_gain_ps;
        /* 1/s; gain from rate error to angular acceleration; from 0 to 100 */
        double rate_gain_ps;
        /* rad/s; largest commanded rate; from 0.0001 to 100 */
        double rate_limit_radps;
        /* rad/s; largest rate of the commanded nose direction; from 0.0001 to 100 */
        double nose_rate_radps;
        /* rad/s; the same before thrust is available; from 0.0001 to 100 */
        double glide_rate_radps;
        /* factor on the attitude gains on the last engine; from 0.01 to 100 */
        double final_quickness;
        /* 1/s; the same as `gains.angle_gain_ps` for roll; from 0 to 100 */
        double roll_gain_ps;
        /* damping of the two notch filters around the bending mode; from 0.001 to 10 */
        double notch_damping;
        /* offset of their frequencies below and above it, as a fraction; from 0 to 0.99 */
        double notch_spread;
        /* s; time before touchdown at which the legs are deployed; from 0 to 600 */
        double leg_time_s;
        /* an engine is declared lost below this fraction of the chamber pressure at minimum throttle; from 0 to 1 */
        double fault_pressure_fraction;
        /* s; time below that pressure until it is declared lost; from 0 to 600 */
        double fault_time_s;
    } gains;
} hs_load;

#ifdef __cplusplus
}
#endif

#endif
