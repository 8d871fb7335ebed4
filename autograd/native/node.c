/* A node is made: memory for it, its number and its partial derivatives, by the kernels that kernels.h has of the op table. */

#include "engine.h"
#include "kernels.h"
#include "memory.h"

/* ---- making and letting go ---- */

static ALWAYS_INLINE Value *filled_in(Value *node, uint16_t row, int arity) {
    node->data = node->grad = 0.0;
    node->name = NULL;
    node->row = row;
    node->arity = (uint32_t)arity;
    node->seen = node->hooked = node->compared = 0;
    return node;
}

/* A node of this type itself, which is there for good: its nodes are no references to it. */
static ALWAYS_INLINE Value *plain_node(uint16_t row, int arity) {
    Value *node = arity <= MOST ? taken(arity) : PyObject_Malloc(size_of(arity));
    if (!node) return (Value *)PyErr_NoMemory();
    memset(node, 0, sizeof(PyObject)); /* what stood here before could pass for the count of an object that is there for good */
    Py_SET_TYPE(node, value_type);
    Py_SET_REFCNT(node, 1);
    return filled_in(node, row, arity);
}

Value *new_node(PyTypeObject *type, uint16_t row, int arity) {
    if (type == value_type) return plain_node(row, arity);
    Value *node = (Value *)type->tp_alloc(type, 0);
    return node ? filled_in(node, row, arity) : NULL;
}

/* nodes(): how many there are in blocks, so that tests notice one that is never let go of. */
PyObject *nodes(PyObject *module, PyObject *unused) { return PyLong_FromSsize_t(alive); }

static void drop_hooks(Value *node) {
    PyObject *type, *value, *trace, *key;
    PyErr_Fetch(&type, &value, &trace);
    if (!(key = PyLong_FromVoidPtr(node)) || PyDict_DelItem(left.hooks, key) < 0) PyErr_WriteUnraisable((PyObject *)value_type);
    Py_XDECREF(key);
    PyErr_Restore(type, value, trace);
}

/* A chain of a million values is let go of without recursion: what nothing else holds waits in a list. */
void value_dealloc(PyObject *self) {
    Value *waiting = NULL, *node = (Value *)self;
    Py_XDECREF(node->name);
    for (;;) {
        PyTypeObject *type = Py_TYPE(node);
        int arity = node->arity;
        fetch(node, -32); /* the operand made last goes first */
        if (node->hooked) drop_hooks(node);
        for (int i = 0; i < arity; i++) {
            Value *arg = node->in[i].arg;
            if (!arg) continue;
            if (Py_REFCNT(arg) == 1 && Py_TYPE(arg) == value_type) {
                Py_XDECREF(arg->name);
                arg->name = (PyObject *)waiting; /* the chain of what waits */
                waiting = arg;
            } else {
                Py_DECREF(arg);
            }
        }
        if (type != value_type) {
            type->tp_free(node);
            Py_DECREF(type);
        } else if (arity <= MOST) {
            given_back(node);
        } else {
            PyObject_Free(node);
        }
        if (!waiting) return;
        node = waiting;
        waiting = (Value *)node->name;
    }
}

/* ---- recording ---- */

PyObject *value_args(Value *self, void *unused) {
    PyObject *args = PyTuple_New(self->arity);
    for (Py_ssize_t i = 0; args && i < self->arity; i++) {
        Value *arg = self->in[i].arg;
        PyObject *thing = arg ? Py_NewRef((PyObject *)arg) : PyFloat_FromDouble(self->in[i].x);
        if (thing) PyTuple_SET_ITEM(args, i, thing);
        else Py_CLEAR(args);
    }
    return args;
}

/* Where the plain kernel has no finite answer: infinities as IEEE 754 has them, or a DomainError with names. */
static int settle(Value *node) {
    PyObject *numbers = PyTuple_New(node->arity), *wanted = PyTuple_New(node->arity), *args = value_args(node, NULL), *found = NULL;
    int done = -1;
    if (!numbers || !wanted || !args) goto end;
    for (Py_ssize_t i = 0; i < node->arity; i++) {
        PyObject *x = PyFloat_FromDouble(node->in[i].x);
        if (!x) goto end;
        PyTuple_SET_ITEM(numbers, i, x);
        PyTuple_SET_ITEM(wanted, i, PyBool_FromLong(node->in[i].arg != NULL));
    }
    found = PyObject_CallFunctionObjArgs(left.exceptional, PyList_GET_ITEM(left.rows, node->row), numbers, wanted, args, NULL);
    if (!found) goto end;
    node->data = PyFloat_AsDouble(PyTuple_GET_ITEM(found, 0));
    PyObject *partials = PyTuple_GET_ITEM(found, 1);
    for (Py_ssize_t i = 0; i < node->arity; i++)
        if (node->in[i].arg) node->in[i].partial = PyFloat_AsDouble(PyTuple_GET_ITEM(partials, i));
    done = PyErr_Occurred() ? -1 : 0;
end:
    Py_XDECREF(numbers);
    Py_XDECREF(wanted);
    Py_XDECREF(args);
    Py_XDECREF(found);
    return done;
}

/* The number and the partial derivatives of a node whose operands stand. */
static ALWAYS_INLINE int compute(uint16_t row, Value *node, const double *xs) {
    const Kernel *kernel = &KERNELS[row];
    unsigned wanted = 0;
    for (int i = 0; i < kernel->arity; i++) wanted |= (unsigned)(node->in[i].arg != NULL) << i;
    double partials[MOST] = {0}, y = kernel->value(xs), odd = y - y; /* NaN unless all is finite */
    kernel->partials(y, xs, wanted, partials);
    node->data = y;
    for (int i = 0; i < kernel->arity; i++) {
        node->in[i].x = xs[i];
        node->in[i].partial = partials[i]; /* 0 for a constant */
        odd += partials[i] - partials[i];
    }
    return odd != 0.0 ? settle(node) : 0;
}

/* In a mode of recording, Python records, but for what only wants the number. */
static PyObject *record_in_mode(uint16_t row, Value *const *args, const double *xs) {
    PyObject *thread = PyLong_FromUnsignedLong(PyThread_get_thread_ident()), *operands = PyTuple_New(KERNELS[row].arity), *made = NULL;
    PyObject *mode = thread ? PyDict_GetItemWithError(left.modes, thread) : NULL;
    Py_XDECREF(thread);
    if (!operands || PyErr_Occurred()) goto end;
    if (mode && PyLong_AsLong(mode) == QUIET && !PyList_GET_SIZE(left.watching)) {
        double y = KERNELS[row].value(xs);
        Value *leaf = y - y == 0.0 ? plain_node(LEAF, 0) : NULL;
        if (leaf) leaf->data = y;
        if (leaf || PyErr_Occurred()) {
            made = (PyObject *)leaf;
            goto end;
        }
    }
    for (int i = 0; i < KERNELS[row].arity; i++) {
        PyObject *thing = args[i] ? Py_NewRef((PyObject *)args[i]) : PyFloat_FromDouble(xs[i]);
        if (!thing) goto end;
        PyTuple_SET_ITEM(operands, i, thing);
    }
    made = PyObject_CallFunctionObjArgs(left.record, PyList_GET_ITEM(left.rows, row), operands, NULL);
end:
    Py_XDECREF(operands);
    return made;
}

/* Record a row on operands that are Values or, where arg is NULL, the numbers in xs. */
static ALWAYS_INLINE PyObject *record(uint16_t row, Value *const *args, const double *xs) {
    if (PyDict_GET_SIZE(left.modes)) return record_in_mode(row, args, xs);
    Value *node = plain_node(row, KERNELS[row].arity);
    if (!node) return NULL;
    for (int i = 0; i < KERNELS[row].arity; i++) {
        node->in[i].arg = args[i];
        node->in[i].x = xs[i];
        Py_XINCREF(args[i]);
    }
    if (compute(row, node, xs) < 0) {
        Py_DECREF(node);
        return NULL;
    }
    return (PyObject *)node;
}

PyObject *value_refresh(Value *self, PyObject *unused) {
    if (self->row == LEAF) Py_RETURN_NONE;
    double xs[MOST] = {0}, before = self->data;
    size_t size = self->arity * sizeof(Input);
    Input *kept = PyMem_Malloc(size);
    if (!kept) return PyErr_NoMemory();
    memcpy(kept, self->in, size);
    for (Py_ssize_t i = 0; i < self->arity; i++) {
        if (self->in[i].arg) self->in[i].x = self->in[i].arg->data;
        if (i < MOST) xs[i] = self->in[i].x;
    }
    int done = self->row < KERNEL_COUNT ? compute(self->row, self, xs) : settle(self);
    if (done < 0) { /* it stays what it was, and stale */
        self->data = before;
        memcpy(self->in, kept, size);
    }
    PyMem_Free(kept);
    if (done < 0) return NULL;
    Py_RETURN_NONE;
}

/* An operand as a Value or a number: 1 when it is one, 0 when Python has to look at it. */
static inline int operand(PyObject *thing, Value **arg, double *x) {
    if (Py_TYPE(thing) == value_type || (!PyFloat_CheckExact(thing) && is_value(thing))) {
        *arg = (Value *)thing;
        *x = (*arg)->data;
        return 1;
    }
    *arg = NULL;
    if (PyFloat_CheckExact(thing)) {
        *x = PyFloat_AS_DOUBLE(thing);
        return 1;
    }
    if (!PyLong_CheckExact(thing)) return 0;
    *x = PyLong_AsDouble(thing);
    if (*x != -1.0 || !PyErr_Occurred()) return 1;
    PyErr_Clear();
    return 0;
}

static ALWAYS_INLINE PyObject *infix(uint16_t row, PyObject *a, PyObject *b) {
    Value *args[2];
    double xs[2];
    if (operand(a, &args[0], &xs[0]) && operand(b, &args[1], &xs[1])) return record(row, args, xs);
    return PyObject_CallFunctionObjArgs(left.operate, PyList_GET_ITEM(left.rows, row), a, b, NULL);
}

static ALWAYS_INLINE PyObject *called(uint16_t row, PyObject *self, PyObject *const *others, Py_ssize_t n, PyObject *words) {
    Value *args[MOST];
    double xs[MOST];
    int plain = !words && n + 1 == KERNELS[row].arity && operand(self, &args[0], &xs[0]);
    for (int i = 1; plain && i < KERNELS[row].arity; i++) plain = operand(others[i - 1], &args[i], &xs[i]);
    if (plain) return record(row, args, xs);
    PyObject *bound = PyMethod_New(PyList_GET_ITEM(left.rows, row), self); /* fills in defaults, refuses what does not fit */
    PyObject *made = bound ? PyObject_Vectorcall(bound, others, (size_t)n, words) : NULL;
    Py_XDECREF(bound);
    return made;
}

/* Value.__op__(op, args): what a row does when it meets Values. */
PyObject *value_op(PyObject *unused, PyObject *const *given, Py_ssize_t n) {
    Value *args[MOST];
    double xs[MOST];
    if (n != 2 || !PyTuple_Check(given[1])) {
        PyErr_SetString(PyExc_TypeError, "__op__ takes a row of the op table and a tuple of its operands");
        return NULL;
    }
    PyObject *found = PyDict_GetItemWithError(left.place, given[0]);
    if (!found && PyErr_Occurred()) return NULL;
    long row = found ? PyLong_AsLong(found) : KERNEL_COUNT;
    if (row >= KERNEL_COUNT || PyTuple_GET_SIZE(given[1]) != KERNELS[row].arity) {
        return PyObject_CallFunctionObjArgs(left.record, given[0], given[1], NULL);
    }
    for (int i = 0; i < KERNELS[row].arity; i++) {
        PyObject *thing = PyTuple_GET_ITEM(given[1], i);
        if (operand(thing, &args[i], &xs[i])) continue;
        PyObject *what = PyUnicode_FromFormat("an operand of %s", KERNELS[row].name);
        PyObject *number = what ? PyObject_CallFunctionObjArgs(left.number, thing, what, NULL) : NULL;
        Py_XDECREF(what);
        if (!number) return NULL;
        xs[i] = PyFloat_AsDouble(number);
        Py_DECREF(number);
    }
    return record((uint16_t)row, args, xs);
}

/* op(*args), where the arguments are Values and numbers, and as many as the row takes; Python does the rest. */
PyObject *row_call(PyObject *op, PyObject *const *given, Py_ssize_t n, PyObject *words) {
    Value *args[MOST];
    double xs[MOST];
    if (!words && n <= MOST) {
        PyObject *found = PyDict_GetItemWithError(left.place, op);
        if (!found && PyErr_Occurred()) return NULL;
        long row = found ? PyLong_AsLong(found) : KERNEL_COUNT;
        int plain = row < KERNEL_COUNT && n == KERNELS[row].arity, any = 0;
        for (int i = 0; plain && i < n; i++) {
            plain = operand(given[i], &args[i], &xs[i]);
            any |= plain && args[i];
        }
        if (plain && any) return record((uint16_t)row, args, xs);
    }
    PyObject *method = PyMethod_New(left.call, op), *made = method ? PyObject_Vectorcall(method, given, (size_t)n, words) : NULL;
    Py_XDECREF(method);
    return made;
}

/* ---- the rows as methods and as operators ---- */

#define METHOD(word, row) \
    PyObject *method_##word(PyObject *self, PyObject *const *others, Py_ssize_t n, PyObject *words) { \
        return called(ROW_##row, self, others, n, words); \
    }
METHODS
#undef METHOD

#define INFIX(slot, row) \
    PyObject *number_##slot(PyObject *a, PyObject *b) { return infix(ROW_##row, a, b); }
#define INFIX_OR_MODULAR(slot, row) \
    PyObject *number_##slot(PyObject *a, PyObject *b, PyObject *modulus) { \
        if (modulus != Py_None) Py_RETURN_NOTIMPLEMENTED; \
        return infix(ROW_##row, a, b); \
    }
#define PREFIX(slot, row) \
    PyObject *number_##slot(PyObject *a) { return called(ROW_##row, a, NULL, 0, NULL); }
OPERATORS
#undef INFIX
#undef INFIX_OR_MODULAR
#undef PREFIX

PyObject *number_positive(PyObject *a) { return Py_NewRef(a); }
