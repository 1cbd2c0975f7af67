/* The law of this flight program: it keeps the stage base first, with fins and cold gas, and never burns. */
#ifndef CONTROL_H
#define CONTROL_H

#include "hoverslam.h"

/* What the program believes of one flight. Position and velocity are those of the inertial unit: east, north, up. */
typedef struct control {
    hs_shape shape;
    hs_load load;
    double period_s;
    double pos_m[3], vel_mps[3];
    double axes[3][3]; /* body x, y and z, each as east, north, up */
} control;

/* Begin a flight: forget everything, believe the flight load. */
void control_reset(control *own, const hs_message *reset);

/* The answer to a frame. */
void control_step(control *own, const hs_sensors *sensors, hs_actuators *answer);

#endif
