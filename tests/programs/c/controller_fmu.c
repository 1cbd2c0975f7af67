/* A controller as tools export it: with -DFMI=2 an FMU of FMI 2.0, with -DFMI=3 one of FMI 3.0, for co-simulation.
 *
 * It turns the fins against the rate of roll and the angle turned so far. Value references: 0 to 2 angles of a frame, 10 to
 * 13 fins, 20 the limit of the fins, 30 legs, 40 the angle so far. It fails at 0.2 s with -DFAILS=1 (error), 2 (discard) or
 * 3 (it wants to end).
 */
#include <stdlib.h>
#include <string.h>

#if FMI == 2
#include "fmi2FunctionTypes.h"
typedef fmi2Component instance;
typedef fmi2Status status;
typedef fmi2ValueReference reference;
typedef fmi2Boolean truth;
#define OK fmi2OK
#define ERROR fmi2Error
#define DISCARDS fmi2Discard
#else
#include "fmi3FunctionTypes.h"
typedef fmi3Instance instance;
typedef fmi3Status status;
typedef fmi3ValueReference reference;
typedef fmi3Boolean truth;
#define OK fmi3OK
#define ERROR fmi3Error
#define DISCARDS fmi3Discard
#endif
#ifndef FAILS
#define FAILS 0
#endif

typedef struct controller {
    double angle_rad[3], fin_rad[4], limit_rad, sum_rad;
#if FMI == 2
    fmi2CallbackLogger log;
#else
    fmi3LogMessageCallback log;
#endif
} controller;

static double *number(controller *own, reference at)
{
    if (at < 3)
        return &own->angle_rad[at];
    if (at >= 10 && at < 14)
        return &own->fin_rad[at - 10];
    return at == 20 ? &own->limit_rad : &own->sum_rad;
}

static void say(controller *own, const char *text)
{
#if FMI == 2
    own->log(NULL, "controller", ERROR, "logStatusError", text);
#else
    own->log(NULL, ERROR, "logStatusError", text);
#endif
}

static status step(controller *own, double time_s, int *ends)
{
    double wanted;
    own->sum_rad += own->angle_rad[0];
    wanted = -200.0 * own->angle_rad[0] - 0.5 * own->sum_rad;
    if (wanted > own->limit_rad)
        wanted = own->limit_rad;
    if (wanted < -own->limit_rad)
        wanted = -own->limit_rad;
    for (int i = 0; i < 4; i++)
        own->fin_rad[i] = wanted;
    if (FAILS && time_s >= 0.2) {
        say(own, "the solver gave up");
        *ends = FAILS == 3;
        return FAILS == 1 ? ERROR : FAILS == 2 ? DISCARDS : OK;
    }
    return OK;
}

#if FMI == 2

/* A tool exports all functions of the standard; these are not called here. */
#define STUB(name) status name(void) { return OK; }
STUB(fmi2GetTypesPlatform) STUB(fmi2GetVersion) STUB(fmi2SetDebugLogging) STUB(fmi2Reset) STUB(fmi2GetInteger)
STUB(fmi2GetString) STUB(fmi2SetInteger) STUB(fmi2SetBoolean) STUB(fmi2SetString) STUB(fmi2GetFMUstate)
STUB(fmi2SetFMUstate) STUB(fmi2FreeFMUstate) STUB(fmi2SerializedFMUstateSize) STUB(fmi2SerializeFMUstate)
STUB(fmi2DeSerializeFMUstate) STUB(fmi2GetDirectionalDerivative) STUB(fmi2EnterEventMode)
STUB(fmi2NewDiscreteStates) STUB(fmi2EnterContinuousTimeMode) STUB(fmi2CompletedIntegratorStep) STUB(fmi2SetTime)
STUB(fmi2SetContinuousStates) STUB(fmi2GetDerivatives) STUB(fmi2GetEventIndicators) STUB(fmi2GetContinuousStates)
STUB(fmi2GetNominalsOfContinuousStates) STUB(fmi2SetRealInputDerivatives) STUB(fmi2GetRealOutputDerivatives)
STUB(fmi2CancelStep) STUB(fmi2GetStatus) STUB(fmi2GetRealStatus) STUB(fmi2GetIntegerStatus)
STUB(fmi2GetBooleanStatus) STUB(fmi2GetStringStatus)

fmi2Component fmi2Instantiate(
    fmi2String name, fmi2Type type, fmi2String token, fmi2String resources, const fmi2CallbackFunctions *functions,
    fmi2Boolean visible, fmi2Boolean logs)
{
    controller *own = calloc(1, sizeof *own);
    (void)name, (void)type, (void)token, (void)resources, (void)visible, (void)logs;
    own->log = functions->logger;
    return own;
}

void fmi2FreeInstance(fmi2Component own) { free(own); }

status fmi2SetupExperiment(fmi2Component own, fmi2Boolean a, fmi2Real b, fmi2Real c, fmi2Boolean d, fmi2Real e)
{
    (void)own, (void)a, (void)b, (void)c, (void)d, (void)e;
    return OK;
}

status fmi2EnterInitializationMode(fmi2Component own) { (void)own; return OK; }
status fmi2ExitInitializationMode(fmi2Component own) { (void)own; return OK; }
status fmi2Terminate(fmi2Component own) { (void)own; return OK; }

status fmi2SetReal(fmi2Component own, const reference at[], size_t n, const double values[])
{
    for (size_t i = 0; i < n; i++)
        *number(own, at[i]) = values[i];
    return OK;
}

status fmi2GetReal(fmi2Component own, const reference at[], size_t n, double values[])
{
    for (size_t i = 0; i < n; i++)
        values[i] = *number(own, at[i]);
    return OK;
}

status fmi2GetBoolean(fmi2Component own, const reference at[], size_t n, fmi2Boolean values[])
{
    (void)at;
    for (size_t i = 0; i < n; i++)
        values[i] = ((controller *)own)->sum_rad > 1e9;
    return OK;
}

status fmi2DoStep(fmi2Component own, fmi2Real time_s, fmi2Real step_s, fmi2Boolean forward)
{
    int ends = 0;
    (void)step_s, (void)forward;
    return step(own, time_s, &ends);
}

#else

/* A tool exports all functions of the standard; these are not called here. */
#define STUB(name) status name(void) { return OK; }
STUB(fmi3GetVersion) STUB(fmi3SetDebugLogging) STUB(fmi3InstantiateModelExchange)
STUB(fmi3InstantiateScheduledExecution) STUB(fmi3EnterEventMode) STUB(fmi3Reset) STUB(fmi3GetFloat32)
STUB(fmi3GetInt8) STUB(fmi3GetUInt8) STUB(fmi3GetInt16) STUB(fmi3GetUInt16) STUB(fmi3GetInt32) STUB(fmi3GetUInt32)
STUB(fmi3GetInt64) STUB(fmi3GetUInt64) STUB(fmi3GetString) STUB(fmi3GetBinary) STUB(fmi3GetClock)
STUB(fmi3SetFloat32) STUB(fmi3SetInt8) STUB(fmi3SetUInt8) STUB(fmi3SetInt16) STUB(fmi3SetUInt16) STUB(fmi3SetInt32)
STUB(fmi3SetUInt32) STUB(fmi3SetInt64) STUB(fmi3SetUInt64) STUB(fmi3SetBoolean) STUB(fmi3SetString)
STUB(fmi3SetBinary) STUB(fmi3SetClock) STUB(fmi3GetNumberOfVariableDependencies) STUB(fmi3GetVariableDependencies)
STUB(fmi3GetFMUState) STUB(fmi3SetFMUState) STUB(fmi3FreeFMUState) STUB(fmi3SerializedFMUStateSize)
STUB(fmi3SerializeFMUState) STUB(fmi3DeserializeFMUState) STUB(fmi3GetDirectionalDerivative)
STUB(fmi3GetAdjointDerivative) STUB(fmi3EnterConfigurationMode) STUB(fmi3ExitConfigurationMode)
STUB(fmi3GetIntervalDecimal) STUB(fmi3GetIntervalFraction) STUB(fmi3GetShiftDecimal) STUB(fmi3GetShiftFraction)
STUB(fmi3SetIntervalDecimal) STUB(fmi3SetIntervalFraction) STUB(fmi3SetShiftDecimal) STUB(fmi3SetShiftFraction)
STUB(fmi3EvaluateDiscreteStates) STUB(fmi3UpdateDiscreteStates) STUB(fmi3EnterContinuousTimeMode)
STUB(fmi3CompletedIntegratorStep) STUB(fmi3SetTime) STUB(fmi3SetContinuousStates)
STUB(fmi3GetContinuousStateDerivatives) STUB(fmi3GetEventIndicators) STUB(fmi3GetContinuousStates)
STUB(fmi3GetNominalsOfContinuousStates) STUB(fmi3GetNumberOfEventIndicators) STUB(fmi3GetNumberOfContinuousStates)
STUB(fmi3EnterStepMode) STUB(fmi3GetOutputDerivatives) STUB(fmi3ActivateModelPartition)

fmi3Instance fmi3InstantiateCoSimulation(
    fmi3String name, fmi3String token, fmi3String resources, fmi3Boolean visible, fmi3Boolean logs, fmi3Boolean events,
    fmi3Boolean early, const reference required[], size_t n, fmi3InstanceEnvironment environment,
    fmi3LogMessageCallback log, fmi3IntermediateUpdateCallback update)
{
    controller *own = calloc(1, sizeof *own);
    (void)name, (void)token, (void)resources, (void)visible, (void)logs, (void)events, (void)early, (void)required, (void)n;
    (void)environment, (void)update;
    own->log = log;
    return own;
}

void fmi3FreeInstance(fmi3Instance own) { free(own); }

status fmi3EnterInitializationMode(
    fmi3Instance own, fmi3Boolean a, fmi3Float64 b, fmi3Float64 c, fmi3Boolean d, fmi3Float64 e)
{
    (void)own, (void)a, (void)b, (void)c, (void)d, (void)e;
    return OK;
}

status fmi3ExitInitializationMode(fmi3Instance own) { (void)own; return OK; }
status fmi3Terminate(fmi3Instance own) { (void)own; return OK; }

/* Variables of this FMU may be arrays: a reference then stands for so many numbers from its own on. */
status fmi3SetFloat64(fmi3Instance own, const reference at[], size_t n, const double values[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        *number(own, n == 1 ? at[0] + (reference)i : at[i]) = values[i];
    return OK;
}

status fmi3GetFloat64(fmi3Instance own, const reference at[], size_t n, double values[], size_t count)
{
    (void)n;
    for (size_t i = 0; i < count; i++)
        values[i] = *number(own, i < 4 ? 10 + (reference)i : at[1]);
    return OK;
}

status fmi3GetBoolean(fmi3Instance own, const reference at[], size_t n, fmi3Boolean values[], size_t count)
{
    (void)at, (void)n;
    for (size_t i = 0; i < count; i++)
        values[i] = ((controller *)own)->sum_rad > 1e9;
    return OK;
}

status fmi3DoStep(
    fmi3Instance own, fmi3Float64 time_s, fmi3Float64 step_s, fmi3Boolean forward, fmi3Boolean *event, fmi3Boolean *ends,
    fmi3Boolean *early, fmi3Float64 *last_s)
{
    int ended = 0;
    status told = step(own, time_s, &ended);
    (void)forward;
    *event = *early = false;
    *ends = ended != 0;
    *last_s = time_s + step_s;
    return told;
}

#endif
