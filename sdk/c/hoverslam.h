/* Client of the Hoverslam wire in C99 and C++17: copy the four files of this folder next to your flight program.
 *
 * Needs libzmq and msgpack-c of the system (Debian: libzmq3-dev, and libmsgpack-dev or libmsgpack-c-dev). The contract,
 * every field and every key of the flight load, is in hoverslam_icd.h. A flight program that damps the roll and never
 * burns:
 *
 *     #include "hoverslam.h"
 *
 *     static hs_message message;
 *
 *     int main(void)
 *     {
 *         hs_link *link = hs_connect();
 *         int kind = hs_hello(link, "mine", "1.0", "reset") ? HS_FAILED : hs_receive(link, &message);
 *         for (; kind > HS_SHUTDOWN; kind = hs_receive(link, &message)) {
 *             if (kind == HS_RESET) {
 *                 hs_ready(link, message.run_id, message.flight);
 *             } else if (kind == HS_SENSORS) {
 *                 hs_actuators answer = {0};
 *                 answer.flight = message.flight;
 *                 answer.seq = message.sensors.seq;
 *                 for (int i = 0; i < message.shape.fins; i++)
 *                     answer.fin_rad[i] = -200.0 * message.sensors.imu_dangle_b_rad[0];
 *                 hs_send_actuators(link, &answer, NULL);
 *             }
 *         }
 *         if (kind == HS_FAILED)
 *             fprintf(stderr, "%s\n", hs_error(link));
 *         hs_close(link);
 *         return kind == HS_FAILED;
 *     }
 *
 * Build: cc -std=c99 main.c hoverslam.c $(pkg-config --cflags --libs libzmq msgpack) -o mine
 * (the module of msgpack is called msgpack-c on newer systems). Fly: hoverslam run --gnc ./mine
 *
 * After the first `ready` neither this client nor msgpack-c allocates memory, but for a flight load of more than some
 * 10,000 numbers; libzmq allocates for its own queues. Nothing here is for use by several threads at once.
 */
#ifndef HOVERSLAM_H
#define HOVERSLAM_H

#include <stddef.h>
#include <stdio.h>

#include "hoverslam_icd.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What hs_receive found. */
enum hs_kind {
    HS_FAILED = -1, /* the harness is gone, or silent for too long; hs_error says which: end the program */
    HS_SHUTDOWN = 0, /* end the program, with status 0 */
    HS_RESET = 1, /* begin a flight: forget everything, and answer with hs_ready */
    HS_SENSORS = 2, /* a frame: answer with hs_send_actuators */
    HS_END = 3 /* a flight is over; nothing to answer */
};

/* The last message of each kind: a part stays until a message of its kind replaces it, `load` until the next reset.
 * A program with the capability `fleet` keeps what it needs of `shape` and `load` for each `flight` itself. */
typedef struct hs_message {
    uint64_t flight; /* of the last message; 0, unless the program flies several at once */
    /* reset */
    char run_id[HS_TEXT_BYTES + 1];
    int64_t frame_period_ns;
    hs_shape shape;
    hs_load load;
    /* sensors */
    hs_sensors sensors;
    /* end: at_rest, impact, max_time, aborted or restart */
    char why[HS_TEXT_BYTES + 1];
    /* the message as it came, in MessagePack, until the next hs_receive: for keys of your own in the flight load */
    const void *data;
    size_t bytes;
} hs_message;

typedef struct hs_link hs_link;

/* Connect to the harness that started this program, by HOVERSLAM_ENDPOINT, HOVERSLAM_TOKEN and HOVERSLAM_CURVE_*.
 * NULL where that cannot be; hs_error(NULL) says why. Every other function takes that NULL, and fails. */
hs_link *hs_connect(void);

/* Introduce the program. `capabilities` are separated by commas: "reset" promises that it can fly again after an `end`,
 * "reset,fleet" that it can fly several flights at once; "" promises nothing. 0, or -1. */
int hs_hello(hs_link *link, const char *name, const char *version, const char *capabilities);

/* Wait for the next message; returns an hs_kind. */
int hs_receive(hs_link *link, hs_message *message);

/* Answer a reset. 0, or -1. */
int hs_ready(hs_link *link, const char *run_id, uint64_t flight);

/* Answer a frame; `telemetry` may be NULL. Lists are sent as long as the shape of that flight says. 0, or -1. */
int hs_send_actuators(hs_link *link, const hs_actuators *actuators, const hs_telemetry *telemetry);

/* Nothing reported. */
void hs_telemetry_clear(hs_telemetry *telemetry);

/* How long a silent harness is waited for, 600 s unless it is set: one that compiles for the first time is silent for
 * minutes. One that is gone is noticed at once. */
void hs_set_silence(hs_link *link, double seconds);

/* What went wrong last, in words. */
const char *hs_error(const hs_link *link);

/* Let go of the connection, and free the link. What was sent last still goes out, within a second. */
void hs_close(hs_link *link);

/* Read a message from bytes, as hs_receive does; without a link, for tests with golden frames. Returns an hs_kind;
 * `why` gets the reason of HS_FAILED. `zone` is memory of msgpack-c, NULL where this call may allocate its own. */
struct msgpack_zone;
int hs_decode(const void *data, size_t bytes, hs_message *message, struct msgpack_zone *zone, char why[160]);

/* Write an answer into `into`; returns its bytes, 0 where they are more than `room`. For tests; links do it themselves. */
size_t hs_encode_actuators(
    const hs_actuators *actuators, const hs_telemetry *telemetry, const hs_shape *shape, void *into, size_t room);

#ifdef __cplusplus
}
#endif

#endif
