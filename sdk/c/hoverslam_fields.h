/* Where the fields of messages lie in the structs of hoverslam_icd.h: for hoverslam.c alone.
 *
 * Written from the contract by `make docs`; do not edit.
 */
#ifndef HOVERSLAM_FIELDS_H
#define HOVERSLAM_FIELDS_H

#include <stddef.h>

#include "hoverslam_icd.h"

#define HS_NONE ((size_t)-1)

typedef enum hs_form { HS_DOUBLE, HS_BOOL, HS_BYTE, HS_INT64, HS_INT, HS_TEXT, HS_EVENTS } hs_form;

/* `room`: values for which there is space, 0 where the value is no list. `each`: values for one of what the list
 * counts; in a load, the length of a row. `count`: where the number of these is, in hs_shape for a frame and in hs_load
 * for a load. `flag`: where it is said that there is a value. */
typedef struct hs_field {
    const char *map;
    const char *key;
    hs_form form;
    size_t offset;
    size_t room;
    size_t each;
    size_t count;
    size_t flag;
} hs_field;

static const hs_field hs_shape_fields[] = {
    {"", "engines", HS_INT, offsetof(hs_shape, engines), 0, 1, HS_NONE, HS_NONE},
    {"", "gimballed", HS_INT, offsetof(hs_shape, gimballed), 0, 1, HS_NONE, HS_NONE},
    {"", "fins", HS_INT, offsetof(hs_shape, fins), 0, 1, HS_NONE, HS_NONE},
    {"", "thrusters", HS_INT, offsetof(hs_shape, thrusters), 0, 1, HS_NONE, HS_NONE},
    {"", "legs", HS_INT, offsetof(hs_shape, legs), 0, 1, HS_NONE, HS_NONE},
};

static const hs_field hs_sensors_fields[] = {
    {"", "imu_dvel_b_mps", HS_DOUBLE, offsetof(hs_sensors, imu_dvel_b_mps), 3, 3, HS_NONE, HS_NONE},
    {"", "imu_dangle_b_rad", HS_DOUBLE, offsetof(hs_sensors, imu_dangle_b_rad), 3, 3, HS_NONE, HS_NONE},
    {"gnss", "time_ns", HS_INT64, offsetof(hs_sensors, gnss.time_ns), 0, 1, HS_NONE, offsetof(hs_sensors, has_gnss)},
    {"gnss", "pos_e_m", HS_DOUBLE, offsetof(hs_sensors, gnss.pos_e_m), 3, 3, HS_NONE, offsetof(hs_sensors, has_gnss)},
    {"gnss", "vel_e_mps", HS_DOUBLE, offsetof(hs_sensors, gnss.vel_e_mps), 3, 3, HS_NONE, offsetof(hs_sensors, has_gnss)},
    {"", "radar_range_m", HS_DOUBLE, offsetof(hs_sensors, radar_range_m), 0, 1, HS_NONE, offsetof(hs_sensors, has_radar_range_m)},
    {"", "chamber_pressure_pa", HS_DOUBLE, offsetof(hs_sensors, chamber_pressure_pa), 1 * HS_MAX_ENGINES, 1, offsetof(hs_shape, engines), HS_NONE},
    {"", "engine_state", HS_BYTE, offsetof(hs_sensors, engine_state), 1 * HS_MAX_ENGINES, 1, offsetof(hs_shape, engines), HS_NONE},
    {"", "lox_level_m", HS_DOUBLE, offsetof(hs_sensors, lox_level_m), 0, 1, HS_NONE, HS_NONE},
    {"", "lch4_level_m", HS_DOUBLE, offsetof(hs_sensors, lch4_level_m), 0, 1, HS_NONE, HS_NONE},
    {"", "lox_pressure_pa", HS_DOUBLE, offsetof(hs_sensors, lox_pressure_pa), 0, 1, HS_NONE, HS_NONE},
    {"", "lch4_pressure_pa", HS_DOUBLE, offsetof(hs_sensors, lch4_pressure_pa), 0, 1, HS_NONE, HS_NONE},
    {"", "gimbal_rad", HS_DOUBLE, offsetof(hs_sensors, gimbal_rad), 2 * HS_MAX_GIMBALLED, 2, offsetof(hs_shape, gimballed), HS_NONE},
    {"", "fin_rad", HS_DOUBLE, offsetof(hs_sensors, fin_rad), 1 * HS_MAX_FINS, 1, offsetof(hs_shape, fins), HS_NONE},
    {"", "rcs_pressure_pa", HS_DOUBLE, offsetof(hs_sensors, rcs_pressure_pa), 0, 1, HS_NONE, HS_NONE},
    {"", "leg_locked", HS_BOOL, offsetof(hs_sensors, leg_locked), 1 * HS_MAX_LEGS, 1, offsetof(hs_shape, legs), HS_NONE},
    {"", "leg_contact", HS_BOOL, offsetof(hs_sensors, leg_contact), 1 * HS_MAX_LEGS, 1, offsetof(hs_shape, legs), HS_NONE},
};

static const hs_field hs_actuators_fields[] = {
    {"", "engine_on", HS_BOOL, offsetof(hs_actuators, engine_on), 1 * HS_MAX_ENGINES, 1, offsetof(hs_shape, engines), HS_NONE},
    {"", "throttle", HS_DOUBLE, offsetof(hs_actuators, throttle), 1 * HS_MAX_ENGINES, 1, offsetof(hs_shape, engines), HS_NONE},
    {"", "gimbal_rad", HS_DOUBLE, offsetof(hs_actuators, gimbal_rad), 2 * HS_MAX_GIMBALLED, 2, offsetof(hs_shape, gimballed), HS_NONE},
    {"", "fin_rad", HS_DOUBLE, offsetof(hs_actuators, fin_rad), 1 * HS_MAX_FINS, 1, offsetof(hs_shape, fins), HS_NONE},
    {"", "rcs_open", HS_BOOL, offsetof(hs_actuators, rcs_open), 1 * HS_MAX_THRUSTERS, 1, offsetof(hs_shape, thrusters), HS_NONE},
    {"", "leg_deploy", HS_BOOL, offsetof(hs_actuators, leg_deploy), 0, 1, HS_NONE, HS_NONE},
};

static const hs_field hs_telemetry_fields[] = {
    {"", "pos_enu_m", HS_DOUBLE, offsetof(hs_telemetry, pos_enu_m), 3, 3, HS_NONE, HS_NONE},
    {"", "vel_enu_mps", HS_DOUBLE, offsetof(hs_telemetry, vel_enu_mps), 3, 3, HS_NONE, HS_NONE},
    {"", "q_enu_b", HS_DOUBLE, offsetof(hs_telemetry, q_enu_b), 4, 4, HS_NONE, HS_NONE},
    {"", "attitude_error_rad", HS_DOUBLE, offsetof(hs_telemetry, attitude_error_rad), 0, 1, HS_NONE, HS_NONE},
    {"", "k_req", HS_DOUBLE, offsetof(hs_telemetry, k_req), 0, 1, HS_NONE, HS_NONE},
    {"", "time_to_go_s", HS_DOUBLE, offsetof(hs_telemetry, time_to_go_s), 0, 1, HS_NONE, HS_NONE},
    {"", "mode", HS_TEXT, offsetof(hs_telemetry, mode), 0, 1, HS_NONE, HS_NONE},
    {"", "miss_enu_m", HS_DOUBLE, offsetof(hs_telemetry, miss_enu_m), 2, 2, HS_NONE, HS_NONE},
    {"", "clock_ns", HS_INT64, offsetof(hs_telemetry, clock_ns), 0, 1, HS_NONE, HS_NONE},
    {"", "events", HS_EVENTS, offsetof(hs_telemetry, events), 0, 1, HS_NONE, HS_NONE},
};

static const hs_field hs_load_fields[] = {
    {"pad", "latitude_rad", HS_DOUBLE, offsetof(hs_load, pad.latitude_rad), 0, 1, HS_NONE, HS_NONE},
    {"pad", "longitude_rad", HS_DOUBLE, offsetof(hs_load, pad.longitude_rad), 0, 1, HS_NONE, HS_NONE},
    {"pad", "elevation_m", HS_DOUBLE, offsetof(hs_load, pad.elevation_m), 0, 1, HS_NONE, HS_NONE},
    {"start", "pos_enu_m", HS_DOUBLE, offsetof(hs_load, start.pos_enu_m), 3, 1, HS_NONE, HS_NONE},
    {"start", "vel_enu_mps", HS_DOUBLE, offsetof(hs_load, start.vel_enu_mps), 3, 1, HS_NONE, HS_NONE},
    {"start", "azimuth_rad", HS_DOUBLE, offsetof(hs_load, start.azimuth_rad), 0, 1, HS_NONE, HS_NONE},
    {"start", "pos_sigma_m", HS_DOUBLE, offsetof(hs_load, start.pos_sigma_m), 0, 1, HS_NONE, HS_NONE},
    {"start", "vel_sigma_mps", HS_DOUBLE, offsetof(hs_load, start.vel_sigma_mps), 0, 1, HS_NONE, HS_NONE},
    {"start", "attitude_sigma_rad", HS_DOUBLE, offsetof(hs_load, start.attitude_sigma_rad), 0, 1, HS_NONE, HS_NONE},
    {"forecast", "step_m", HS_DOUBLE, offsetof(hs_load, forecast.step_m), 0, 1, HS_NONE, HS_NONE},
    {"forecast", "log_density", HS_DOUBLE, offsetof(hs_load, forecast.log_density), 1 * HS_MAX_ROWS, 1, offsetof(hs_load, n_rows), HS_NONE},
    {"forecast", "log_pressure", HS_DOUBLE, offsetof(hs_load, forecast.log_pressure), 1 * HS_MAX_ROWS, 1, offsetof(hs_load, n_rows), HS_NONE},
    {"forecast", "sound_mps", HS_DOUBLE, offsetof(hs_load, forecast.sound_mps), 1 * HS_MAX_ROWS, 1, offsetof(hs_load, n_rows), HS_NONE},
    {"forecast", "east_mps", HS_DOUBLE, offsetof(hs_load, forecast.east_mps), 1 * HS_MAX_ROWS, 1, offsetof(hs_load, n_rows), HS_NONE},
    {"forecast", "north_mps", HS_DOUBLE, offsetof(hs_load, forecast.north_mps), 1 * HS_MAX_ROWS, 1, offsetof(hs_load, n_rows), HS_NONE},
    {"stage", "dry_mass_kg", HS_DOUBLE, offsetof(hs_load, stage.dry_mass_kg), 0, 1, HS_NONE, HS_NONE},
    {"stage", "dry_cg_m", HS_DOUBLE, offsetof(hs_load, stage.dry_cg_m), 0, 1, HS_NONE, HS_NONE},
    {"stage", "dry_inertia_kgm2", HS_DOUBLE, offsetof(hs_load, stage.dry_inertia_kgm2), 3, 1, HS_NONE, HS_NONE},
    {"stage", "tank_area_m2", HS_DOUBLE, offsetof(hs_load, stage.tank_area_m2), 0, 1, HS_NONE, HS_NONE},
    {"stage", "lox_bottom_m", HS_DOUBLE, offsetof(hs_load, stage.lox_bottom_m), 0, 1, HS_NONE, HS_NONE},
    {"stage", "lox_density_kgpm3", HS_DOUBLE, offsetof(hs_load, stage.lox_density_kgpm3), 0, 1, HS_NONE, HS_NONE},
    {"stage", "lch4_bottom_m", HS_DOUBLE, offsetof(hs_load, stage.lch4_bottom_m), 0, 1, HS_NONE, HS_NONE},
    {"stage", "lch4_density_kgpm3", HS_DOUBLE, offsetof(hs_load, stage.lch4_density_kgpm3), 0, 1, HS_NONE, HS_NONE},
    {"stage", "mixture_ratio", HS_DOUBLE, offsetof(hs_load, stage.mixture_ratio), 0, 1, HS_NONE, HS_NONE},
    {"stage", "ref_area_m2", HS_DOUBLE, offsetof(hs_load, stage.ref_area_m2), 0, 1, HS_NONE, HS_NONE},
    {"stage", "axial_mach", HS_DOUBLE, offsetof(hs_load, stage.axial_mach), 1 * HS_MAX_AXIAL, 1, offsetof(hs_load, n_axial), HS_NONE},
    {"stage", "axial", HS_DOUBLE, offsetof(hs_load, stage.axial), 1 * HS_MAX_AXIAL, 1, offsetof(hs_load, n_axial), HS_NONE},
    {"stage", "normal_slope", HS_DOUBLE, offsetof(hs_load, stage.normal_slope), 0, 1, HS_NONE, HS_NONE},
    {"stage", "normal_growth", HS_DOUBLE, offsetof(hs_load, stage.normal_growth), 0, 1, HS_NONE, HS_NONE},
    {"stage", "normal_position_m", HS_DOUBLE, offsetof(hs_load, stage.normal_position_m), 0, 1, HS_NONE, HS_NONE},
    {"stage", "plume_coefficient", HS_DOUBLE, offsetof(hs_load, stage.plume_coefficient), 1 * HS_MAX_PLUME, 1, offsetof(hs_load, n_plume), HS_NONE},
    {"stage", "plume_factor", HS_DOUBLE, offsetof(hs_load, stage.plume_factor), 1 * HS_MAX_PLUME, 1, offsetof(hs_load, n_plume), HS_NONE},
    {"stage", "vacuum_thrust_n", HS_DOUBLE, offsetof(hs_load, stage.vacuum_thrust_n), 0, 1, HS_NONE, HS_NONE},
    {"stage", "exit_area_m2", HS_DOUBLE, offsetof(hs_load, stage.exit_area_m2), 0, 1, HS_NONE, HS_NONE},
    {"stage", "vacuum_isp_s", HS_DOUBLE, offsetof(hs_load, stage.vacuum_isp_s), 0, 1, HS_NONE, HS_NONE},
    {"stage", "isp_loss_per_level", HS_DOUBLE, offsetof(hs_load, stage.isp_loss_per_level), 0, 1, HS_NONE, HS_NONE},
    {"stage", "throttle_floor", HS_DOUBLE, offsetof(hs_load, stage.throttle_floor), 0, 1, HS_NONE, HS_NONE},
    {"stage", "throttle_ceiling", HS_DOUBLE, offsetof(hs_load, stage.throttle_ceiling), 0, 1, HS_NONE, HS_NONE},
    {"stage", "dead_time_s", HS_DOUBLE, offsetof(hs_load, stage.dead_time_s), 0, 1, HS_NONE, HS_NONE},
    {"stage", "dead_time_longest_s", HS_DOUBLE, offsetof(hs_load, stage.dead_time_longest_s), 0, 1, HS_NONE, HS_NONE},
    {"stage", "rise_time_s", HS_DOUBLE, offsetof(hs_load, stage.rise_time_s), 0, 1, HS_NONE, HS_NONE},
    {"stage", "throttle_rate_ps", HS_DOUBLE, offsetof(hs_load, stage.throttle_rate_ps), 0, 1, HS_NONE, HS_NONE},
    {"stage", "chamber_pressure_pa", HS_DOUBLE, offsetof(hs_load, stage.chamber_pressure_pa), 0, 1, HS_NONE, HS_NONE},
    {"stage", "engine_yz_m", HS_DOUBLE, offsetof(hs_load, stage.engine_yz_m), 2 * HS_MAX_ENGINES, 2, offsetof(hs_load, n_engines), HS_NONE},
    {"stage", "gimbal_engine", HS_INT, offsetof(hs_load, stage.gimbal_engine), 1 * HS_MAX_GIMBALLED, 1, offsetof(hs_load, n_gimballed), HS_NONE},
    {"stage", "gimbal_limit_rad", HS_DOUBLE, offsetof(hs_load, stage.gimbal_limit_rad), 0, 1, HS_NONE, HS_NONE},
    {"stage", "gimbal_rate_radps", HS_DOUBLE, offsetof(hs_load, stage.gimbal_rate_radps), 0, 1, HS_NONE, HS_NONE},
    {"stage", "landing", HS_INT, offsetof(hs_load, stage.landing), 1 * HS_MAX_ANY, 1, offsetof(hs_load, n_landing), HS_NONE},
    {"stage", "spares", HS_INT, offsetof(hs_load, stage.spares), 1 * HS_MAX_ANY, 1, offsetof(hs_load, n_spares), HS_NONE},
    {"stage", "last", HS_INT, offsetof(hs_load, stage.last), 0, 1, HS_NONE, HS_NONE},
    {"stage", "fin_span_yz", HS_DOUBLE, offsetof(hs_load, stage.fin_span_yz), 2 * HS_MAX_FINS, 2, offsetof(hs_load, n_fins), HS_NONE},
    {"stage", "fin_area_m2", HS_DOUBLE, offsetof(hs_load, stage.fin_area_m2), 0, 1, HS_NONE, HS_NONE},
    {"stage", "fin_position_m", HS_DOUBLE, offsetof(hs_load, stage.fin_position_m), 0, 1, HS_NONE, HS_NONE},
    {"stage", "fin_radius_m", HS_DOUBLE, offsetof(hs_load, stage.fin_radius_m), 0, 1, HS_NONE, HS_NONE},
    {"stage", "fin_limit_rad", HS_DOUBLE, offsetof(hs_load, stage.fin_limit_rad), 0, 1, HS_NONE, HS_NONE},
    {"stage", "fin_rate_radps", HS_DOUBLE, offsetof(hs_load, stage.fin_rate_radps), 0, 1, HS_NONE, HS_NONE},
    {"stage", "fin_mach", HS_DOUBLE, offsetof(hs_load, stage.fin_mach), 1 * HS_MAX_FIN, 1, offsetof(hs_load, n_fin), HS_NONE},
    {"stage", "fin_slope", HS_DOUBLE, offsetof(hs_load, stage.fin_slope), 1 * HS_MAX_FIN, 1, offsetof(hs_load, n_fin), HS_NONE},
    {"stage", "thruster_position_m", HS_DOUBLE, offsetof(hs_load, stage.thruster_position_m), 3 * HS_MAX_THRUSTERS, 3, offsetof(hs_load, n_thrusters), HS_NONE},
    {"stage", "thruster_direction", HS_DOUBLE, offsetof(hs_load, stage.thruster_direction), 3 * HS_MAX_THRUSTERS, 3, offsetof(hs_load, n_thrusters), HS_NONE},
    {"stage", "thruster_n", HS_DOUBLE, offsetof(hs_load, stage.thruster_n), 0, 1, HS_NONE, HS_NONE},
    {"stage", "foot_m", HS_DOUBLE, offsetof(hs_load, stage.foot_m), 0, 1, HS_NONE, HS_NONE},
    {"stage", "foot_radius_m", HS_DOUBLE, offsetof(hs_load, stage.foot_radius_m), 0, 1, HS_NONE, HS_NONE},
    {"stage", "imu_m", HS_DOUBLE, offsetof(hs_load, stage.imu_m), 3, 1, HS_NONE, HS_NONE},
    {"stage", "antenna_m", HS_DOUBLE, offsetof(hs_load, stage.antenna_m), 3, 1, HS_NONE, HS_NONE},
    {"stage", "radar_m", HS_DOUBLE, offsetof(hs_load, stage.radar_m), 0, 1, HS_NONE, HS_NONE},
    {"stage", "radar_beam_rad", HS_DOUBLE, offsetof(hs_load, stage.radar_beam_rad), 0, 1, HS_NONE, HS_NONE},
    {"stage", "bending_hz", HS_DOUBLE, offsetof(hs_load, stage.bending_hz), 0, 1, HS_NONE, HS_NONE},
    {"stage", "bending_kg", HS_DOUBLE, offsetof(hs_load, stage.bending_kg), 0, 1, HS_NONE, HS_NONE},
    {"filter", "gyro_noise_radps_rthz", HS_DOUBLE, offsetof(hs_load, filter.gyro_noise_radps_rthz), 0, 1, HS_NONE, HS_NONE},
    {"filter", "accel_noise_mps2_rthz", HS_DOUBLE, offsetof(hs_load, filter.accel_noise_mps2_rthz), 0, 1, HS_NONE, HS_NONE},
    {"filter", "gyro_bias_radps", HS_DOUBLE, offsetof(hs_load, filter.gyro_bias_radps), 0, 1, HS_NONE, HS_NONE},
    {"filter", "accel_bias_mps2", HS_DOUBLE, offsetof(hs_load, filter.accel_bias_mps2), 0, 1, HS_NONE, HS_NONE},
    {"filter", "accel_scale", HS_DOUBLE, offsetof(hs_load, filter.accel_scale), 0, 1, HS_NONE, HS_NONE},
    {"filter", "gnss_horizontal_m", HS_DOUBLE, offsetof(hs_load, filter.gnss_horizontal_m), 0, 1, HS_NONE, HS_NONE},
    {"filter", "gnss_vertical_m", HS_DOUBLE, offsetof(hs_load, filter.gnss_vertical_m), 0, 1, HS_NONE, HS_NONE},
    {"filter", "gnss_velocity_mps", HS_DOUBLE, offsetof(hs_load, filter.gnss_velocity_mps), 0, 1, HS_NONE, HS_NONE},
    {"filter", "radar_m", HS_DOUBLE, offsetof(hs_load, filter.radar_m), 0, 1, HS_NONE, HS_NONE},
    {"filter", "radar_fraction", HS_DOUBLE, offsetof(hs_load, filter.radar_fraction), 0, 1, HS_NONE, HS_NONE},
    {"filter", "gate_sigma", HS_DOUBLE, offsetof(hs_load, filter.gate_sigma), 0, 1, HS_NONE, HS_NONE},
    {"gains", "glide_angle_rad", HS_DOUBLE, offsetof(hs_load, gains.glide_angle_rad), 0, 1, HS_NONE, HS_NONE},
    {"gains", "hull_mps2", HS_DOUBLE, offsetof(hs_load, gains.hull_mps2), 0, 1, HS_NONE, HS_NONE},
    {"gains", "arc_share", HS_DOUBLE, offsetof(hs_load, gains.arc_share), 0, 1, HS_NONE, HS_NONE},
    {"gains", "arc_gain", HS_DOUBLE, offsetof(hs_load, gains.arc_gain), 0, 1, HS_NONE, HS_NONE},
    {"gains", "arc_until_s", HS_DOUBLE, offsetof(hs_load, gains.arc_until_s), 0, 1, HS_NONE, HS_NONE},
    {"gains", "cross_gain", HS_DOUBLE, offsetof(hs_load, gains.cross_gain), 0, 1, HS_NONE, HS_NONE},
    {"gains", "ignition_altitude_m", HS_DOUBLE, offsetof(hs_load, gains.ignition_altitude_m), 0, 1, HS_NONE, HS_NONE},
    {"gains", "ignition_throttle", HS_DOUBLE, offsetof(hs_load, gains.ignition_throttle), 0, 1, HS_NONE, HS_NONE},
    {"gains", "hand_over_mps", HS_DOUBLE, offsetof(hs_load, gains.hand_over_mps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "shutdown_mps", HS_DOUBLE, offsetof(hs_load, gains.shutdown_mps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "side_gimbal_rad", HS_DOUBLE, offsetof(hs_load, gains.side_gimbal_rad), 0, 1, HS_NONE, HS_NONE},
    {"gains", "side_weight", HS_DOUBLE, offsetof(hs_load, gains.side_weight), 0, 1, HS_NONE, HS_NONE},
    {"gains", "tilt_sine", HS_DOUBLE, offsetof(hs_load, gains.tilt_sine), 0, 1, HS_NONE, HS_NONE},
    {"gains", "nominal_mass_kg", HS_DOUBLE, offsetof(hs_load, gains.nominal_mass_kg), 0, 1, HS_NONE, HS_NONE},
    {"gains", "nominal_cg_m", HS_DOUBLE, offsetof(hs_load, gains.nominal_cg_m), 0, 1, HS_NONE, HS_NONE},
    {"gains", "nominal_last_s", HS_DOUBLE, offsetof(hs_load, gains.nominal_last_s), 0, 1, HS_NONE, HS_NONE},
    {"gains", "nominal_decel_mps2", HS_DOUBLE, offsetof(hs_load, gains.nominal_decel_mps2), 0, 1, HS_NONE, HS_NONE},
    {"gains", "upright_s", HS_DOUBLE, offsetof(hs_load, gains.upright_s), 0, 1, HS_NONE, HS_NONE},
    {"gains", "lean_lag_s", HS_DOUBLE, offsetof(hs_load, gains.lean_lag_s), 0, 1, HS_NONE, HS_NONE},
    {"gains", "rest_place_m", HS_DOUBLE, offsetof(hs_load, gains.rest_place_m), 0, 1, HS_NONE, HS_NONE},
    {"gains", "last_place_m", HS_DOUBLE, offsetof(hs_load, gains.last_place_m), 0, 1, HS_NONE, HS_NONE},
    {"gains", "reach_mps2", HS_DOUBLE, offsetof(hs_load, gains.reach_mps2), 0, 1, HS_NONE, HS_NONE},
    {"gains", "rest_speed_mps", HS_DOUBLE, offsetof(hs_load, gains.rest_speed_mps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "rest_lean_rad", HS_DOUBLE, offsetof(hs_load, gains.rest_lean_rad), 0, 1, HS_NONE, HS_NONE},
    {"gains", "burn_lean_rad", HS_DOUBLE, offsetof(hs_load, gains.burn_lean_rad), 0, 1, HS_NONE, HS_NONE},
    {"gains", "final_lean_rad", HS_DOUBLE, offsetof(hs_load, gains.final_lean_rad), 0, 1, HS_NONE, HS_NONE},
    {"gains", "lean_rate_radps", HS_DOUBLE, offsetof(hs_load, gains.lean_rate_radps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "final_decel_mps2", HS_DOUBLE, offsetof(hs_load, gains.final_decel_mps2), 0, 1, HS_NONE, HS_NONE},
    {"gains", "final_speed_mps", HS_DOUBLE, offsetof(hs_load, gains.final_speed_mps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "final_settle_ps", HS_DOUBLE, offsetof(hs_load, gains.final_settle_ps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "final_tilt_rad", HS_DOUBLE, offsetof(hs_load, gains.final_tilt_rad), 0, 1, HS_NONE, HS_NONE},
    {"gains", "angle_gain_ps", HS_DOUBLE, offsetof(hs_load, gains.angle_gain_ps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "rate_gain_ps", HS_DOUBLE, offsetof(hs_load, gains.rate_gain_ps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "rate_limit_radps", HS_DOUBLE, offsetof(hs_load, gains.rate_limit_radps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "nose_rate_radps", HS_DOUBLE, offsetof(hs_load, gains.nose_rate_radps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "glide_rate_radps", HS_DOUBLE, offsetof(hs_load, gains.glide_rate_radps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "final_quickness", HS_DOUBLE, offsetof(hs_load, gains.final_quickness), 0, 1, HS_NONE, HS_NONE},
    {"gains", "roll_gain_ps", HS_DOUBLE, offsetof(hs_load, gains.roll_gain_ps), 0, 1, HS_NONE, HS_NONE},
    {"gains", "notch_damping", HS_DOUBLE, offsetof(hs_load, gains.notch_damping), 0, 1, HS_NONE, HS_NONE},
    {"gains", "notch_spread", HS_DOUBLE, offsetof(hs_load, gains.notch_spread), 0, 1, HS_NONE, HS_NONE},
    {"gains", "leg_time_s", HS_DOUBLE, offsetof(hs_load, gains.leg_time_s), 0, 1, HS_NONE, HS_NONE},
    {"gains", "fault_pressure_fraction", HS_DOUBLE, offsetof(hs_load, gains.fault_pressure_fraction), 0, 1, HS_NONE, HS_NONE},
    {"gains", "fault_time_s", HS_DOUBLE, offsetof(hs_load, gains.fault_time_s), 0, 1, HS_NONE, HS_NONE},
};

/* The lengths in a load. */
static const size_t hs_load_counts[] = {
    offsetof(hs_load, n_rows), offsetof(hs_load, n_axial), offsetof(hs_load, n_plume), offsetof(hs_load, n_fin), offsetof(hs_load, n_engines), offsetof(hs_load, n_gimballed), offsetof(hs_load, n_fins), offsetof(hs_load, n_thrusters),
    offsetof(hs_load, n_landing), offsetof(hs_load, n_spares),
};

#endif
