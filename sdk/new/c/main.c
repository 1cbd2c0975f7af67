/* Flies until the harness says shutdown; the law is in control.c. */
#include "control.h"

static hs_message message;
static control own;

int main(void)
{
    hs_link *link = hs_connect();
    int kind = hs_hello(link, "mine", "0.1", "reset") ? HS_FAILED : hs_receive(link, &message);
    for (; kind > HS_SHUTDOWN; kind = hs_receive(link, &message)) {
        if (kind == HS_RESET) {
            control_reset(&own, &message);
            hs_ready(link, message.run_id, message.flight);
        } else if (kind == HS_SENSORS) {
            hs_actuators answer;
            control_step(&own, &message.sensors, &answer);
            hs_send_actuators(link, &answer, NULL);
        }
    }
    if (kind == HS_FAILED)
        fprintf(stderr, "%s\n", hs_error(link));
    hs_close(link);
    return kind == HS_FAILED;
}
