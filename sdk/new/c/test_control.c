/* Tests with golden frames: messages as the harness sends them, without a harness. Run by `make test`, in this folder. */
#include "control.h"

#include <math.h>
#include <string.h>

static hs_message message;
static control own;
static int failures;

static void check(bool holds, const char *what)
{
    printf("%s  %s\n", holds ? "ok    " : "FAILED", what);
    failures += !holds;
}

static size_t read_file(const char *name, char *into, size_t room)
{
    char path[200];
    snprintf(path, sizeof path, "golden/%s.msgpack", name);
    FILE *file = fopen(path, "rb");
    size_t bytes = file == NULL ? 0 : fread(into, 1, room, file);
    if (file != NULL)
        fclose(file);
    return bytes;
}

static int read_golden(const char *name)
{
    static char data[1 << 20];
    char why[160];
    return hs_decode(data, read_file(name, data, sizeof data), &message, NULL, why);
}

/* The answer to a golden frame, after the golden reset. */
static hs_actuators answer_to(const char *name)
{
    hs_actuators answer;
    read_golden("reset");
    control_reset(&own, &message);
    read_golden(name);
    control_step(&own, &message.sensors, &answer);
    return answer;
}

static bool is_allowed(const hs_actuators *answer)
{
    for (int i = 0; i < own.shape.fins; i++)
        if (!(fabs(answer->fin_rad[i]) <= own.load.stage.fin_limit_rad))
            return false;
    for (int i = 0; i < own.shape.engines; i++)
        if (answer->engine_on[i])
            return false;
    return answer->seq == message.sensors.seq;
}

static void test_messages(void)
{
    check(read_golden("reset") == HS_RESET && message.shape.fins == 4, "reset: shape");
    check(message.load.n_rows > 1 && message.load.stage.dry_mass_kg > 0.0, "reset: flight load");
    check(read_golden("sensors-nine") == HS_SENSORS && message.sensors.has_gnss, "sensors: with a fix");
    check(read_golden("sensors-no-gnss") == HS_SENSORS && !message.sensors.has_gnss, "sensors: without a fix");
    check(read_golden("end-at-rest") == HS_END && strcmp(message.why, "at_rest") == 0, "end: why");
    check(read_golden("shutdown") == HS_SHUTDOWN, "shutdown");
    check(read_golden("refused-truncated") == HS_FAILED, "what is cut off is refused");
}

/* What this program sends is, byte for byte, what the harness is known to accept. */
static void test_answer_on_the_wire(void)
{
    static char wanted[HS_MESSAGE_BYTES], sent[HS_MESSAGE_BYTES];
    hs_actuators still = {0};
    read_golden("reset");
    still.seq = 7;
    size_t bytes = read_file("actuators-zero", wanted, sizeof wanted);
    size_t count = hs_encode_actuators(&still, NULL, &message.shape, sent, sizeof sent);
    check(count > 0 && count == bytes && memcmp(sent, wanted, count) == 0, "an answer on the wire");
}

static void test_law(void)
{
    hs_actuators answer = answer_to("sensors-nine");
    check(is_allowed(&answer), "commands are within their limits, engines off");
    answer = answer_to("sensors-nan");
    check(is_allowed(&answer), "also when every sensor is dead");
    read_golden("reset");
    control_reset(&own, &message);
    hs_sensors turning = {0};
    turning.imu_dangle_b_rad[1] = 0.001; /* the nose moves toward -z: fin 0, at +y, pushes toward +z when positive */
    control_step(&own, &turning, &answer);
    check(answer.fin_rad[0] > 0.0 && answer.fin_rad[2] < 0.0, "fins push against a rate about +y");
}

int main(void)
{
    test_messages();
    test_answer_on_the_wire();
    test_law();
    return failures != 0;
}
