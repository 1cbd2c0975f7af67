/* Which engines burn, thrust of each, failures and spares. */
#include "landing.h"

#define START_GRACE_S 0.3 /* chosen: beyond the slowest start that the load allows for */
#define FOLLOWING_S 0.3 /* chosen: throttle lag and command delay */
#define RESPONSE_MEMORY_S 0.5 /* tuned: over a swing of an engine that draws gas */
#define LEAST_RESPONSE 0.3 /* chosen: what gives less is failing or read wrongly */
#define ATTEMPTS 2 /* of the engine that lands the stage: nothing else can */
#define PAUSE_S 0.05 /* chosen: off, so that the engine's controller begins anew */
#define RING_M 1.0 /* chosen: a push further off the axis is worth another engine */
#define BURNS_SHARE 0.3 /* chosen: of full chamber pressure; an engine that has risen */
#define SHORT_S 0.25 /* tuned: over a few solutions of the burn */
#define GAUGE_SHARE 0.02 /* chosen: four sigma of an offset of 0.5 % of full chamber pressure */
#define LIT_SHARE 0.05 /* chosen: of full chamber pressure; an igniter alone gives less */

int engine_count(const hs_load *load)
{
    return load->n_landing;
}

/* Since the start command of an engine [s]. */
static double age_of(const flight *own, int e)
{
    return (double)(own->frame - own->engines[e].started) * own->frame_s;
}

/* NaN of a failed unit: as if it had not reported, or the commanded value. */
void mend(flight *own)
{
    const hs_load *load = &own->load;
    hs_sensors *seen = &own->seen;
    for (int i = 0; i < 3; i++)
        if (isnan(seen->gnss.pos_e_m[i]) || isnan(seen->gnss.vel_e_mps[i]))
            seen->has_gnss = false;
    if (isnan(seen->radar_range_m))
        seen->has_radar_range_m = false;
    for (int e = 0; e < own->shape.engines; e++)
        if (isnan(seen->chamber_pressure_pa[e])) {
            double risen_s = load->stage.dead_time_s + 0.5 * load->stage.rise_time_s;
            bool burns = own->engines[e].on && age_of(own, e) > risen_s;
            seen->chamber_pressure_pa[e] = burns ? own->throttle * load->stage.chamber_pressure_pa : 0.0;
        }
    for (int i = 0; i < 2 * own->shape.gimballed; i++)
        if (isnan(seen->gimbal_rad[i]))
            seen->gimbal_rad[i] = 0.0;
}

static double pressure_share(const flight *own, int e)
{
    return own->seen.chamber_pressure_pa[e] / own->load.stage.chamber_pressure_pa;
}

/* Level of an engine by its chamber pressure; below what a gauge may be off by, none. */
double burning_level(const flight *own, int e)
{
    double level = pressure_share(own, e);
    return level > GAUGE_SHARE ? level : 0.0;
}

/* Thrust of each engine from its chamber pressure; returns the sum. */
double pushing(flight *own, double pressure_pa)
{
    double total = 0.0;
    for (int e = 0; e < own->shape.engines; e++) {
        double level = burning_level(own, e);
        own->thrust_n[e] = level > 0.0 ? thrust(&own->load, level, pressure_pa) : 0.0;
        total += own->thrust_n[e];
    }
    return total;
}

/* Moment [N m] of the engines' own offsets from the axis with gimbals at rest. */
vec offset_moment(const flight *own)
{
    vec total = vec_of(0, 0, 0);
    for (int e = 0; e < own->shape.engines; e++) {
        const double *yz = own->load.stage.engine_yz_m[e];
        total = plus(total, vec_of(0.0, yz[1] * own->thrust_n[e], -yz[0] * own->thrust_n[e]));
    }
    return total;
}

/* What the engines push [N], body axes, as felt where the fins' push cancels: with the turn that they cause there. */
vec engines_push(const flight *own, double cg_m)
{
    double axial = 0.0, y = 0.0, z = 0.0, arm = own->load.stage.fin_position_m - cg_m;
    for (int e = 0; e < own->shape.engines; e++)
        axial += own->thrust_factor * own->thrust_n[e];
    for (int g = 0; g < own->shape.gimballed; g++) {
        double thrust_n = own->thrust_factor * own->thrust_n[own->load.stage.gimbal_engine[g]];
        z += thrust_n * own->seen.gimbal_rad[2 * g];
        y += thrust_n * own->seen.gimbal_rad[2 * g + 1];
    }
    vec offset = offset_moment(own);
    return vec_of(axial, y + (cg_m * y - offset.z) / arm, z + (cg_m * z + offset.y) / arm);
}

/* Level that each engine gives over the level that it is asked for, slowly, once it burns: one that gives less has to be
 * asked for more. */
void learn_response(flight *own)
{
    const hs_load *load = &own->load;
    double command = clamp(own->throttle, load->stage.throttle_floor, load->stage.throttle_ceiling);
    double grown_s = load->stage.dead_time_longest_s + load->stage.rise_time_s + START_GRACE_S;
    double keep = exp(-own->frame_s / RESPONSE_MEMORY_S);
    own->asked += (1.0 - exp(-own->frame_s / FOLLOWING_S)) * (command - own->asked);
    for (int e = 0; e < own->shape.engines; e++) {
        if (!own->engines[e].on || age_of(own, e) < grown_s)
            continue;
        double seen = clamp(fmax(pressure_share(own, e), 0.0) / own->asked, LEAST_RESPONSE, 1.1);
        own->engines[e].response = keep * own->engines[e].response + (1.0 - keep) * seen;
    }
}

static bool is_alive(const flight *own, int e)
{
    return own->engines[e].on && !own->engines[e].failed;
}

/* Mean level over command of the engines that burn; one where there is none. */
double response(const flight *own)
{
    double total = 0.0, count = 0.0;
    for (int e = 0; e < own->shape.engines; e++)
        if (is_alive(own, e)) {
            total += own->engines[e].response;
            count += 1.0;
        }
    return count > 0.5 ? total / count : 1.0;
}

void start_engine(flight *own, int e)
{
    own->engines[e].on = true;
    own->engines[e].started = own->frame;
}

/* How many engines are commanded on and not known to have failed. */
double alive(const flight *own)
{
    double count = 0.0;
    for (int e = 0; e < own->shape.engines; e++)
        count += is_alive(own, e);
    return count;
}

/* How many a plan may use: those not failed, but no more than land the stage. */
double planned(const flight *own)
{
    return fmin(alive(own), engine_count(&own->load));
}

/* Whether an engine that should burn does not: its controller says so, or pressure stays low, which is counted. */
static bool is_lost(flight *own, int e)
{
    const hs_load *load = &own->load;
    double age_s = age_of(own, e), lit_s = load->stage.dead_time_longest_s + START_GRACE_S;
    if (own->seen.engine_state[e] == HS_ENGINE_FAILED)
        return true;
    double share = fmax(pressure_share(own, e), 0.0);
    bool low = age_s > lit_s + load->stage.rise_time_s
        && share < load->gains.fault_pressure_fraction * load->stage.throttle_floor;
    own->engines[e].low_s = low ? own->engines[e].low_s + own->frame_s : 0.0;
    return (age_s > lit_s && share < LIT_SHARE) || own->engines[e].low_s > load->gains.fault_time_s;
}

/* How far off the axis the engines that are on push together, one left out [m]. */
static double offset_without(const flight *own, int left_out)
{
    double y = 0.0, z = 0.0;
    for (int e = 0; e < own->shape.engines; e++)
        if (own->engines[e].on && e != left_out) {
            y += own->load.stage.engine_yz_m[e][0];
            z += own->load.stage.engine_yz_m[e][1];
        }
    return sqrt(y * y + z * z);
}

/* When more engines burn than needed, shut down the one whose removal centres the thrust best. */
static void shed(flight *own)
{
    double least = 1e9;
    int shut = -1;
    if (alive(own) <= engine_count(&own->load))
        return;
    for (int e = 0; e < own->shape.engines; e++) {
        if (!own->engines[e].on)
            continue;
        if (pressure_share(own, e) < BURNS_SHARE)
            return;
        double off = offset_without(own, e);
        if (e != own->load.stage.last && off < least - 1e-6) {
            least = off;
            shut = e;
        }
    }
    if (shut >= 0) {
        own->engines[shut].on = false;
        own->engines[shut].failed = true;
    }
}

/* Start the engine that lands the stage once more after a failed attempt. */
static void try_again(flight *own)
{
    const engine *last = &own->engines[own->load.stage.last];
    if (!last->on && !last->failed && last->tries > 0 && age_of(own, own->load.stage.last) >= PAUSE_S)
        start_engine(own, own->load.stage.last);
}

/* Shut down an engine that is lost; the one that lands the stage may have another attempt to start. */
static void give_up(flight *own, int e)
{
    engine *lost = &own->engines[e];
    bool unlit = own->seen.engine_state[e] != HS_ENGINE_FAILED && lost->low_s == 0.0;
    lost->on = false;
    lost->tries++;
    if (e == own->load.stage.last && unlit && lost->tries < ATTEMPTS && own->mode == BURN)
        lost->started = own->frame;
    else
        lost->failed = true;
    note(own, "engine_lost", e);
}

/* Start the first spare that is left. */
static void light_spare(flight *own)
{
    for (int i = 0; i < own->load.n_spares; i++) {
        int spare = own->load.stage.spares[i];
        if (!own->engines[spare].on && !own->engines[spare].failed) {
            start_engine(own, spare);
            note(own, "spare_lit", spare);
            return;
        }
    }
}

/* Shut down engines that have failed and light spares; a second one where the engines would push off the axis with one: when
 * both burn, the one too many is shed. */
void watch_engines(flight *own)
{
    if (own->mode == BURN) {
        try_again(own);
        shed(own);
    }
    for (int e = 0; e < own->shape.engines; e++) {
        if (!own->engines[e].on || !is_lost(own, e))
            continue;
        give_up(own, e);
        if (own->mode != BURN)
            continue;
        light_spare(own);
        if (e != own->load.stage.last && offset_without(own, -1) > RING_M)
            light_spare(own);
    }
}

/* Light a spare if full thrust has not been enough for some time: not before the last engine had time to rise, and not
 * twice for one shortage. Called every `span_s`. */
void help_out(flight *own, double age_s, double span_s)
{
    const hs_load *load = &own->load;
    double start_s = load->stage.dead_time_longest_s + load->stage.rise_time_s;
    bool is_short = age_s > start_s + START_GRACE_S && own->needed > load->stage.throttle_ceiling;
    own->short_s = is_short ? own->short_s + span_s : fmin(own->short_s, 0.0);
    if (own->short_s > SHORT_S) {
        light_spare(own);
        own->short_s = -start_s;
    }
}

/* Whether the engine that is meant to land the stage burns, or may after another attempt. */
bool last_will_burn(const flight *own)
{
    return !own->engines[own->load.stage.last].failed;
}

/* Whether it burns. */
bool last_is_good(const flight *own)
{
    return is_alive(own, own->load.stage.last);
}
