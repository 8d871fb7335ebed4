/* The traversal of a graph, and the reverse sweep over it: what graph.topological and Value.backward say in Python.

   No Python code runs while a traversal goes on, so that no other thread sees its marks. */

#include "engine.h"

/* Values from `at` to `top`, and room up to `end`. It is handed around by value, so that its fields may stay in registers while nodes are
   marked. */
typedef struct {
    Value **at, **top, **end;
} List;

/* Short lists are kept for the next traversal, two at a time: memory that was just got from the system takes longer to be touched first
   than all that is done with it here. */
enum { SPARES = 2 };
static List spares[SPARES];

static List empty_list(void) {
    for (int i = 0; i < SPARES; i++) {
        List list = spares[i];
        spares[i] = (List){NULL, NULL, NULL};
        if (list.at) return list;
    }
    return (List){NULL, NULL, NULL};
}

static void put_away(List list) {
    for (int i = 0; list.at && i < SPARES; i++) {
        if (spares[i].at || list.end - list.at > SHORT) continue;
        spares[i] = (List){list.at, list.at, list.end};
        return;
    }
    PyMem_Free(list.at);
}

/* The list with room for so many more; without, and with the error set, where memory has run out. */
static List larger(List list, Py_ssize_t more) {
    Py_ssize_t size = list.top - list.at, room = list.at ? list.end - list.at : 512;
    if (list.at && room >= size + more) return list;
    while (room < size + more) room *= 2;
    Value **at = list_of_nodes(list.at, &room);
    if (at) return (List){at, at + size, at + room};
    PyErr_NoMemory();
    return list;
}

static List only(Value *root) {
    List list = larger(empty_list(), 1);
    if (list.at) *list.top++ = root;
    return list;
}

static void unmark(List list) {
    for (Value **at = list.at; at < list.top; at++) (*at)->seen = 0;
}

#define AFTER_OPERANDS(node) ((Value *)((uintptr_t)(node) | 1))
#define IS_AFTER(entry) ((uintptr_t)(entry) & 1)
#define NODE(entry) ((Value *)((uintptr_t)(entry) & ~(uintptr_t)1))

/* Every value that those in `open` depend on, each after its operands; `open` is used up. For a sweep leaves are left out, the first node
   with an operand whose number has changed since is put into `stale`, `hooked` is set where there are hooks, and the values stay marked. Each
   node is looked at once: that its operands are through is told by the entry that it leaves in the list. */
static ALWAYS_INLINE int walk(List open, List *found, int sweep, Value **stale, int *hooked) {
    List order = empty_list();
    int hooks = sweep && PyDict_GET_SIZE(left.hooks) > 0, done = open.at ? 0 : -1;
    while (open.top > open.at) {
        Value *node = *--open.top;
        if (IS_AFTER(node)) {
            *order.top++ = NODE(node); /* there is room for all that are open */
            continue;
        }
        if (node->seen) continue;
        Py_ssize_t arity = node->arity;
        if (open.end - open.top <= arity) open = larger(open, arity + 1);
        if (order.end - order.top <= open.top - open.at) order = larger(order, open.top - open.at + 1);
        if (open.end - open.top <= arity || order.end - order.top <= open.top - open.at) {
            done = -1;
            break;
        }
        fetch(node, 64); /* operands come first, so that from subexpression to subexpression it goes up in memory */
        node->seen = 1;
        if (hooks && node->hooked) *hooked = 1;
        Value **entry = open.top++;
        for (Py_ssize_t i = arity - 1; i >= 0; i--) {
            Value *arg = node->in[i].arg;
            if (!arg) continue;
            if (sweep && arg->data != node->in[i].x && (arg->data == arg->data || node->in[i].x == node->in[i].x) && !*stale) *stale = node;
            if (sweep && !arg->arity) {
                if (hooks && arg->hooked) *hooked = 1;
            } else if (!arg->seen) {
                fetch(arg, 0);
                *open.top++ = arg;
            }
        }
        *entry = AFTER_OPERANDS(node);
        if (open.top == entry + 1) {
            open.top = entry;
            *order.top++ = node;
        }
    }
    while (open.top > open.at) NODE(*--open.top)->seen = 0; /* some are left when memory ran out */
    put_away(open);
    if (done < 0 || !sweep) unmark(order);
    *found = order;
    return done;
}

PyObject *value_backward(Value *self, PyObject *const *given, Py_ssize_t n, PyObject *words) {
    Py_ssize_t named = words ? PyTuple_GET_SIZE(words) : 0;
    if (n + named > 1 || (named && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(words, 0), "create_graph"))) {
        PyErr_SetString(PyExc_TypeError, "backward takes at most one argument, create_graph");
        return NULL;
    }
    if (n + named) {
        int wanted = PyObject_IsTrue(given[0]);
        if (wanted) return wanted < 0 ? NULL : PyObject_CallFunctionObjArgs(left.graph, (PyObject *)self, NULL);
    }
    List order;
    Value *stale = NULL;
    int hooked = PyDict_GET_SIZE(left.modes) > 0, done = walk(only(self), &order, 1, &stale, &hooked);
    if (done == 0 && (stale || hooked)) {
        unmark(order);
        put_away(order);
        return PyObject_CallFunctionObjArgs(stale ? left.stale : left.sweep, stale ? (PyObject *)stale : (PyObject *)self, NULL);
    }
    if (done == 0) {
        self->grad = self->arity ? 1.0 : self->grad + 1.0;
        self->seen = 0;
        for (Value **at = order.top; at-- > order.at;) {
            Value *node = *at;
            if (at - order.at >= 32) fetch(at[-32], 0); /* whose turn comes soon */
            if (node->seen) { /* no gradient has reached it */
                node->seen = 0;
                node->grad = 0.0;
            }
            double upstream = node->grad;
            if (upstream == 0.0) continue;
            for (Py_ssize_t j = 0; j < node->arity; j++) {
                Value *arg = node->in[j].arg;
                if (!arg) continue;
                arg->grad = (arg->seen ? 0.0 : arg->grad) + node->in[j].partial * upstream;
                arg->seen = 0;
            }
        }
    }
    put_away(order);
    if (done < 0) return NULL;
    Py_RETURN_NONE;
}

PyObject *value_zero_grad(Value *self, PyObject *unused) {
    List order;
    int done = walk(only(self), &order, 0, NULL, NULL);
    for (Value **at = order.at; done == 0 && at < order.top; at++) (*at)->grad = 0.0;
    put_away(order);
    if (done < 0) return NULL;
    Py_RETURN_NONE;
}

PyObject *topological(PyObject *module, PyObject *const *roots, Py_ssize_t n) {
    List open = larger(empty_list(), n), order;
    PyObject *found = NULL;
    if (!open.at || open.end - open.top < n) {
        put_away(open);
        return NULL;
    }
    for (Py_ssize_t i = n - 1; i >= 0; i--) {
        if (!is_value(roots[i])) {
            PyErr_Format(PyExc_TypeError, "a graph is made of Values, not of %.100s", _PyType_Name(Py_TYPE(roots[i])));
            put_away(open);
            return NULL;
        }
        *open.top++ = (Value *)roots[i];
    }
    if (walk(open, &order, 0, NULL, NULL) == 0) found = PyList_New(order.top - order.at);
    for (Py_ssize_t i = 0; found && i < order.top - order.at; i++) PyList_SET_ITEM(found, i, Py_NewRef((PyObject *)order.at[i]));
    put_away(order);
    return found;
}

/* zero_grad(values): their gradients become 0. */
PyObject *zero_grad(PyObject *module, PyObject *given, PyObject *named) {
    static char *words[] = {"values", NULL};
    PyObject *values;
    if (!PyArg_ParseTupleAndKeywords(given, named, "O:zero_grad", words, &values)) return NULL;
    if (!Py_TYPE(values)->tp_iter) {
        PyErr_Format(PyExc_TypeError, "zero_grad takes an iterable of Values, not %.100s: [v] for one", _PyType_Name(Py_TYPE(values)));
        return NULL;
    }
    PyObject *all = PySequence_List(values);
    if (!all) return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(all); i++) {
        PyObject *value = PyList_GET_ITEM(all, i);
        if (!is_value(value)) {
            PyErr_Format(PyExc_TypeError, "zero_grad takes Values, not a %.100s", _PyType_Name(Py_TYPE(value)));
            Py_DECREF(all);
            return NULL;
        }
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(all); i++) ((Value *)PyList_GET_ITEM(all, i))->grad = 0.0;
    Py_DECREF(all);
    Py_RETURN_NONE;
}
