/* Answers the harness until it says shutdown: many flights, one after the other or at once. */
#include "landing.h"

#define TELEMETRY_FRAMES 10

static hs_message message;
static hs_actuators answers[HS_MAX_FLIGHTS]; /* the last one of each flight, for a frame that comes twice */
static flight flights[HS_MAX_FLIGHTS];
static hs_telemetry telemetry;

/* The place of a flight; of one that is not known a free one, or none. */
static int place_of(uint64_t number)
{
    int room = -1;
    for (int i = 0; i < HS_MAX_FLIGHTS; i++) {
        if (flights[i].used && flights[i].number == number)
            return i;
        if (!flights[i].used && room < 0)
            room = i;
    }
    return room;
}

static int begin(hs_link *link)
{
    char why[160];
    int place = place_of(message.flight);
    if (place < 0 || !flight_reset(&flights[place], &message, why)) {
        fprintf(stderr, "%s\n", place < 0 ? "more flights at once than there is room for" : why);
        return -1;
    }
    return hs_ready(link, message.run_id, message.flight);
}

static int answer(hs_link *link)
{
    int place = place_of(message.flight);
    if (place < 0 || !flights[place].used)
        return 0; /* a flight that has ended */
    flight *own = &flights[place];
    flight_step(own, &message.sensors, &answers[place]);
    bool due = message.sensors.seq % TELEMETRY_FRAMES == 0 || own->told < own->n_events;
    if (due)
        flight_telemetry(own, &telemetry);
    return hs_send_actuators(link, &answers[place], due ? &telemetry : NULL);
}

int main(void)
{
    hs_link *link = hs_connect();
    int kind = hs_hello(link, "landing-c", "1.0", "reset,fleet") ? HS_FAILED : hs_receive(link, &message);
    int failed = 0;
    for (; kind > HS_SHUTDOWN && !failed; kind = failed ? kind : hs_receive(link, &message)) {
        if (kind == HS_RESET)
            failed = begin(link);
        else if (kind == HS_SENSORS)
            failed = answer(link);
        else if (place_of(message.flight) >= 0)
            flights[place_of(message.flight)].used = false;
    }
    if (kind == HS_FAILED)
        fprintf(stderr, "%s\n", hs_error(link));
    hs_close(link);
    return failed || kind == HS_FAILED;
}
