/* A graph of Values as flat columns: what program/columns.py says in Python, for graphs of a million nodes. */

#include "engine.h"
#include <stddef.h>

enum { INPUT = -1, PARAMETER = -2, CONSTANT = -3 }; /* codes of what no operation made */

typedef struct {
    int64_t code, arg[MOST];
    double number;
} Line;

typedef struct {
    Line *at;
    Py_ssize_t size, room;
} Lines;

static Line *line(Lines *lines, int64_t code, double number) {
    if (lines->size == lines->room) {
        Py_ssize_t room = lines->room ? 2 * lines->room : 1024;
        Line *at = PyMem_Realloc(lines->at, (size_t)room * sizeof(Line));
        if (!at) return (Line *)PyErr_NoMemory();
        lines->at = at;
        lines->room = room;
    }
    Line *made = &lines->at[lines->size++];
    made->code = code;
    made->number = number;
    for (int k = 0; k < MOST; k++) made->arg[k] = -1;
    return made;
}

/* Constants that are met already, by their bits: open addressing, at most half full. */
typedef struct {
    int64_t *at; /* the line of a constant, -1 for none */
    size_t many, room;
} Seen;

static int64_t *find(const Seen *seen, const Lines *lines, double number) {
    uint64_t bits, other;
    memcpy(&bits, &number, sizeof bits);
    for (size_t i = (size_t)(bits * 0x9e3779b97f4a7c15u >> 17);; i++) {
        int64_t *place = &seen->at[i & (seen->room - 1)];
        if (*place < 0) return place;
        memcpy(&other, &lines->at[*place].number, sizeof other);
        if (other == bits) return place;
    }
}

static int64_t constant(Seen *seen, Lines *lines, double number) {
    if (2 * seen->many >= seen->room) {
        Seen larger = {NULL, seen->many, seen->room ? 2 * seen->room : 64};
        if (!(larger.at = PyMem_Malloc(larger.room * sizeof(int64_t)))) {
            PyErr_NoMemory();
            return -1;
        }
        memset(larger.at, -1, larger.room * sizeof(int64_t));
        for (size_t i = 0; i < seen->room; i++)
            if (seen->at[i] >= 0) *find(&larger, lines, lines->at[seen->at[i]].number) = seen->at[i];
        PyMem_Free(seen->at);
        *seen = larger;
    }
    int64_t *place = find(seen, lines, number);
    if (*place < 0) {
        *place = lines->size;
        seen->many++;
        if (!line(lines, CONSTANT, number)) return -1;
    }
    return *place;
}

static PyObject *column(const Lines *lines, size_t from, size_t size) {
    PyObject *made = PyByteArray_FromStringAndSize(NULL, lines->size * (Py_ssize_t)size);
    for (Py_ssize_t i = 0; made && i < lines->size; i++)
        memcpy(PyByteArray_AS_STRING(made) + i * (Py_ssize_t)size, (char *)&lines->at[i] + from, size);
    return made;
}

/* columns(order, inputs, parameters): (codes, args, numbers, lines, stray) of the values in `order`, operands first. Codes and
   args are int64, numbers doubles, lines says where each value of `order` stands; stray is a leaf that is neither input nor
   parameter, or None. While it works, a value's line stands in its gradient. */
PyObject *columns(PyObject *module, PyObject *const *given, Py_ssize_t many) {
    Lines lines = {0};
    Seen seen = {0};
    PyObject *made = NULL, *stray = Py_None, *codes = NULL, *args = NULL, *numbers = NULL, *places = NULL;
    if (many != 3 || !PyList_CheckExact(given[0]) || !PyList_CheckExact(given[1]) || !PyList_CheckExact(given[2])) {
        PyErr_SetString(PyExc_TypeError, "columns takes three lists of Values");
        return NULL;
    }
    for (int k = 0; k < 3; k++)
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(given[k]); i++)
            if (!is_value(PyList_GET_ITEM(given[k], i))) {
                PyErr_SetString(PyExc_TypeError, "columns takes three lists of Values");
                return NULL;
            }
    PyObject *order = given[0];
    Py_ssize_t size = PyList_GET_SIZE(order), leaves = PyList_GET_SIZE(given[1]) + PyList_GET_SIZE(given[2]);
    double *grads = PyMem_Malloc((size_t)(size + leaves + 1) * sizeof(double));
    if (!grads) return PyErr_NoMemory();
    Py_ssize_t saved = 0;
    for (int k = 0; k < 3; k++)
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(given[k]); i++) {
            Value *value = (Value *)PyList_GET_ITEM(given[k], i);
            grads[saved++] = value->grad;
            value->grad = -1.0;
        }
    int fine = 1;
    for (int k = 1; k < 3; k++)
        for (Py_ssize_t i = 0; fine && i < PyList_GET_SIZE(given[k]); i++) {
            Value *value = (Value *)PyList_GET_ITEM(given[k], i);
            value->grad = (double)lines.size;
            fine = line(&lines, k == 1 ? INPUT : PARAMETER, value->data) != NULL;
        }
    for (Py_ssize_t i = 0; fine && i < size; i++) {
        Value *value = (Value *)PyList_GET_ITEM(order, i);
        if (value->row == LEAF) {
            if (value->grad < 0.0 && stray == Py_None) stray = (PyObject *)value;
            continue;
        }
        int64_t arg[MOST] = {-1, -1, -1};
        if (value->arity > MOST) continue; /* a row without a kernel: the caller looks at it */
        for (int k = 0; fine && k < value->arity; k++) {
            arg[k] = value->in[k].arg ? (int64_t)value->in[k].arg->grad : constant(&seen, &lines, value->in[k].x);
            fine = value->in[k].arg || arg[k] >= 0;
        }
        value->grad = (double)lines.size;
        Line *here = fine ? line(&lines, value->row, value->data) : NULL;
        if (here) memcpy(here->arg, arg, sizeof arg);
        else fine = 0;
    }
    places = fine ? PyByteArray_FromStringAndSize(NULL, size * 8) : NULL;
    for (Py_ssize_t i = 0; places && i < size; i++)
        ((int64_t *)PyByteArray_AS_STRING(places))[i] = (int64_t)((Value *)PyList_GET_ITEM(order, i))->grad;
    for (int k = 2; k >= 0; k--) /* backwards: what stands in two lists was saved first as it was */
        for (Py_ssize_t i = PyList_GET_SIZE(given[k]) - 1; i >= 0; i--) ((Value *)PyList_GET_ITEM(given[k], i))->grad = grads[--saved];
    if (places) {
        codes = column(&lines, offsetof(Line, code), sizeof(int64_t));
        args = column(&lines, offsetof(Line, arg), MOST * sizeof(int64_t));
        numbers = column(&lines, offsetof(Line, number), sizeof(double));
        if (codes && args && numbers) made = PyTuple_Pack(5, codes, args, numbers, places, stray);
    }
    Py_XDECREF(codes);
    Py_XDECREF(args);
    Py_XDECREF(numbers);
    Py_XDECREF(places);
    PyMem_Free(grads);
    PyMem_Free(lines.at);
    PyMem_Free(seen.at);
    return made;
}
