/* Client of the Hoverslam wire: see hoverslam.h. Fields are named in hoverslam_fields.h alone, which is generated. */
#include "hoverslam.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <msgpack.h>
#include <zmq.h>

#include "hoverslam_fields.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define SLICE_MS 200 /* how often a wait looks whether the harness is still there */
#define SILENCE_S 600.0
#define ZONE_BYTES (256 * 1024) /* holds the objects of any frame and of a load of some 10,000 numbers */
#define MONITOR "inproc://hoverslam-monitor"
#define Z85_BYTES 41 /* a CURVE key as text, with its closing zero */
#define WHY_BYTES 160

struct hs_link {
    void *context, *socket, *monitor;
    msgpack_zone zone;
    bool has_zone;
    double silence_s;
    hs_shape shapes[HS_MAX_FLIGHTS];
    char token[HS_TEXT_BYTES + 1];
    char why[WHY_BYTES];
    char in[HS_HARNESS_BYTES];
    char out[HS_MESSAGE_BYTES];
};

static char why_not_connected[WHY_BYTES] = "no connection";

/* ---- writing ---------------------------------------------------------------------------------------------------- */

/* A message under way into fixed memory: what does not fit makes it too large, and it is not sent. */
typedef struct writer {
    char *at;
    size_t room, used;
} writer;

static int put(void *user, const char *bytes, size_t count)
{
    writer *to = (writer *)user;
    if (count > to->room - to->used)
        return -1;
    memcpy(to->at + to->used, bytes, count);
    to->used += count;
    return 0;
}

static int put_text(msgpack_packer *pk, const char *text)
{
    size_t length = strlen(text);
    return msgpack_pack_str(pk, length) | msgpack_pack_str_body(pk, text, length);
}

static int put_value(msgpack_packer *pk, hs_form form, const char *at, size_t index)
{
    if (form == HS_BOOL)
        return ((const bool *)at)[index] ? msgpack_pack_true(pk) : msgpack_pack_false(pk);
    return msgpack_pack_double(pk, ((const double *)(const void *)at)[index]);
}

static size_t length_of(const hs_field *field, const void *counts)
{
    size_t count = field->room;
    if (field->count != HS_NONE)
        count = field->each * (size_t)*(const int *)(const void *)((const char *)counts + field->count);
    return count < field->room ? count : field->room;
}

static int put_field(msgpack_packer *pk, const hs_field *field, const void *from, const void *counts)
{
    const char *at = (const char *)from + field->offset;
    int bad = put_text(pk, field->key);
    if (field->room == 0)
        return bad | put_value(pk, field->form, at, 0);
    size_t count = length_of(field, counts);
    bad |= msgpack_pack_array(pk, count);
    for (size_t i = 0; i < count; i++)
        bad |= put_value(pk, field->form, at, i);
    return bad;
}

static int put_events(msgpack_packer *pk, const hs_telemetry *telemetry)
{
    int count = telemetry->n_events < HS_MAX_EVENTS ? telemetry->n_events : HS_MAX_EVENTS;
    int bad = put_text(pk, "events") | msgpack_pack_array(pk, (size_t)count);
    for (int i = 0; i < count; i++) {
        const hs_event *event = &telemetry->events[i];
        bad |= msgpack_pack_map(pk, 3) | put_text(pk, "name") | put_text(pk, event->name ? event->name : "");
        bad |= put_text(pk, "time_ns") | msgpack_pack_int64(pk, event->time_ns);
        bad |= put_text(pk, "engine") | msgpack_pack_int(pk, event->engine);
    }
    return bad;
}

/* Whether something was reported under a key of telemetry. */
static bool is_reported(const hs_field *field, const hs_telemetry *telemetry)
{
    const void *at = (const char *)telemetry + field->offset;
    if (field->form == HS_EVENTS)
        return telemetry->n_events > 0;
    if (field->form == HS_TEXT)
        return *(const char *const *)at != NULL;
    if (field->form == HS_INT64)
        return *(const int64_t *)at != 0;
    return !isnan(*(const double *)at);
}

static int put_telemetry(msgpack_packer *pk, const hs_telemetry *telemetry)
{
    size_t reported = 0;
    for (size_t i = 0; i < COUNT(hs_telemetry_fields); i++)
        reported += is_reported(&hs_telemetry_fields[i], telemetry);
    int bad = put_text(pk, "telemetry") | msgpack_pack_map(pk, reported);
    for (size_t i = 0; i < COUNT(hs_telemetry_fields); i++) {
        const hs_field *field = &hs_telemetry_fields[i];
        if (!is_reported(field, telemetry))
            continue;
        if (field->form == HS_EVENTS)
            bad |= put_events(pk, telemetry);
        else if (field->form == HS_TEXT)
            bad |= put_text(pk, field->key)
                | put_text(pk, *(const char *const *)(const void *)((const char *)telemetry + field->offset));
        else if (field->form == HS_INT64)
            bad |= put_text(pk, field->key)
                | msgpack_pack_int64(pk, *(const int64_t *)(const void *)((const char *)telemetry + field->offset));
        else
            bad |= put_field(pk, field, telemetry, NULL);
    }
    return bad;
}

size_t hs_encode_actuators(
    const hs_actuators *actuators, const hs_telemetry *telemetry, const hs_shape *shape, void *into, size_t room)
{
    writer to = {(char *)into, room, 0};
    msgpack_packer pk;
    msgpack_packer_init(&pk, &to, put);
    int bad = msgpack_pack_map(&pk, 3 + COUNT(hs_actuators_fields) + (telemetry != NULL));
    bad |= put_text(&pk, "type") | put_text(&pk, "actuators");
    bad |= put_text(&pk, "flight") | msgpack_pack_uint64(&pk, actuators->flight);
    /* always eight bytes: the harness reads messages of one layout fastest */
    bad |= put_text(&pk, "seq") | msgpack_pack_fix_uint64(&pk, actuators->seq);
    for (size_t i = 0; i < COUNT(hs_actuators_fields); i++)
        bad |= put_field(&pk, &hs_actuators_fields[i], actuators, shape);
    if (telemetry != NULL)
        bad |= put_telemetry(&pk, telemetry);
    return bad ? 0 : to.used;
}

void hs_telemetry_clear(hs_telemetry *telemetry)
{
    memset(telemetry, 0, sizeof *telemetry);
    for (size_t i = 0; i < COUNT(hs_telemetry_fields); i++) {
        const hs_field *field = &hs_telemetry_fields[i];
        double *at = (double *)(void *)((char *)telemetry + field->offset);
        for (size_t k = 0; field->form == HS_DOUBLE && k < (field->room ? field->room : 1); k++)
            at[k] = NAN;
    }
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static bool is_text(const msgpack_object *object, const char *text)
{
    return object->type == MSGPACK_OBJECT_STR && object->via.str.size == strlen(text)
        && memcmp(object->via.str.ptr, text, object->via.str.size) == 0;
}

static const msgpack_object *entry(const msgpack_object *map, const char *key)
{
    for (uint32_t i = 0; map != NULL && map->type == MSGPACK_OBJECT_MAP && i < map->via.map.size; i++)
        if (is_text(&map->via.map.ptr[i].key, key))
            return &map->via.map.ptr[i].val;
    return NULL;
}

static bool is_whole(const msgpack_object *object)
{
    return object != NULL
        && (object->type == MSGPACK_OBJECT_POSITIVE_INTEGER || object->type == MSGPACK_OBJECT_NEGATIVE_INTEGER);
}

static int64_t whole(const msgpack_object *object)
{
    return is_whole(object) ? object->via.i64 : 0;
}

static double number(const msgpack_object *object)
{
    if (object->type == MSGPACK_OBJECT_POSITIVE_INTEGER)
        return (double)object->via.u64;
    if (object->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
        return (double)object->via.i64;
    return object->type == MSGPACK_OBJECT_FLOAT64 || object->type == MSGPACK_OBJECT_FLOAT32 ? object->via.f64 : NAN;
}

/* An index of the flight load, which may be written as a float; -1 where it is none. */
static int index_of(const msgpack_object *object)
{
    double value = number(object);
    return value >= 0.0 && value < 65536.0 ? (int)value : -1;
}

static void copy_text(char *to, const msgpack_object *object)
{
    size_t size = object != NULL && object->type == MSGPACK_OBJECT_STR ? object->via.str.size : 0;
    size = size <= HS_TEXT_BYTES ? size : HS_TEXT_BYTES;
    if (size > 0)
        memcpy(to, object->via.str.ptr, size);
    to[size] = 0;
}

static void store(const hs_field *field, char *at, size_t index, const msgpack_object *object)
{
    switch (field->form) {
    case HS_BOOL: ((bool *)at)[index] = object->type == MSGPACK_OBJECT_BOOLEAN && object->via.boolean; break;
    case HS_BYTE: ((uint8_t *)at)[index] = (uint8_t)whole(object); break;
    case HS_INT64: ((int64_t *)(void *)at)[index] = whole(object); break;
    case HS_INT: ((int *)(void *)at)[index] = index_of(object); break;
    default: ((double *)(void *)at)[index] = number(object);
    }
}

/* Numbers become NaN, indices -1 and everything else 0: what a field is where there is no value. */
static void clear_field(const hs_field *field, void *into)
{
    char *at = (char *)into + field->offset;
    for (size_t i = 0; i < (field->room ? field->room : 1); i++)
        switch (field->form) {
        case HS_BOOL: ((bool *)at)[i] = false; break;
        case HS_BYTE: ((uint8_t *)at)[i] = 0; break;
        case HS_INT64: ((int64_t *)(void *)at)[i] = 0; break;
        case HS_INT: ((int *)(void *)at)[i] = -1; break;
        default: ((double *)(void *)at)[i] = NAN;
        }
}

/* A value, a list, or a list of lists of `each`; returns the length of the outermost list, -1 where it has no room. */
static long store_field(const hs_field *field, void *into, const msgpack_object *object)
{
    char *at = (char *)into + field->offset;
    if (object->type != MSGPACK_OBJECT_ARRAY) {
        store(field, at, 0, object);
        return 0;
    }
    const msgpack_object_array *list = &object->via.array;
    bool nested = list->size > 0 && list->ptr[0].type == MSGPACK_OBJECT_ARRAY;
    if ((size_t)list->size * (nested ? field->each : 1) > field->room)
        return -1;
    for (uint32_t i = 0; i < list->size; i++) {
        if (!nested) {
            store(field, at, i, &list->ptr[i]);
            continue;
        }
        const msgpack_object_array *row = &list->ptr[i].via.array;
        if (list->ptr[i].type != MSGPACK_OBJECT_ARRAY || row->size != field->each)
            return -1;
        for (uint32_t k = 0; k < row->size; k++)
            store(field, at, i * field->each + k, &row->ptr[k]);
    }
    return (long)list->size;
}

static int failed(char *why, const char *what, const char *where)
{
    snprintf(why, WHY_BYTES, "%s%s", what, where);
    return HS_FAILED;
}

/* The value of a field in a map whose entries come in the order of the table; `hint` is where it should be. */
static const msgpack_object *find(const msgpack_object *map, const char *key, uint32_t *hint)
{
    if (map->type == MSGPACK_OBJECT_MAP && *hint < map->via.map.size && is_text(&map->via.map.ptr[*hint].key, key))
        return &map->via.map.ptr[(*hint)++].val;
    return entry(map, key);
}

static int read_sensors(const msgpack_object *root, hs_message *message, char *why)
{
    hs_sensors *sensors = &message->sensors;
    uint32_t hint = 4, inner = 0; /* behind type, flight, seq and time_ns */
    sensors->flight = message->flight;
    sensors->seq = (uint64_t)whole(entry(root, "seq"));
    sensors->time_ns = whole(entry(root, "time_ns"));
    const char *last = "";
    const msgpack_object *map = NULL;
    for (size_t i = 0; i < COUNT(hs_sensors_fields); i++) {
        const hs_field *field = &hs_sensors_fields[i];
        const msgpack_object *value = NULL;
        if (field->map[0] == 0) {
            value = find(root, field->key, &hint);
        } else {
            if (strcmp(field->map, last) != 0) {
                last = field->map;
                map = find(root, last, &hint);
                inner = 0;
            }
            value = map == NULL || map->type == MSGPACK_OBJECT_NIL ? map : find(map, field->key, &inner);
        }
        if (value == NULL)
            return failed(why, "sensors without ", field->key);
        bool there = value->type != MSGPACK_OBJECT_NIL;
        if (field->flag != HS_NONE)
            *((bool *)(void *)((char *)sensors + field->flag)) = there;
        if (!there)
            clear_field(field, sensors);
        else if (store_field(field, sensors, value) < 0)
            return failed(why, "sensors with too long a list in ", field->key);
    }
    return HS_SENSORS;
}

static int read_load(const msgpack_object *root, hs_load *load, char *why)
{
    for (size_t i = 0; i < COUNT(hs_load_counts); i++)
        *(int *)(void *)((char *)load + hs_load_counts[i]) = 0;
    for (size_t i = 0; i < COUNT(hs_load_fields); i++) {
        const hs_field *field = &hs_load_fields[i];
        clear_field(field, load);
        const msgpack_object *value = entry(entry(root, field->map), field->key);
        long length = value == NULL ? 0 : store_field(field, load, value);
        if (length < 0)
            return failed(why, "flight load with too long a list in ", field->key);
        if (value != NULL && field->count != HS_NONE)
            *(int *)(void *)((char *)load + field->count) = (int)length;
    }
    return HS_RESET;
}

static int read_reset(const msgpack_object *root, hs_message *message, char *why)
{
    copy_text(message->run_id, entry(root, "run_id"));
    message->frame_period_ns = whole(entry(root, "frame_period_ns"));
    const msgpack_object *shape = entry(root, "shape"), *load = entry(root, "flight_load");
    for (size_t i = 0; i < COUNT(hs_shape_fields); i++) {
        const msgpack_object *count = entry(shape, hs_shape_fields[i].key);
        if (!is_whole(count) || count->via.u64 > HS_MAX_ENGINES)
            return failed(why, "reset without a count, or with too large a one, of ", hs_shape_fields[i].key);
        store(&hs_shape_fields[i], (char *)&message->shape + hs_shape_fields[i].offset, 0, count);
    }
    return load == NULL ? failed(why, "reset without ", "flight_load") : read_load(load, &message->load, why);
}

static int read_object(const msgpack_object *root, hs_message *message, char *why)
{
    const msgpack_object *type = entry(root, "type"), *flight = entry(root, "flight");
    message->flight = (uint64_t)whole(flight);
    if (type != NULL && is_text(type, "sensors"))
        return read_sensors(root, message, why);
    if (type != NULL && is_text(type, "reset"))
        return read_reset(root, message, why);
    if (type != NULL && is_text(type, "end")) {
        copy_text(message->why, entry(root, "why"));
        return HS_END;
    }
    return type != NULL && is_text(type, "shutdown") ? HS_SHUTDOWN : failed(why, "a message of no known type", "");
}

int hs_decode(const void *data, size_t bytes, hs_message *message, struct msgpack_zone *zone, char why[160])
{
    msgpack_zone own;
    msgpack_object root;
    if (zone == NULL && !msgpack_zone_init(&own, ZONE_BYTES))
        return failed(why, "no memory", "");
    message->data = data;
    message->bytes = bytes;
    size_t offset = 0;
    msgpack_unpack_return read
        = msgpack_unpack((const char *)data, bytes, &offset, zone == NULL ? &own : (msgpack_zone *)zone, &root);
    int kind = read == MSGPACK_UNPACK_SUCCESS ? read_object(&root, message, why)
                                              : failed(why, "a message that is not MessagePack", "");
    if (zone == NULL)
        msgpack_zone_destroy(&own);
    return kind;
}

/* ---- the connection --------------------------------------------------------------------------------------------- */

static int not_sent(hs_link *link, const char *what)
{
    snprintf(link->why, WHY_BYTES, "%s: %s", what, zmq_strerror(zmq_errno()));
    return -1;
}

static int set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value);
}

/* The keys of the run, where it has any. */
static int set_keys(void *socket)
{
    static const struct {
        const char *name;
        int option;
    } keys[] = {{"HOVERSLAM_CURVE_SERVER", ZMQ_CURVE_SERVERKEY}, {"HOVERSLAM_CURVE_PUBLIC", ZMQ_CURVE_PUBLICKEY},
        {"HOVERSLAM_CURVE_SECRET", ZMQ_CURVE_SECRETKEY}};
    if (getenv(keys[0].name) == NULL)
        return 0;
    for (size_t i = 0; i < COUNT(keys); i++) {
        const char *key = getenv(keys[i].name);
        if (key == NULL || strlen(key) + 1 != Z85_BYTES || zmq_setsockopt(socket, keys[i].option, key, Z85_BYTES) != 0) {
            snprintf(why_not_connected, WHY_BYTES, "%s: must be a key of 40 characters, and libzmq built with CURVE",
                keys[i].name);
            return -1;
        }
    }
    return 0;
}

static int open_socket(hs_link *link, const char *endpoint)
{
    void *socket = link->socket = zmq_socket(link->context, ZMQ_DEALER);
    if (socket == NULL || set_int(socket, ZMQ_LINGER, 1000) || set_int(socket, ZMQ_RCVTIMEO, SLICE_MS)
        || set_int(socket, ZMQ_SNDTIMEO, 10000))
        return -1;
    if (set_keys(socket) != 0)
        return -2;
    if (zmq_socket_monitor(socket, MONITOR, ZMQ_EVENT_DISCONNECTED) != 0)
        return -1;
    link->monitor = zmq_socket(link->context, ZMQ_PAIR);
    if (link->monitor == NULL || set_int(link->monitor, ZMQ_LINGER, 0) || zmq_connect(link->monitor, MONITOR) != 0)
        return -1;
    return zmq_connect(socket, endpoint);
}

hs_link *hs_connect(void)
{
    const char *endpoint = getenv("HOVERSLAM_ENDPOINT"), *token = getenv("HOVERSLAM_TOKEN");
    if (endpoint == NULL || token == NULL || strlen(token) > HS_TEXT_BYTES) {
        snprintf(why_not_connected, WHY_BYTES, "%s is not set: the harness must start the flight program, e.g. with%s",
            endpoint == NULL ? "HOVERSLAM_ENDPOINT" : "HOVERSLAM_TOKEN", " hoverslam run --gnc ./my_program");
        return NULL;
    }
    hs_link *link = (hs_link *)calloc(1, sizeof *link);
    if (link == NULL || !(link->has_zone = msgpack_zone_init(&link->zone, ZONE_BYTES))) {
        snprintf(why_not_connected, WHY_BYTES, "no memory for the connection");
        hs_close(link);
        return NULL;
    }
    strcpy(link->token, token);
    link->silence_s = SILENCE_S;
    link->context = zmq_ctx_new();
    int failure = open_socket(link, endpoint);
    if (failure == 0)
        return link;
    if (failure == -1)
        snprintf(why_not_connected, WHY_BYTES, "HOVERSLAM_ENDPOINT=%.80s: %s", endpoint, zmq_strerror(zmq_errno()));
    hs_close(link);
    return NULL;
}

static int say(hs_link *link, const writer *to, int bad)
{
    if (bad)
        return snprintf(link->why, WHY_BYTES, "message of more than %d bytes", HS_MESSAGE_BYTES), -1;
    return zmq_send(link->socket, to->at, to->used, 0) < 0 ? not_sent(link, "not sent") : 0;
}

static int put_capabilities(msgpack_packer *pk, const char *names)
{
    size_t count = *names != 0;
    for (const char *at = names; *at != 0; at++)
        count += *at == ',';
    int bad = msgpack_pack_array(pk, count);
    for (const char *at = names; count > 0; count--) {
        size_t length = strcspn(at, ",");
        bad |= msgpack_pack_str(pk, length) | msgpack_pack_str_body(pk, at, length);
        at += length + (count > 1);
    }
    return bad;
}

int hs_hello(hs_link *link, const char *name, const char *version, const char *capabilities)
{
    if (link == NULL)
        return -1;
    writer to = {link->out, sizeof link->out, 0};
    msgpack_packer pk;
    msgpack_packer_init(&pk, &to, put);
    int bad = msgpack_pack_map(&pk, 6) | put_text(&pk, "type") | put_text(&pk, "hello");
    bad |= put_text(&pk, "protocol") | msgpack_pack_int(&pk, HS_PROTOCOL);
    bad |= put_text(&pk, "token") | put_text(&pk, link->token);
    bad |= put_text(&pk, "name") | put_text(&pk, name);
    bad |= put_text(&pk, "version") | put_text(&pk, version);
    bad |= put_text(&pk, "capabilities") | put_capabilities(&pk, capabilities);
    return say(link, &to, bad);
}

int hs_ready(hs_link *link, const char *run_id, uint64_t flight)
{
    if (link == NULL)
        return -1;
    writer to = {link->out, sizeof link->out, 0};
    msgpack_packer pk;
    msgpack_packer_init(&pk, &to, put);
    int bad = msgpack_pack_map(&pk, 3) | put_text(&pk, "type") | put_text(&pk, "ready");
    bad |= put_text(&pk, "run_id") | put_text(&pk, run_id);
    bad |= put_text(&pk, "flight") | msgpack_pack_uint64(&pk, flight);
    return say(link, &to, bad);
}

int hs_send_actuators(hs_link *link, const hs_actuators *actuators, const hs_telemetry *telemetry)
{
    if (link == NULL)
        return -1;
    const hs_shape *shape = &link->shapes[actuators->flight % HS_MAX_FLIGHTS];
    writer to = {link->out, sizeof link->out, 0};
    to.used = hs_encode_actuators(actuators, telemetry, shape, link->out, sizeof link->out);
    return say(link, &to, to.used == 0);
}

/* Whether the monitor told of a closed connection. */
static bool is_disconnected(hs_link *link)
{
    char event[256];
    bool closed = false;
    while (zmq_recv(link->monitor, event, sizeof event, ZMQ_DONTWAIT) >= 0) {
        uint16_t number = 0;
        memcpy(&number, event, sizeof number);
        closed = closed || number == ZMQ_EVENT_DISCONNECTED;
        zmq_recv(link->monitor, event, sizeof event, 0); /* its second part, the address */
    }
    return closed;
}

/* Bytes of the next message, or -1. Slices are counted, so that a program that was itself stopped does not give up. */
static int wait_for(hs_link *link)
{
    double slices = link->silence_s * 1000.0 / SLICE_MS;
    for (double passed = 0.0; passed < slices; passed += 1.0) {
        int bytes = zmq_recv(link->socket, link->in, sizeof link->in, 0);
        if (bytes >= 0)
            return bytes;
        if (zmq_errno() != EAGAIN && zmq_errno() != EINTR)
            return not_sent(link, "not received");
        if (is_disconnected(link))
            return snprintf(link->why, WHY_BYTES, "the harness closed the connection"), -1;
    }
    return snprintf(link->why, WHY_BYTES, "the harness was silent for %g s", link->silence_s), -1;
}

int hs_receive(hs_link *link, hs_message *message)
{
    int bytes = link == NULL ? -1 : wait_for(link);
    if (bytes < 0)
        return HS_FAILED;
    if ((size_t)bytes > sizeof link->in)
        return failed(link->why, "a message larger than a harness sends", "");
    msgpack_zone_clear(&link->zone);
    int kind = hs_decode(link->in, (size_t)bytes, message, (struct msgpack_zone *)&link->zone, link->why);
    if (kind > HS_SHUTDOWN && message->flight >= HS_MAX_FLIGHTS)
        return failed(link->why, "a flight number that is too large", "");
    if (kind == HS_RESET)
        link->shapes[message->flight] = message->shape;
    return kind;
}

void hs_set_silence(hs_link *link, double seconds)
{
    if (link != NULL)
        link->silence_s = seconds;
}

const char *hs_error(const hs_link *link)
{
    return link == NULL ? why_not_connected : link->why;
}

void hs_close(hs_link *link)
{
    if (link == NULL)
        return;
    if (link->socket != NULL) {
        zmq_socket_monitor(link->socket, NULL, 0);
        if (link->monitor != NULL)
            zmq_close(link->monitor);
        zmq_close(link->socket);
    }
    if (link->context != NULL)
        zmq_ctx_term(link->context);
    if (link->has_zone)
        msgpack_zone_destroy(&link->zone);
    free(link);
}
