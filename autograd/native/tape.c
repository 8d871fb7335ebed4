/* A recorded graph as a tape: instructions over numbered slots, run for point after point without a Value in sight.

   Slots: the inputs, the parameters, the constants, then the result of every instruction. A tape is never changed, and a run has
   memory of its own, so that threads may share one; while a long one runs, other threads do. */

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2") /* over the many cases of replay.h, -O3 takes five times as long and gains nothing */
#endif

#include "engine.h"
#include "kernels.h"
#include "instructions.h"

#define WIDTH 1
#define FORWARD_NAME forward_one
#define REVERSE_NAME reverse_one
#include "replay.h"
#undef WIDTH
#undef FORWARD_NAME
#undef REVERSE_NAME
#define WIDTH 8
#define FORWARD_NAME forward_many
#define REVERSE_NAME reverse_many
#include "replay.h"
enum { MANY = WIDTH };

static void tape_dealloc(Tape *tape) {
    PyTypeObject *type = Py_TYPE(tape);
    PyMem_Free(tape->constants);
    PyMem_Free(tape->instructions);
    PyMem_Free(tape->roots);
    PyMem_Free(tape->heads);
    PyMem_RawFree(tape->room);
    type->tp_free(tape);
    Py_DECREF(type);
}

static int buffer(PyObject *thing, Py_buffer *view, int writable, size_t item, Py_ssize_t many, const char *what) {
    if (many < 0 || many > PY_SSIZE_T_MAX / (Py_ssize_t)(2 * item)) {
        PyErr_Format(PyExc_ValueError, "%s: %zd of them cannot be", what, many);
        return -1;
    }
    if (PyObject_GetBuffer(thing, view, writable ? PyBUF_C_CONTIGUOUS | PyBUF_WRITABLE : PyBUF_C_CONTIGUOUS) < 0) return -1;
    if (view->len == many * (Py_ssize_t)item) return 0;
    PyErr_Format(PyExc_ValueError, "%s: %zd bytes expected, got %zd", what, many * (Py_ssize_t)item, view->len);
    PyBuffer_Release(view);
    return -1;
}

static void *copied(PyObject *thing, size_t item, Py_ssize_t many, const char *what) {
    Py_buffer view;
    if (buffer(thing, &view, 0, item, many, what) < 0) return NULL;
    void *copy = PyMem_Malloc((size_t)view.len + 1);
    if (copy) memcpy(copy, view.buf, (size_t)view.len);
    else PyErr_NoMemory();
    PyBuffer_Release(&view);
    return copy;
}

/* Tape(inputs, parameters, many, constants, size, rows, args, outputs, roots): the constants doubles, rows places in the op table, args
   (size, MOST) and roots slots, all int32. */
static PyObject *tape_new(PyTypeObject *type, PyObject *given, PyObject *words) {
    Py_ssize_t inputs, parameters, constants, size, outputs;
    PyObject *numbers, *rows, *args, *roots;
    if (!PyArg_ParseTuple(given, "nnnOnOOnO:Tape", &inputs, &parameters, &constants, &numbers, &size, &rows, &args, &outputs, &roots)) return NULL;
    const Py_ssize_t counts[] = {inputs, parameters, constants, size, outputs};
    Py_ssize_t slots = 0;
    for (int i = 0; i < 5; i++) {
        if (counts[i] < 0 || counts[i] > INT32_MAX / 8 - slots) {
            PyErr_SetString(PyExc_ValueError, "a tape has at most 268 million slots, and none less than 0");
            return NULL;
        }
        slots += counts[i];
    }
    Tape *tape = (Tape *)type->tp_alloc(type, 0);
    int32_t *row = NULL, *arg = NULL, *place = NULL;
    char *marks = NULL;
    if (!tape) return NULL;
    tape->inputs = inputs;
    tape->parameters = parameters;
    tape->first = inputs + parameters + constants;
    tape->size = size;
    tape->outputs = outputs;
    slots = tape->first + size;
    int fine = (tape->constants = copied(numbers, sizeof(double), constants, "constants")) && (tape->roots = copied(roots, 4, outputs, "roots"))
               && (row = copied(rows, 4, size, "rows")) && (arg = copied(args, 4, size * MOST, "args"));
    if (fine) {
        tape->instructions = PyMem_Calloc((size_t)size + 1, sizeof(Instruction));
        tape->heads = PyMem_Malloc((size_t)(size + 1) * sizeof(int32_t));
        place = PyMem_Malloc((size_t)(slots + 1) * sizeof(int32_t));
        marks = PyMem_Calloc((size_t)slots + 1, 1);
        fine = tape->instructions && tape->heads && place && marks;
        if (fine) in_large_pages(tape->instructions, (size_t)size * sizeof(Instruction));
        else PyErr_NoMemory();
    }
    int known = 1;
    for (Py_ssize_t i = 0; fine && known && i < size; i++) {
        known = row[i] >= 0 && row[i] < KERNEL_COUNT;
        for (int k = 0; known && k < KERNELS[row[i]].arity; k++) {
            int32_t slot = arg[i * MOST + k];
            known = slot >= 0 && slot < tape->first + i;
            if (known && marks[slot] < 2) marks[slot]++;
        }
    }
    for (Py_ssize_t i = 0; fine && known && i < outputs; i++) {
        known = tape->roots[i] >= 0 && tape->roots[i] < slots;
        if (known) marks[tape->roots[i]] = 2;
    }
    if (fine && !known) PyErr_SetString(PyExc_ValueError, "a tape's instructions are rows of the op table, on slots that stand before them");
    if (fine && known) {
        written(tape, row, arg, marks, place);
        marked(tape, marks);
    }
    PyMem_Free(row);
    PyMem_Free(arg);
    PyMem_Free(place);
    PyMem_Free(marks);
    if (!fine || !known) Py_CLEAR(tape);
    return (PyObject *)tape;
}

/* One block of `width` points from x, of which the first `here` are there: outputs into y, gradients into g. */
static void replay(const Tape *tape, double *v, double *d, int width, int here, const double *x, double *y, double *g, int summed) {
    Py_ssize_t inputs = tape->inputs, parameters = tape->parameters;
    for (Py_ssize_t i = 0; i < inputs; i++)
        for (int s = 0; s < width; s++) v[i * width + s] = x[(s < here ? s : here - 1) * inputs + i];
    if (width == 1) forward_one(tape, v);
    else forward_many(tape, v);
    for (Py_ssize_t k = 0; y && k < tape->outputs; k++)
        for (int s = 0; s < here; s++) y[s * tape->outputs + k] = v[(Py_ssize_t)tape->roots[k] * width + s];
    if (!g) return;
    memset(d + inputs * width, 0, (size_t)(parameters * width) * sizeof(double)); /* some may not be reached */
    for (Py_ssize_t i = 0; i < tape->many_heads; i++) memset(d + (Py_ssize_t)tape->heads[i] * width, 0, (size_t)width * sizeof(double));
    for (int s = 0; s < here; s++) d[(Py_ssize_t)tape->roots[0] * width + s] = 1.0;
    if (width == 1) reverse_one(tape, v, d);
    else reverse_many(tape, v, d);
    const double *flow = d + inputs * width;
    if (width == 1 && !summed) memcpy(g, flow, (size_t)parameters * sizeof(double));
    else if (summed)
        for (Py_ssize_t i = 0; i < parameters; i++, flow += width)
            for (int s = 0; s < here; s++) g[i] += flow[s];
    else
        for (Py_ssize_t i = 0; i < parameters; i++, flow += width)
            for (int s = 0; s < here; s++) g[s * parameters + i] = flow[s];
}

static void spread(double *to, const double *from, Py_ssize_t many, int width) {
    if (width == 1) memcpy(to, from, (size_t)many * sizeof(double));
    else
        for (Py_ssize_t i = 0; i < many; i++)
            for (int s = 0; s < width; s++) *to++ = from[i];
}

/* Memory for the values and gradients of `width` points at a time, with the constants and theta in their slots; NULL if there is none. */
static double *taken(Tape *tape, const double *theta, int width) {
    Py_ssize_t leaves = tape->inputs + tape->parameters;
    double *v = width == 1 ? tape->room : NULL;
    if (v) tape->room = NULL;
    else {
        size_t size = (size_t)(2 * (tape->first + tape->size) * width + 1) * sizeof(double);
        v = PyMem_RawMalloc(size);
        if (!v) return (double *)PyErr_NoMemory();
        in_large_pages(v, size);
        spread(v + leaves * width, tape->constants, tape->first - leaves, width);
    }
    spread(v + tape->inputs * width, theta, tape->parameters, width);
    return v;
}

static void given_back(Tape *tape, double *v, int width) {
    if (width == 1 && !tape->room) tape->room = v;
    else PyMem_RawFree(v);
}

/* Other threads run while that many slots are computed. */
static PyThreadState *others(Py_ssize_t slots) { return slots > 20000 ? PyEval_SaveThread() : NULL; }

/* run(n, x, theta, y, g, summed): outputs of n points into y (n, outputs), and unless g is None the gradients of the first one with
   respect to the parameters into g, (n, parameters) or added up over the points into (parameters,). */
static PyObject *tape_run(Tape *tape, PyObject *const *given, Py_ssize_t many) {
    if (many != 6) {
        PyErr_SetString(PyExc_TypeError, "run takes n, x, theta, y, g, summed");
        return NULL;
    }
    Py_ssize_t n = PyLong_AsSsize_t(given[0]);
    if (n == -1 && PyErr_Occurred()) return NULL;
    int want = given[4] != Py_None && tape->outputs, summed = n > 1 && given[5] == Py_True, fine = 0;
    Py_buffer x, theta, y, g = {.buf = NULL};
    if (buffer(given[1], &x, 0, sizeof(double), n * tape->inputs, "inputs") < 0) return NULL;
    if (buffer(given[2], &theta, 0, sizeof(double), tape->parameters, "parameters") < 0) goto release_x;
    if (buffer(given[3], &y, 1, sizeof(double), n * tape->outputs, "outputs") < 0) goto release_theta;
    if (want && buffer(given[4], &g, 1, sizeof(double), (given[5] == Py_True ? 1 : n) * tape->parameters, "gradients") < 0) goto release_y;
    int width = n >= MANY ? MANY : 1;
    Py_ssize_t slots = tape->first + tape->size;
    double *v = taken(tape, theta.buf, width), *into = g.buf;
    if (!v) goto release_g;
    PyThreadState *state = others(slots * n);
    if (into && summed) memset(into, 0, (size_t)tape->parameters * sizeof(double));
    for (Py_ssize_t at = 0; at < n; at += width) {
        int here = n - at < width ? (int)(n - at) : width;
        replay(tape, v, v + slots * width, width, here, (double *)x.buf + at * tape->inputs, (double *)y.buf + at * tape->outputs,
               into && !summed ? into + at * tape->parameters : into, summed);
    }
    if (state) PyEval_RestoreThread(state);
    given_back(tape, v, width);
    fine = 1;
release_g:
    if (want) PyBuffer_Release(&g);
release_y:
    PyBuffer_Release(&y);
release_theta:
    PyBuffer_Release(&theta);
release_x:
    PyBuffer_Release(&x);
    return fine ? Py_NewRef(Py_None) : NULL;
}

/* point(theta, g): the first output's number where there are no inputs, its gradient into g (parameters,). NaN if any output is, and
   if theta is not a vector of as many doubles: run, and who calls it, tell what is wrong. */
static PyObject *tape_point(Tape *tape, PyObject *const *given, Py_ssize_t many) {
    if (many != 2 || tape->inputs || !tape->outputs) {
        PyErr_SetString(PyExc_TypeError, "point takes theta, g, of a tape with outputs and no inputs");
        return NULL;
    }
    Py_buffer theta, g;
    double number = NAN, *v = NULL;
    if (PyObject_GetBuffer(given[0], &theta, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT) < 0) {
        PyErr_Clear();
        return PyFloat_FromDouble(NAN);
    }
    int fits = theta.ndim == 1 && !strcmp(theta.format, "d") && theta.shape[0] == tape->parameters, fine = !fits;
    if (!fits || buffer(given[1], &g, 1, sizeof(double), tape->parameters, "gradients") < 0) goto release_theta;
    v = taken(tape, theta.buf, 1);
    if (!v) goto release_g;
    PyThreadState *state = others(tape->first + tape->size);
    replay(tape, v, v + tape->first + tape->size, 1, 1, NULL, NULL, g.buf, 0);
    if (state) PyEval_RestoreThread(state);
    number = v[tape->roots[0]];
    for (Py_ssize_t k = 1; k < tape->outputs; k++)
        if (isnan(v[tape->roots[k]])) number = NAN;
    given_back(tape, v, 1);
    fine = 1;
release_g:
    PyBuffer_Release(&g);
release_theta:
    PyBuffer_Release(&theta);
    return fine ? PyFloat_FromDouble(number) : NULL;
}

/* elementwise(row, which, y, *xs): the row's value at each number of arrays, or where `which` is not -1 its partial derivative by that
   operand, of the result and the operands, into y. */
PyObject *elementwise(PyObject *module, PyObject *const *given, Py_ssize_t many) {
    long row = many > 2 ? PyLong_AsLong(given[0]) : -1, which = many > 2 ? PyLong_AsLong(given[1]) : -1;
    if (PyErr_Occurred()) return NULL;
    if (row < 0 || row >= KERNEL_COUNT || which < -1 || which >= KERNELS[row].arity || many != 3 + (which >= 0) + KERNELS[row].arity) {
        PyErr_SetString(PyExc_TypeError, "elementwise takes a row's place, -1 or an operand's, and arrays: the result's, and the operands'");
        return NULL;
    }
    Py_buffer arrays[MOST + 2];
    int held = 0, wide = (int)many - 2;
    Py_ssize_t n = 0;
    for (; held < wide; held++) {
        if (held ? buffer(given[2 + held], &arrays[held], 0, sizeof(double), n, "an operand") < 0
                 : PyObject_GetBuffer(given[2], &arrays[0], PyBUF_C_CONTIGUOUS | PyBUF_WRITABLE) < 0) break;
        n = arrays[0].len / (Py_ssize_t)sizeof(double);
    }
    if (held == wide) {
        const Kernel *kernel = &KERNELS[row];
        double *y = arrays[0].buf, x[MOST + 1], partials[MOST];
        PyThreadState *state = others(n);
        for (Py_ssize_t i = 0; i < n; i++) {
            for (int k = 1; k < wide; k++) x[k - 1] = ((double *)arrays[k].buf)[i];
            if (which < 0) {
                y[i] = kernel->value(x);
            } else {
                kernel->partials(x[0], x + 1, 1u << which, partials);
                y[i] = partials[which];
            }
        }
        if (state) PyEval_RestoreThread(state);
    }
    int fine = held == wide;
    while (held) PyBuffer_Release(&arrays[--held]);
    return fine ? Py_NewRef(Py_None) : NULL;
}

static PyMethodDef tape_methods[] = {
    {"run", (PyCFunction)(void (*)(void))tape_run, METH_FASTCALL, NULL},
    {"point", (PyCFunction)(void (*)(void))tape_point, METH_FASTCALL, NULL},
    {NULL},
};

static PyType_Slot tape_slots[] = {{Py_tp_new, tape_new}, {Py_tp_dealloc, tape_dealloc}, {Py_tp_methods, tape_methods}, {0, NULL}};

PyType_Spec tape_spec = {"autograd.native._engine.Tape", sizeof(Tape), 0, Py_TPFLAGS_DEFAULT, tape_slots};
