/* The one traversal of a graph, and the reverse sweep over it: what graph.topological and Value.backward say in Python.

   No Python code runs while a traversal goes on, so that no other thread sees its marks. */

#include "engine.h"

enum { SEEN = 1, DONE = 2 };
enum { AHEAD = 8 }; /* nodes that a sweep has fetched while it works */

static int push(List *list, Value *node) {
    if (list->size == list->room) {
        Py_ssize_t room = list->room ? 2 * list->room : 256;
        Value **at = PyMem_Realloc(list->at, (size_t)room * sizeof(Value *));
        if (!at) {
            PyErr_NoMemory();
            return -1;
        }
        list->at = at;
        list->room = room;
    }
    list->at[list->size++] = node;
    return 0;
}

static void unmark(List *order) {
    for (Py_ssize_t i = 0; i < order->size; i++) order->at[i]->seen = 0;
}

/* Every value that those in `stack` depend on, each after its operands. For a sweep (`stale` is not NULL) leaves are left out, a
   node with an operand whose number has changed since is put into `stale`, `hooked` is set where there are hooks, and the values stay
   marked. */
static int walk(List *stack, List *order, Value **stale, int *hooked) {
    int done = 0;
    while (stack->size) {
        Value *node = stack->at[stack->size - 1];
        if (node->seen) {
            stack->size--;
            if (node->seen == SEEN) {
                node->seen = DONE;
                if ((done = push(order, node)) < 0) break;
            }
            continue;
        }
        node->seen = SEEN;
        if (stale && node->hooked) *hooked = 1;
        for (int i = node->arity - 1; i >= 0; i--) {
            Value *arg = node->in[i].arg;
            if (!arg) continue;
            if (stale && arg->data != node->in[i].x && (arg->data == arg->data || node->in[i].x == node->in[i].x)) *stale = node;
            if (stale && arg->hooked) *hooked = 1;
            if (!arg->seen && (!stale || arg->arity)) {
                SOON(arg);
                if ((done = push(stack, arg)) < 0) break;
            }
        }
    }
    for (Py_ssize_t i = 0; i < stack->size; i++) stack->at[i]->seen = 0; /* some are left when memory ran out */
    PyMem_Free(stack->at);
    if (done < 0 || !stale) unmark(order);
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
    List stack = {0}, order = {0};
    Value *stale = NULL;
    int hooked = PyDict_GET_SIZE(left.modes) > 0;
    int done = push(&stack, self) < 0 ? -1 : walk(&stack, &order, &stale, &hooked);
    if (done == 0 && (stale || hooked)) {
        unmark(&order);
        PyMem_Free(order.at);
        return PyObject_CallFunctionObjArgs(stale ? left.stale : left.sweep, stale ? (PyObject *)stale : (PyObject *)self, NULL);
    }
    if (done == 0) {
        self->grad = self->arity ? 1.0 : self->grad + 1.0;
        self->seen = 0;
        for (Py_ssize_t i = order.size - 1; i >= 0; i--) {
            Value *node = order.at[i];
            if (i >= AHEAD) SOON(order.at[i - AHEAD]);
            if (node->seen) { /* no gradient has reached it */
                node->seen = 0;
                node->grad = 0.0;
            }
            double upstream = node->grad;
            if (upstream == 0.0) continue;
            for (int j = 0; j < node->arity; j++) {
                Value *arg = node->in[j].arg;
                if (!arg) continue;
                arg->grad = (arg->seen ? 0.0 : arg->grad) + node->in[j].partial * upstream;
                arg->seen = 0;
            }
        }
    }
    PyMem_Free(order.at);
    if (done < 0) return NULL;
    Py_RETURN_NONE;
}

PyObject *value_zero_grad(Value *self, PyObject *unused) {
    List stack = {0}, order = {0};
    int done = push(&stack, self) < 0 ? -1 : walk(&stack, &order, NULL, NULL);
    for (Py_ssize_t i = 0; done == 0 && i < order.size; i++) order.at[i]->grad = 0.0;
    PyMem_Free(order.at);
    if (done < 0) return NULL;
    Py_RETURN_NONE;
}

PyObject *topological(PyObject *module, PyObject *const *roots, Py_ssize_t n) {
    List stack = {0}, order = {0};
    PyObject *found = NULL;
    for (Py_ssize_t i = n - 1; i >= 0; i--) {
        if (!is_value(roots[i])) {
            PyErr_Format(PyExc_TypeError, "a graph is made of Values, not of %.100s", Py_TYPE(roots[i])->tp_name);
            PyMem_Free(stack.at);
            return NULL;
        }
        if (push(&stack, (Value *)roots[i]) < 0) {
            PyMem_Free(stack.at);
            return NULL;
        }
    }
    if (walk(&stack, &order, NULL, NULL) == 0) found = PyList_New(order.size);
    for (Py_ssize_t i = 0; found && i < order.size; i++) PyList_SET_ITEM(found, i, Py_NewRef((PyObject *)order.at[i]));
    PyMem_Free(order.at);
    return found;
}

/* zero_grad(values): their gradients become 0. */
PyObject *zero_grad(PyObject *module, PyObject *values) {
    if (!Py_TYPE(values)->tp_iter && !PySequence_Check(values)) {
        PyErr_Format(PyExc_TypeError, "zero_grad takes an iterable of Values, not %.100s: [v] for one", _PyType_Name(Py_TYPE(values)));
        return NULL;
    }
    PyObject *all = PySequence_Fast(values, "zero_grad takes an iterable of Values");
    if (!all) return NULL;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(all); i++) {
        PyObject *value = PySequence_Fast_GET_ITEM(all, i);
        if (!is_value(value)) {
            PyErr_Format(PyExc_TypeError, "zero_grad takes Values, not a %.100s", Py_TYPE(value)->tp_name);
            Py_DECREF(all);
            return NULL;
        }
    }
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(all); i++) ((Value *)PySequence_Fast_GET_ITEM(all, i))->grad = 0.0;
    Py_DECREF(all);
    Py_RETURN_NONE;
}
