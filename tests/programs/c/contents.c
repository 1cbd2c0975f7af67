/* Prints what the client reads in a message, one `NAME VALUE` a line; the names are those of the tables of the client. */
#include "hoverslam.h"

#include <stdlib.h>

#include "hoverslam_fields.h"

static hs_message message;
static char data[1 << 20];

static void print_value(const hs_field *field, const char *at, size_t i)
{
    const char *point = field->map[0] ? "." : "";
    printf("%s%s%s[%zu] ", field->map, point, field->key, i);
    switch (field->form) {
    case HS_BOOL: printf("%d\n", ((const bool *)at)[i]); break;
    case HS_BYTE: printf("%d\n", ((const uint8_t *)at)[i]); break;
    case HS_INT64: printf("%lld\n", (long long)((const int64_t *)(const void *)at)[i]); break;
    case HS_INT: printf("%d\n", ((const int *)(const void *)at)[i]); break;
    default: printf("%.17g\n", ((const double *)(const void *)at)[i]);
    }
}

static void print_fields(const hs_field *fields, size_t count, const void *from, const void *counts)
{
    for (size_t k = 0; k < count; k++) {
        const hs_field *field = &fields[k];
        size_t values = field->room ? field->room : 1;
        if (field->count != HS_NONE)
            values = field->each * (size_t)*(const int *)(const void *)((const char *)counts + field->count);
        if (field->flag != HS_NONE && !*((const bool *)from + field->flag))
            continue;
        for (size_t i = 0; i < values; i++)
            print_value(field, (const char *)from + field->offset, i);
    }
}

#define PRINT(table, from, counts) print_fields(table, sizeof(table) / sizeof((table)[0]), from, counts)

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char why[160] = "";
        FILE *file = fopen(argv[i], "rb");
        size_t bytes = file == NULL ? 0 : fread(data, 1, sizeof data, file);
        if (file != NULL)
            fclose(file);
        printf("file %s\n", argv[i]);
        int kind = hs_decode(data, bytes, &message, NULL, why);
        printf("kind %d\nflight %llu\n", kind, (unsigned long long)message.flight);
        if (kind == HS_SENSORS) {
            printf("seq %llu\ntime_ns %lld\n", (unsigned long long)message.sensors.seq, (long long)message.sensors.time_ns);
            PRINT(hs_sensors_fields, &message.sensors, &message.shape);
        } else if (kind == HS_RESET) {
            printf("run_id %s\nframe_period_ns %lld\n", message.run_id, (long long)message.frame_period_ns);
            PRINT(hs_shape_fields, &message.shape, NULL);
            PRINT(hs_load_fields, &message.load, &message.load);
        } else if (kind == HS_END) {
            printf("why %s\n", message.why);
        }
    }
    (void)hs_actuators_fields;
    (void)hs_telemetry_fields;
    (void)hs_load_counts;
    return 0;
}
