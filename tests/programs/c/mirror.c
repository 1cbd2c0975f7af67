/* A flight program whose answer depends on every sensor: mirror [TELEMETRY] [SILENCE_S]. Its twin is mirror.py. */
#include "hoverslam.h"

#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C"
#endif
void counted_mark(const char *what) __attribute__((weak)); /* of counting.c, where that is loaded before it */

static hs_message message;

static void mark(const char *what)
{
    if (counted_mark)
        counted_mark(what);
}

static void answer_to(const hs_sensors *sensors, const hs_shape *shape, hs_actuators *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->flight = sensors->flight;
    answer->seq = sensors->seq;
    for (int i = 0; i < shape->engines; i++) {
        answer->engine_on[i] = sensors->engine_state[i] == HS_ENGINE_RUNNING;
        answer->throttle[i] = 0.25 * sensors->chamber_pressure_pa[i] + sensors->imu_dvel_b_mps[0];
    }
    for (int i = 0; i < 2 * shape->gimballed; i++)
        answer->gimbal_rad[i] = 0.5 * sensors->gimbal_rad[i] + sensors->imu_dangle_b_rad[2];
    for (int i = 0; i < shape->fins; i++)
        answer->fin_rad[i] = sensors->fin_rad[i] - (sensors->has_radar_range_m ? sensors->radar_range_m : 1.0);
    for (int i = 0; i < shape->thrusters; i++)
        answer->rcs_open[i] = sensors->has_gnss && sensors->gnss.vel_e_mps[2] < sensors->lox_pressure_pa;
    if (sensors->has_gnss)
        answer->throttle[0] += 1e-9 * (double)sensors->gnss.time_ns + sensors->gnss.pos_e_m[1];
    answer->throttle[0] += sensors->lox_level_m + 2.0 * sensors->lch4_level_m + 4.0 * sensors->lch4_pressure_pa;
    answer->throttle[0] += 8.0 * sensors->rcs_pressure_pa;
    answer->leg_deploy = sensors->leg_locked[0] && sensors->leg_contact[shape->legs - 1];
}

static void report(const hs_sensors *sensors, hs_telemetry *telemetry)
{
    hs_telemetry_clear(telemetry);
    telemetry->mode = "mirror";
    telemetry->clock_ns = sensors->time_ns;
    telemetry->k_req = 1e-9 * (double)sensors->time_ns;
    memcpy(telemetry->pos_enu_m, sensors->imu_dvel_b_mps, sizeof telemetry->pos_enu_m);
    if (sensors->seq % 50 == 5) {
        telemetry->n_events = 1;
        telemetry->events[0].name = "passed";
        telemetry->events[0].time_ns = sensors->time_ns;
        telemetry->events[0].engine = -1;
    }
}

int main(int argc, char **argv)
{
    hs_link *link = hs_connect();
    bool reports = argc > 1 && strcmp(argv[1], "telemetry") == 0, first = true;
    if (argc > 2)
        hs_set_silence(link, atof(argv[2]));
    mark("connected");
    int kind = hs_hello(link, "mirror", "1.0", "reset,fleet") ? HS_FAILED : hs_receive(link, &message);
    for (; kind > HS_SHUTDOWN; kind = hs_receive(link, &message)) {
        if (kind == HS_RESET) {
            hs_ready(link, message.run_id, message.flight);
        } else if (kind == HS_SENSORS) {
            hs_actuators answer;
            hs_telemetry telemetry;
            if (first)
                mark("handshake done");
            first = false;
            answer_to(&message.sensors, &message.shape, &answer);
            report(&message.sensors, &telemetry);
            hs_send_actuators(link, &answer, reports ? &telemetry : NULL);
        }
    }
    mark("flown");
    if (kind == HS_FAILED)
        fprintf(stderr, "%s\n", hs_error(link));
    hs_close(link);
    return kind == HS_FAILED;
}
