/* A recorded graph as a tape: instructions over numbered slots, run for point after point without a Value in sight.

   Slots: the inputs, the parameters, the constants, then the result of every instruction. A tape is never changed, and a run has
   memory of its own, so that threads may share one; while a long one runs, other threads do. */

#include "engine.h"
#include "kernels.h"

typedef struct {
    uint16_t row;
    uint16_t wanted; /* a bit for every operand that depends on a parameter */
    int32_t arg[MOST];
} Instruction;

typedef struct {
    PyObject_HEAD
    Py_ssize_t inputs, parameters, first, size, outputs; /* first: the slot of the first instruction's result */
    double *constants;
    Instruction *instructions;
    int32_t *roots; /* the slots of the outputs */
    double *room;   /* memory for one point at a time, kept for the next run; NULL while a run has it */
} Tape;

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
    PyMem_RawFree(tape->room);
    type->tp_free(tape);
    Py_DECREF(type);
}

static int buffer(PyObject *thing, Py_buffer *view, int writable, size_t item, Py_ssize_t many, const char *what) {
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

/* Tape(inputs, parameters, constants, rows, args, roots): doubles, int32 places in the op table, int32 (size, MOST), int32. */
static PyObject *tape_new(PyTypeObject *type, PyObject *given, PyObject *words) {
    Py_ssize_t inputs, parameters, constants, size, outputs;
    PyObject *numbers, *rows, *args, *roots;
    if (!PyArg_ParseTuple(given, "nnnOnOOnO:Tape", &inputs, &parameters, &constants, &numbers, &size, &rows, &args, &outputs, &roots)) return NULL;
    Tape *tape = (Tape *)type->tp_alloc(type, 0);
    int32_t *row = NULL, *arg = NULL;
    char *depends = NULL; /* for every slot whether a parameter is below it */
    if (!tape) return NULL;
    tape->inputs = inputs;
    tape->parameters = parameters;
    tape->first = inputs + parameters + constants;
    tape->size = size;
    tape->outputs = outputs;
    if (!(tape->constants = copied(numbers, sizeof(double), constants, "constants")) || !(tape->roots = copied(roots, 4, outputs, "roots"))
        || !(row = copied(rows, 4, size, "rows")) || !(arg = copied(args, 4, size * MOST, "args"))
        || !(tape->instructions = PyMem_Calloc((size_t)size + 1, sizeof(Instruction)))) goto bad;
    Py_ssize_t slots = tape->first + size;
    if (!(depends = PyMem_Calloc((size_t)slots + 1, 1))) goto bad;
    memset(depends + inputs, 1, (size_t)parameters);
    for (Py_ssize_t i = 0; i < outputs; i++)
        if (tape->roots[i] < 0 || tape->roots[i] >= slots) goto outside;
    for (Py_ssize_t i = 0; i < size; i++) {
        if (row[i] < 0 || row[i] >= KERNEL_COUNT) goto outside;
        Instruction *in = &tape->instructions[i];
        in->row = (uint16_t)row[i];
        for (int k = 0; k < KERNELS[row[i]].arity; k++) {
            int32_t slot = arg[i * MOST + k];
            if (slot < 0 || slot >= tape->first + i) goto outside;
            in->arg[k] = slot;
            if (depends[slot]) {
                in->wanted |= (uint16_t)(1 << k);
                depends[tape->first + i] = 1;
            }
        }
    }
    PyMem_Free(row);
    PyMem_Free(arg);
    PyMem_Free(depends);
    return (PyObject *)tape;
outside:
    PyErr_SetString(PyExc_ValueError, "a tape's instructions are rows of the op table, on slots that stand before them");
bad:
    if (!PyErr_Occurred()) PyErr_NoMemory();
    PyMem_Free(row);
    PyMem_Free(arg);
    PyMem_Free(depends);
    Py_DECREF(tape);
    return NULL;
}

/* One block of `width` points from x, of which the first `here` are there: outputs into y, gradients into g. */
static void replay(const Tape *tape, double *v, double *d, int width, int here, const double *x, double *y, double *g,
                   Py_ssize_t of, int summed) {
    Py_ssize_t inputs = tape->inputs, parameters = tape->parameters, slots = tape->first + tape->size;
    for (Py_ssize_t i = 0; i < inputs; i++)
        for (int s = 0; s < width; s++) v[i * width + s] = x[(s < here ? s : here - 1) * inputs + i];
    if (width == 1) forward_one(tape, v);
    else forward_many(tape, v);
    for (Py_ssize_t k = 0; k < tape->outputs; k++)
        for (int s = 0; s < here; s++) y[s * tape->outputs + k] = v[(Py_ssize_t)tape->roots[k] * width + s];
    if (!g) return;
    memset(d, 0, (size_t)(slots * width) * sizeof(double));
    for (int s = 0; s < here; s++) d[(Py_ssize_t)tape->roots[of] * width + s] = 1.0;
    if (width == 1) reverse_one(tape, v, d);
    else reverse_many(tape, v, d);
    for (Py_ssize_t i = 0; i < parameters; i++) {
        const double *flow = d + (inputs + i) * width;
        for (int s = 0; s < here; s++) {
            if (summed) g[i] += flow[s];
            else g[s * parameters + i] = flow[s];
        }
    }
}

/* run(n, x, theta, y, g=None, of=0, summed=False): outputs of n points into y (n, outputs), and the gradients of output `of`
   with respect to the parameters into g, (n, parameters) or added up over the points into (parameters,). */
static PyObject *tape_run(Tape *tape, PyObject *const *given, Py_ssize_t many) {
    if (many < 4 || many > 7) {
        PyErr_SetString(PyExc_TypeError, "run takes n, x, theta, y, g, of, summed");
        return NULL;
    }
    Py_ssize_t n = PyLong_AsSsize_t(given[0]), of = many > 5 ? PyLong_AsSsize_t(given[5]) : 0;
    int summed = many > 6 && PyObject_IsTrue(given[6]), want = many > 4 && given[4] != Py_None, fine = 0;
    if (PyErr_Occurred()) return NULL;
    if (want && (of < 0 || of >= tape->outputs)) {
        PyErr_SetString(PyExc_IndexError, "the tape has no such output");
        return NULL;
    }
    Py_buffer x, theta, y, g;
    if (buffer(given[1], &x, 0, sizeof(double), n * tape->inputs, "inputs") < 0) return NULL;
    if (buffer(given[2], &theta, 0, sizeof(double), tape->parameters, "parameters") < 0) goto release_x;
    if (buffer(given[3], &y, 1, sizeof(double), n * tape->outputs, "outputs") < 0) goto release_theta;
    if (want && buffer(given[4], &g, 1, sizeof(double), (summed ? 1 : n) * tape->parameters, "gradients") < 0) goto release_y;
    int width = n >= MANY / 2 ? MANY : 1;
    Py_ssize_t slots = tape->first + tape->size;
    double *v = width == 1 ? tape->room : NULL;
    if (v) tape->room = NULL;
    else v = PyMem_RawMalloc((size_t)(2 * slots * width + 1) * sizeof(double));
    double *d = v + slots * width;
    if (!v) {
        PyErr_NoMemory();
        goto release_g;
    }
    double *into = want ? g.buf : NULL;
    PyThreadState *others = slots * n > 20000 ? PyEval_SaveThread() : NULL;
    for (Py_ssize_t i = 0; i < tape->parameters; i++)
        for (int s = 0; s < width; s++) v[(tape->inputs + i) * width + s] = ((double *)theta.buf)[i];
    for (Py_ssize_t i = tape->inputs + tape->parameters; i < tape->first; i++)
        for (int s = 0; s < width; s++) v[i * width + s] = tape->constants[i - tape->inputs - tape->parameters];
    if (want && summed) memset(into, 0, (size_t)tape->parameters * sizeof(double));
    for (Py_ssize_t at = 0; at < n; at += width) {
        int here = n - at < width ? (int)(n - at) : width;
        replay(tape, v, d, width, here, (double *)x.buf + at * tape->inputs, (double *)y.buf + at * tape->outputs,
               into && !summed ? into + at * tape->parameters : into, of, summed);
    }
    if (others) PyEval_RestoreThread(others);
    if (width == 1 && !tape->room) tape->room = v;
    else PyMem_RawFree(v);
    fine = 1;
release_g:
    if (want) PyBuffer_Release(&g);
release_y:
    PyBuffer_Release(&y);
release_theta:
    PyBuffer_Release(&theta);
release_x:
    PyBuffer_Release(&x);
    if (!fine) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef tape_methods[] = {
    {"run", (PyCFunction)(void (*)(void))tape_run, METH_FASTCALL, NULL},
    {NULL},
};

static PyType_Slot tape_slots[] = {{Py_tp_new, tape_new}, {Py_tp_dealloc, tape_dealloc}, {Py_tp_methods, tape_methods}, {0, NULL}};

PyType_Spec tape_spec = {"autograd.native._engine.Tape", sizeof(Tape), 0, Py_TPFLAGS_DEFAULT, tape_slots};
