/* Vectors of three and unit quaternions. q_a_b takes body components to frame a; frames as in hoverslam_icd.h. */
#ifndef VEC_H
#define VEC_H

#include <math.h>

typedef struct vec {
    double x, y, z;
} vec;

typedef struct quat {
    double w, x, y, z;
} quat;

static inline vec vec_of(double x, double y, double z)
{
    vec made;
    made.x = x;
    made.y = y;
    made.z = z;
    return made;
}

static inline vec vec_from(const double a[3])
{
    return vec_of(a[0], a[1], a[2]);
}

static inline vec plus(vec a, vec b)
{
    return vec_of(a.x + b.x, a.y + b.y, a.z + b.z);
}

static inline vec minus(vec a, vec b)
{
    return vec_of(a.x - b.x, a.y - b.y, a.z - b.z);
}

static inline vec times(double k, vec a)
{
    return vec_of(k * a.x, k * a.y, k * a.z);
}

static inline double inner(vec a, vec b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline vec outer(vec a, vec b)
{
    return vec_of(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}

static inline double length(vec a)
{
    return sqrt(inner(a, a));
}

/* Direction; the zero vector stays zero. */
static inline vec unit(vec a)
{
    double n = length(a);
    return n > 1e-12 ? times(1.0 / n, a) : vec_of(0.0, 0.0, 0.0);
}

/* The part of a vector across an axis. */
static inline vec across(vec a, vec axis)
{
    return minus(a, times(inner(a, axis), axis));
}

/* A vector no longer than `most`. */
static inline vec limited(vec a, double most)
{
    return times(fmin(1.0, most / (length(a) + 1e-12)), a);
}

static inline double squared(double x)
{
    return x * x;
}

static inline double clamp(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

static inline quat quat_of(double w, double x, double y, double z)
{
    quat made;
    made.w = w;
    made.x = x;
    made.y = y;
    made.z = z;
    return made;
}

/* q_a_c of q_a_b and q_b_c. */
static inline quat compose(quat p, quat q)
{
    return quat_of(
        p.w * q.w - p.x * q.x - p.y * q.y - p.z * q.z, p.w * q.x + q.w * p.x + p.y * q.z - p.z * q.y,
        p.w * q.y + q.w * p.y + p.z * q.x - p.x * q.z, p.w * q.z + q.w * p.z + p.x * q.y - p.y * q.x);
}

/* Quaternion of a rotation vector [rad]. */
static inline quat turned(vec v)
{
    double angle = length(v), half = 0.5 * angle;
    double k = angle > 1e-8 ? sin(half) / angle : 0.5 - angle * angle / 48.0;
    return quat_of(cos(half), k * v.x, k * v.y, k * v.z);
}

static inline quat normalised(quat q)
{
    double k = 1.0 / sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
    return quat_of(k * q.w, k * q.x, k * q.y, k * q.z);
}

/* Body components to frame a, by q_a_b. */
static inline vec to_frame(quat q, vec v)
{
    double w = q.w, x = q.x, y = q.y, z = q.z;
    return vec_of(
        (1.0 - 2.0 * (y * y + z * z)) * v.x + 2.0 * (x * y - w * z) * v.y + 2.0 * (x * z + w * y) * v.z,
        2.0 * (x * y + w * z) * v.x + (1.0 - 2.0 * (x * x + z * z)) * v.y + 2.0 * (y * z - w * x) * v.z,
        2.0 * (x * z - w * y) * v.x + 2.0 * (y * z + w * x) * v.y + (1.0 - 2.0 * (x * x + y * y)) * v.z);
}

/* Components of frame a to body. */
static inline vec to_body(quat q, vec v)
{
    return to_frame(quat_of(q.w, -q.x, -q.y, -q.z), v);
}

#endif
