/* A graph of Values as flat columns, and the passes over them: what program/columns.py says in Python, for graphs of a million nodes. */

#include "engine.h"
#include <stddef.h>

/* The constants of a graph, each once by its bits: open addressing, at most half full. */
typedef struct {
    double *numbers;
    int64_t *at; /* the place among the numbers, -1 for none */
    size_t many, room;
} Constants;

static int64_t *find(const Constants *all, double number) {
    uint64_t bits, other;
    memcpy(&bits, &number, sizeof bits);
    for (size_t i = (size_t)(bits * 0x9e3779b97f4a7c15u >> 17);; i++) {
        int64_t *place = &all->at[i & (all->room - 1)];
        if (*place < 0) return place;
        memcpy(&other, &all->numbers[*place], sizeof other);
        if (other == bits) return place;
    }
}

static int64_t constant(Constants *all, double number) {
    if (number != number) number = Py_NAN; /* any two are one */
    int64_t *place = all->room ? find(all, number) : NULL;
    if (place && *place >= 0) return *place;
    if (2 * all->many >= all->room) {
        Constants larger = {NULL, NULL, all->many, all->room ? 2 * all->room : 64};
        larger.numbers = PyMem_Realloc(all->numbers, larger.room * sizeof(double));
        if (larger.numbers) all->numbers = larger.numbers;
        larger.at = larger.numbers ? PyMem_Malloc(larger.room * sizeof(int64_t)) : NULL;
        if (!larger.at) {
            PyErr_NoMemory();
            return -1;
        }
        memset(larger.at, -1, larger.room * sizeof(int64_t));
        for (size_t i = 0; i < all->many; i++) *find(&larger, larger.numbers[i]) = (int64_t)i;
        PyMem_Free(all->at);
        *all = larger;
    }
    place = find(all, number);
    *place = (int64_t)all->many;
    all->numbers[all->many++] = number;
    return *place;
}

static PyObject *taken(Py_ssize_t many, size_t size) { return PyByteArray_FromStringAndSize(NULL, many * (Py_ssize_t)size); }

/* Put the columns of the values in `order`, operands first, into `made`; 0 for rows that Python is left to do. A value's gradient holds
   its place meanwhile, and -1 before it has one: nothing here makes what the garbage collector keeps, so that it runs no other code. */
static int filled(PyObject *const *given, Constants *all, PyObject *made) {
    PyObject *order = given[0], *stray = Py_None;
    Py_ssize_t size = PyList_GET_SIZE(order), inputs = PyList_GET_SIZE(given[1]), leaves = inputs + PyList_GET_SIZE(given[2]), operations = 0;
    for (Py_ssize_t i = 0; i < leaves; i++)
        ((Value *)PyList_GET_ITEM(given[i < inputs ? 1 : 2], i < inputs ? i : i - inputs))->grad = (double)i;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(given[3]); i++) {
        Value *value = (Value *)PyList_GET_ITEM(given[3], i);
        int64_t place = constant(all, value->data);
        if (place < 0) return -1;
        value->grad = (double)(leaves + place);
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        Value *value = (Value *)PyList_GET_ITEM(order, i);
        if (value->row == LEAF) {
            if (value->grad < 0.0 && stray == Py_None) stray = (PyObject *)value;
            continue;
        }
        if (value->row >= KERNEL_COUNT) return 0; /* a row of the user's own */
        operations++;
        for (Py_ssize_t k = 0; k < value->arity; k++)
            if (!value->in[k].arg && constant(all, value->in[k].x) < 0) return -1;
    }
    Py_ssize_t first = leaves + (Py_ssize_t)all->many, many = first + operations;
    const Py_ssize_t sizes[] = {many, many * MOST, many, size};
    void *column[4];
    for (int k = 0; k < 4; k++) {
        PyObject *bytes = taken(sizes[k], 8);
        if (!bytes) return -1;
        column[k] = PyByteArray_AS_STRING(bytes);
        PyTuple_SET_ITEM(made, k, bytes);
    }
    int64_t *code = column[0], *arg = column[1], *place = column[3];
    double *number = column[2];
    memset(arg, -1, (size_t)(many * MOST) * 8);
    memset(code, -1, (size_t)first * 8);
    for (Py_ssize_t i = 0; i < leaves; i++)
        number[i] = ((Value *)PyList_GET_ITEM(given[i < inputs ? 1 : 2], i < inputs ? i : i - inputs))->data;
    for (Py_ssize_t i = leaves; i < first; i++) number[i] = all->numbers[i - leaves];
    Py_ssize_t at = first;
    for (Py_ssize_t i = 0; i < size; i++) {
        Value *value = (Value *)PyList_GET_ITEM(order, i);
        if (value->row != LEAF) {
            code[at] = value->row;
            number[at] = value->data;
            for (Py_ssize_t k = 0; k < value->arity; k++)
                arg[at * MOST + k] = value->in[k].arg ? (int64_t)value->in[k].arg->grad : leaves + constant(all, value->in[k].x);
            value->grad = (double)at++;
        }
        place[i] = (int64_t)value->grad;
    }
    PyTuple_SET_ITEM(made, 4, Py_NewRef(stray));
    return 1;
}

/* columns(order, inputs, parameters, fixed): (codes, args, numbers, places, stray), or None where a row has no kernel. Codes, args (as many
   as the widest row has to each) and places are int64, the code of what no operation made is -1, numbers doubles; first come the inputs,
   the parameters and the constants, `fixed` leaves among them, then the operations. `places` says where each value of `order` stands;
   `stray` is a leaf that is none of these, or None. */
PyObject *columns(PyObject *module, PyObject *const *given, Py_ssize_t many) {
    PyObject *made = PyTuple_New(5); /* first: it may run the garbage collector, and that whatever code */
    if (!made) return NULL;
    int fine = many == 4;
    Py_ssize_t size = 0, saved = 0;
    for (int k = 0; fine && k < 4; k++) {
        fine = PyList_CheckExact(given[k]);
        for (Py_ssize_t i = 0; fine && i < PyList_GET_SIZE(given[k]); i++) fine = is_value(PyList_GET_ITEM(given[k], i));
        if (fine) size += PyList_GET_SIZE(given[k]);
    }
    if (!fine) {
        PyErr_SetString(PyExc_TypeError, "columns takes four lists of Values");
        Py_DECREF(made);
        return NULL;
    }
    double *grads = PyMem_Malloc((size_t)(size + 1) * sizeof(double));
    if (!grads) {
        Py_DECREF(made);
        return PyErr_NoMemory();
    }
    for (int k = 0; k < 4; k++)
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(given[k]); i++) {
            Value *value = (Value *)PyList_GET_ITEM(given[k], i);
            grads[saved++] = value->grad;
            value->grad = -1.0;
        }
    Constants all = {0};
    int done = filled(given, &all, made);
    for (int k = 3; k >= 0; k--) /* backwards: what stands in two lists was saved first as it was */
        for (Py_ssize_t i = PyList_GET_SIZE(given[k]) - 1; i >= 0; i--) ((Value *)PyList_GET_ITEM(given[k], i))->grad = grads[--saved];
    PyMem_Free(grads);
    PyMem_Free(all.numbers);
    PyMem_Free(all.at);
    if (done <= 0) Py_DECREF(made);
    return done < 0 ? NULL : done ? made : Py_NewRef(Py_None);
}

/* heaviest(weights, args): for every node the weight of the heaviest way that ends there, its own included. `args` has as many
   nodes to each as its length says, operands before results; what is no earlier node is none. */
PyObject *heaviest(PyObject *module, PyObject *given) {
    Py_buffer weights, args;
    if (!PyArg_ParseTuple(given, "y*y*:heaviest", &weights, &args)) return NULL;
    Py_ssize_t many = weights.len / 8, width = many ? args.len / weights.len : 0;
    PyObject *found = NULL;
    if (args.len == width * weights.len && weights.len % 8 == 0) found = taken(many, 8);
    else PyErr_SetString(PyExc_ValueError, "heaviest takes int64 columns of one length");
    if (found) {
        int64_t *way = (int64_t *)PyByteArray_AS_STRING(found);
        const int64_t *arg = args.buf;
        for (Py_ssize_t i = 0; i < many; i++) {
            int64_t most = 0;
            for (Py_ssize_t k = 0; k < width; k++, arg++)
                if (*arg >= 0 && *arg < i && way[*arg] > most) most = way[*arg];
            way[i] = most + ((const int64_t *)weights.buf)[i];
        }
    }
    PyBuffer_Release(&weights);
    PyBuffer_Release(&args);
    return found;
}

/* alike(codes, args, commutative): for every node the first one that is written alike, by codes, operands and theirs; leaves are
   like themselves alone. Of codes whose place in `commutative` is 1 the first two operands may be turned. */
PyObject *alike(PyObject *module, PyObject *given) {
    Py_buffer codes, args, commutative;
    if (!PyArg_ParseTuple(given, "y*y*y*:alike", &codes, &args, &commutative)) return NULL;
    Py_ssize_t many = codes.len / 8;
    size_t room = 64;
    while (room < 2 * (size_t)many) room *= 2; /* open addressing, at most half full */
    PyObject *found = args.len == codes.len * MOST ? taken(many, 8) : NULL;
    int64_t *seen = found ? PyMem_Malloc(room * sizeof(int64_t)) : NULL;
    int64_t(*spelt)[MOST] = seen ? PyMem_Malloc((size_t)(many + 1) * sizeof *spelt) : NULL; /* operands, by the first that is alike */
    if (spelt) {
        memset(seen, -1, room * sizeof(int64_t));
        int64_t *first = (int64_t *)PyByteArray_AS_STRING(found);
        const int64_t *code = codes.buf, (*arg)[MOST] = args.buf;
        for (Py_ssize_t i = 0; i < many; i++) {
            first[i] = i;
            if (code[i] < 0) continue;
            for (int k = 0; k < MOST; k++) spelt[i][k] = arg[i][k] >= 0 && arg[i][k] < i ? first[arg[i][k]] : -1;
            if (code[i] < commutative.len && ((const char *)commutative.buf)[code[i]] && spelt[i][0] > spelt[i][1]) {
                int64_t turned = spelt[i][0];
                spelt[i][0] = spelt[i][1];
                spelt[i][1] = turned;
            }
            uint64_t mixed = (uint64_t)code[i];
            for (int k = 0; k < MOST; k++) mixed = (mixed ^ mixed >> 32 ^ (uint64_t)spelt[i][k]) * 0x9e3779b97f4a7c15u;
            for (size_t at = (size_t)(mixed >> 17);; at++) {
                int64_t *place = &seen[at & (room - 1)];
                if (*place < 0) *place = i;
                else if (code[*place] != code[i] || memcmp(spelt[*place], spelt[i], sizeof *spelt)) continue;
                first[i] = *place;
                break;
            }
        }
    } else if (found) {
        Py_CLEAR(found);
        PyErr_NoMemory();
    } else if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "alike takes int64 columns of one length");
    PyMem_Free(seen);
    PyMem_Free(spelt);
    PyBuffer_Release(&codes);
    PyBuffer_Release(&args);
    PyBuffer_Release(&commutative);
    return found;
}

/* ---- the numbers of many Values, as program/parameters.py reads and sets them ---- */

/* Whether these are a tuple of Values and an array of as many floats; TypeError where they are not. */
static int matching(PyObject *const *given, Py_ssize_t n, Py_buffer *array, int flags) {
    if (n != 2 || !PyTuple_Check(given[0])) {
        PyErr_SetString(PyExc_TypeError, "a tuple of Values and an array are asked for");
        return 0;
    }
    Py_ssize_t many = PyTuple_GET_SIZE(given[0]);
    if (PyObject_GetBuffer(given[1], array, flags) < 0) return 0;
    int right = array->len == many * (Py_ssize_t)sizeof(double);
    for (Py_ssize_t i = 0; right && i < many; i++) right = is_value(PyTuple_GET_ITEM(given[0], i));
    if (right) return 1;
    PyErr_SetString(PyExc_TypeError, "Values and an array of as many floats are asked for");
    PyBuffer_Release(array);
    return 0;
}

#define FOR_EACH(function, flags, statement) \
    PyObject *function(PyObject *module, PyObject *const *given, Py_ssize_t n) { \
        Py_buffer array; \
        if (!matching(given, n, &array, flags)) return NULL; \
        double *x = array.buf; \
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(given[0]); i++) { \
            Value *value = (Value *)PyTuple_GET_ITEM(given[0], i); \
            statement; \
        } \
        PyBuffer_Release(&array); \
        Py_RETURN_NONE; \
    }
FOR_EACH(get_numbers, PyBUF_WRITABLE, x[i] = value->data)
FOR_EACH(set_numbers, PyBUF_SIMPLE, value->data = x[i])
FOR_EACH(add_gradients, PyBUF_SIMPLE, value->grad += x[i])
