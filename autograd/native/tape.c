/* A recorded graph as a tape: instructions over numbered slots, run for point after point without a Value in sight.

   Slots: the inputs, the parameters, the constants, then the result of every instruction. A tape is never changed, and a run has
   memory of its own, so that threads may share one; while a long one runs, other threads do. */

#include "engine.h"
#include "kernels.h"

typedef struct {
    uint8_t row;
    uint8_t carried; /* whether it goes on from the instruction before, of the same row: its first operand is that result, which nobody else reads */
    uint8_t wanted;  /* a bit for every operand that depends on a parameter */
    uint8_t fresh;   /* a bit for every operand whose gradient this is the first to reach */
    int32_t arg[MOST];
} Instruction;

typedef struct {
    PyObject_HEAD
    Py_ssize_t inputs, parameters, first, size, outputs; /* first: the slot of the first instruction's result */
    double *constants;
    Instruction *instructions;
    int32_t *roots;  /* the slots of the outputs; gradients are those of the first */
    int32_t *heads;  /* the slots of instructions that no gradient reaches from elsewhere, and the first root */
    Py_ssize_t many_heads;
    double *room;   /* memory for one point at a time, kept for the next run; NULL while a run has it */
} Tape;

/* a + b · c: what a sum of products is made of is one instruction; its rules are those of the two rows it stands for. */
enum { ROW_product_sum = KERNEL_COUNT, ARITY_product_sum = 3 };
_Static_assert(KERNEL_COUNT < 255, "a row fits into a byte");

static inline double kernel_product_sum(const double *x) {
    double sum[] = {x[0], kernel_mul(x + 1)};
    return kernel_add(sum);
}

static inline void partials_product_sum(double y, const double *x, unsigned wanted, double *partials) {
    double sum[] = {x[0], kernel_mul(x + 1)}, outer[2], inner[2];
    partials_add(y, sum, 3, outer);
    partials_mul(sum[1], x + 1, 3, inner);
    partials[0] = outer[0];
    partials[1] = outer[1] * inner[0];
    partials[2] = outer[1] * inner[1];
}

static int arity(const Instruction *in) { return in->row == ROW_product_sum ? ARITY_product_sum : KERNELS[in->row].arity; }

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

/* Instructions of rows and slots, where `uses` counts how often each slot is read: a product that only the sum behind it reads becomes
   one with it, and an instruction may carry on from the one before. */
static void written(Tape *tape, const int32_t *row, const int32_t *arg, char *uses, int32_t *place) {
    Py_ssize_t size = tape->size, made = 0;
    for (Py_ssize_t i = 0; i < tape->first; i++) place[i] = (int32_t)i;
    for (Py_ssize_t i = 0; i < size; i++) {
        Instruction *in = &tape->instructions[made], *before = in - 1;
        in->row = (uint8_t)row[i];
        for (int k = 0; k < KERNELS[row[i]].arity; k++) in->arg[k] = place[arg[i * MOST + k]];
        int32_t last = (int32_t)(tape->first + made - 1);
        if (row[i] == ROW_add && i && row[i - 1] == ROW_mul && uses[tape->first + i - 1] == 1 && (in->arg[0] == last) != (in->arg[1] == last)) {
            int32_t other = in->arg[in->arg[0] == last];
            before->row = ROW_product_sum;
            before->arg[2] = before->arg[1];
            before->arg[1] = before->arg[0];
            before->arg[0] = other;
            in = before;
        }
        else last = (int32_t)(tape->first + made++);
        in->carried = last > tape->first && in->row == in[-1].row && in->arg[0] == last - 1 && uses[last - 1] == 1;
        place[tape->first + i] = last;
        uses[last] = uses[tape->first + i];
    }
    tape->size = made;
    for (Py_ssize_t i = 0; i < tape->outputs; i++) tape->roots[i] = place[tape->roots[i]];
}

/* Which operands depend on a parameter, which gradients are the first to reach a slot, and which slots none reaches. */
static void marked(Tape *tape, char *marks) {
    memset(marks, 0, (size_t)(tape->first + tape->size));
    memset(marks + tape->inputs, 1, (size_t)tape->parameters); /* whether a parameter is below the slot */
    for (Py_ssize_t i = 0; i < tape->size; i++) {
        Instruction *in = &tape->instructions[i];
        for (int k = 0; k < arity(in); k++) {
            if (!marks[in->arg[k]]) continue;
            in->wanted |= (uint8_t)(1 << k);
            marks[tape->first + i] = 1;
        }
    }
    memset(marks, 0, (size_t)(tape->first + tape->size)); /* whether a gradient has reached the slot */
    if (tape->outputs) {
        marks[tape->roots[0]] = 1;
        tape->heads[tape->many_heads++] = tape->roots[0];
    }
    for (Py_ssize_t i = tape->size - 1; i >= 0; i--) {
        Instruction *in = &tape->instructions[i];
        if (!marks[tape->first + i]) tape->heads[tape->many_heads++] = (int32_t)(tape->first + i);
        for (int k = 0; k < arity(in); k++) {
            if (!(in->wanted & 1 << k) || marks[in->arg[k]]) continue;
            in->fresh |= (uint8_t)(1 << k);
            marks[in->arg[k]] = 1;
        }
    }
}

/* Tape(inputs, parameters, many, constants, size, rows, args, outputs, roots): the constants doubles, rows places in the op table, args
   (size, MOST) and roots slots, all int32. */
static PyObject *tape_new(PyTypeObject *type, PyObject *given, PyObject *words) {
    Py_ssize_t inputs, parameters, constants, size, outputs;
    PyObject *numbers, *rows, *args, *roots;
    if (!PyArg_ParseTuple(given, "nnnOnOOnO:Tape", &inputs, &parameters, &constants, &numbers, &size, &rows, &args, &outputs, &roots)) return NULL;
    Tape *tape = (Tape *)type->tp_alloc(type, 0);
    int32_t *row = NULL, *arg = NULL, *place = NULL;
    char *marks = NULL;
    if (!tape) return NULL;
    tape->inputs = inputs;
    tape->parameters = parameters;
    tape->first = inputs + parameters + constants;
    tape->size = size;
    tape->outputs = outputs;
    Py_ssize_t slots = tape->first + size;
    int fine = (tape->constants = copied(numbers, sizeof(double), constants, "constants")) && (tape->roots = copied(roots, 4, outputs, "roots"))
               && (row = copied(rows, 4, size, "rows")) && (arg = copied(args, 4, size * MOST, "args"));
    if (fine) {
        tape->instructions = PyMem_Calloc((size_t)size + 1, sizeof(Instruction));
        tape->heads = PyMem_Malloc((size_t)(size + 1) * sizeof(int32_t));
        place = PyMem_Malloc((size_t)(slots + 1) * sizeof(int32_t));
        marks = PyMem_Calloc((size_t)slots + 1, 1);
        fine = tape->instructions && tape->heads && place && marks;
        if (!fine) PyErr_NoMemory();
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

/* run(n, x, theta, y, g, summed): outputs of n points into y (n, outputs), and unless g is None the gradients of the first one with
   respect to the parameters into g, (n, parameters) or added up over the points into (parameters,). x is None for a tape without
   inputs; where y is None, the first root's number at one point is returned, NaN if any root is. */
static PyObject *tape_run(Tape *tape, PyObject *const *given, Py_ssize_t many) {
    if (many != 6) {
        PyErr_SetString(PyExc_TypeError, "run takes n, x, theta, y, g, summed");
        return NULL;
    }
    Py_ssize_t n = PyLong_AsSsize_t(given[0]);
    if (n == -1 && PyErr_Occurred()) return NULL;
    int lone = given[3] == Py_None, without = given[1] == Py_None, want = given[4] != Py_None && tape->outputs;
    int summed = n > 1 && given[5] == Py_True, fine = 0;
    if ((lone && (n != 1 || !tape->outputs)) || (without && tape->inputs)) {
        PyErr_SetString(PyExc_ValueError, "a tape with inputs takes x, and y has room for all points but one");
        return NULL;
    }
    double number = NAN;
    Py_buffer x = {.buf = NULL}, theta, y = {.buf = NULL}, g = {.buf = NULL};
    if (!without && buffer(given[1], &x, 0, sizeof(double), n * tape->inputs, "inputs") < 0) return NULL;
    if (buffer(given[2], &theta, 0, sizeof(double), tape->parameters, "parameters") < 0) goto release_x;
    if (!lone && buffer(given[3], &y, 1, sizeof(double), n * tape->outputs, "outputs") < 0) goto release_theta;
    if (want && buffer(given[4], &g, 1, sizeof(double), (given[5] == Py_True ? 1 : n) * tape->parameters, "gradients") < 0) goto release_y;
    int width = n >= MANY / 2 ? MANY : 1;
    Py_ssize_t slots = tape->first + tape->size;
    double *v = width == 1 ? tape->room : NULL;
    if (v) tape->room = NULL;
    else v = PyMem_RawMalloc((size_t)(2 * slots * width + 1) * sizeof(double));
    double *d = v + slots * width, *into = g.buf;
    if (!v) {
        PyErr_NoMemory();
        goto release_g;
    }
    PyThreadState *others = slots * n > 20000 ? PyEval_SaveThread() : NULL;
    spread(v + tape->inputs * width, theta.buf, tape->parameters, width);
    spread(v + (tape->inputs + tape->parameters) * width, tape->constants, tape->first - tape->inputs - tape->parameters, width);
    if (into && summed) memset(into, 0, (size_t)tape->parameters * sizeof(double));
    for (Py_ssize_t at = 0; at < n; at += width) {
        int here = n - at < width ? (int)(n - at) : width;
        replay(tape, v, d, width, here, (double *)x.buf + at * tape->inputs, lone ? NULL : (double *)y.buf + at * tape->outputs,
               into && !summed ? into + at * tape->parameters : into, summed);
    }
    if (others) PyEval_RestoreThread(others);
    if (lone) {
        number = v[tape->roots[0]];
        for (Py_ssize_t k = 0; k < tape->outputs; k++)
            if (isnan(v[tape->roots[k]])) number = NAN;
    }
    if (width == 1 && !tape->room) tape->room = v;
    else PyMem_RawFree(v);
    fine = 1;
release_g:
    if (want) PyBuffer_Release(&g);
release_y:
    if (!lone) PyBuffer_Release(&y);
release_theta:
    PyBuffer_Release(&theta);
release_x:
    if (!without) PyBuffer_Release(&x);
    if (!fine) return NULL;
    return lone ? PyFloat_FromDouble(number) : Py_NewRef(Py_None);
}

static PyMethodDef tape_methods[] = {
    {"run", (PyCFunction)(void (*)(void))tape_run, METH_FASTCALL, NULL},
    {NULL},
};

static PyType_Slot tape_slots[] = {{Py_tp_new, tape_new}, {Py_tp_dealloc, tape_dealloc}, {Py_tp_methods, tape_methods}, {0, NULL}};

PyType_Spec tape_spec = {"autograd.native._engine.Tape", sizeof(Tape), 0, Py_TPFLAGS_DEFAULT, tape_slots};
