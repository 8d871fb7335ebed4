/* The Value of value.py as a native type: the same attributes, the same numbers, recorded and swept in C. */

#include "engine.h"
#include "docs.h"

PyTypeObject *value_type;
Left left;

/* ---- construction ---- */


static int give_name(PyObject *self, PyObject *name) {
    int is_one = PyUnicode_CheckExact(name) && PyUnicode_GET_LENGTH(name) && !Py_UNICODE_ISSPACE(PyUnicode_READ_CHAR(name, 0));
    PyObject *text = is_one ? Py_NewRef(name) : PyObject_CallOneArg(left.text, name);
    if (text) Py_XSETREF(((Value *)self)->name, text);
    return text ? 0 : -1;
}

static PyObject *value_named(PyObject *self, PyObject *given, PyObject *named) {
    static char *words[] = {"name", NULL};
    PyObject *name;
    if (!PyArg_ParseTupleAndKeywords(given, named, "O:named", words, &name)) return NULL;
    return give_name(self, name) < 0 ? NULL : Py_NewRef(self);
}

static int set_number(double *place, PyObject *thing, const char *what) {
    if (!thing) {
        PyErr_Format(PyExc_AttributeError, "%s is not deleted", what);
        return -1;
    }
    if (PyFloat_CheckExact(thing)) {
        *place = PyFloat_AS_DOUBLE(thing);
        return 0;
    }
    PyObject *number = PyObject_CallFunction(left.number, "Os", thing, what);
    if (!number) return -1;
    *place = PyFloat_AsDouble(number);
    Py_DECREF(number);
    return 0;
}

static int value_init(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *words[] = {"data", "name", NULL};
    PyObject *data, *name = Py_None;
    if (!kwargs && PyTuple_GET_SIZE(args) == 1) data = PyTuple_GET_ITEM(args, 0);
    else if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|$O:Value", words, &data, &name)) return -1;
    if (set_number(&((Value *)self)->data, data, "the data of a Value") < 0) return -1;
    if (name == Py_None) return 0;
    PyObject *named = PyObject_CallMethod(self, "named", "(O)", name);
    Py_XDECREF(named);
    return named ? 0 : -1;
}

/* The place of an Op among the rows; one that the table does not have is put behind them. -1 with an error. */
static long place_of(PyObject *op) {
    PyObject *found = PyDict_GetItemWithError(left.place, op);
    if (found || PyErr_Occurred()) return found ? PyLong_AsLong(found) : -1;
    Py_ssize_t many = PyList_GET_SIZE(left.rows);
    if (many >= LEAF) {
        PyErr_SetString(PyExc_OverflowError, "there are 65535 operations already");
        return -1;
    }
    PyObject *place = PyLong_FromSsize_t(many);
    int bad = !place || PyList_Append(left.rows, op) < 0 || PyDict_SetItem(left.place, op, place) < 0; /* a row without a place does no harm */
    Py_XDECREF(place);
    return bad ? -1 : (long)many;
}

/* Value.recorded(op, args, primals, partials, data, grad, name): a node as it was, for copies and pickles. */
static PyObject *value_recorded(PyObject *type, PyObject *given, PyObject *named) {
    static char *words[] = {"op", "args", "primals", "partials", "data", "grad", "name", NULL};
    PyObject *op, *args, *primals, *partials, *name;
    double data, grad;
    if (!PyArg_ParseTupleAndKeywords(given, named, "OO!O!O!ddO:recorded", words, &op, &PyTuple_Type, &args, &PyTuple_Type, &primals,
                                     &PyTuple_Type, &partials, &data, &grad, &name)) return NULL;
    Py_ssize_t arity = PyTuple_GET_SIZE(args);
    PyObject *takes = op == Py_None ? PyLong_FromLong(0) : PyObject_GetAttrString(op, "arity");
    Py_ssize_t many = takes ? PyLong_AsSsize_t(takes) : -1;
    Py_XDECREF(takes);
    if (PyErr_Occurred()) return NULL;
    if (arity != many || PyTuple_GET_SIZE(primals) != many || PyTuple_GET_SIZE(partials) != many || many > INT_MAX) {
        PyErr_SetString(PyExc_TypeError, "a recorded node has as many operands, primals and partial derivatives as its operation takes");
        return NULL;
    }
    long row = op == Py_None ? LEAF : place_of(op);
    if (row < 0) return NULL;
    Value *node = new_node(arity ? value_type : (PyTypeObject *)type, (uint16_t)row, (int)arity);
    if (!node) return NULL;
    node->data = data;
    node->grad = grad;
    int bad = name != Py_None && give_name((PyObject *)node, name) < 0;
    for (Py_ssize_t i = 0; i < arity; i++) {
        PyObject *arg = PyTuple_GET_ITEM(args, i), *partial = PyTuple_GET_ITEM(partials, i);
        node->in[i].arg = is_value(arg) ? (Value *)Py_NewRef(arg) : NULL;
        node->in[i].x = node->in[i].partial = 0.0;
        if (!bad) bad = (node->in[i].x = PyFloat_AsDouble(PyTuple_GET_ITEM(primals, i))) == -1.0 && PyErr_Occurred();
        if (!bad && node->in[i].arg) bad = (node->in[i].partial = PyFloat_AsDouble(partial)) == -1.0 && PyErr_Occurred();
    }
    if (bad) Py_CLEAR(node);
    return (PyObject *)node;
}

/* ---- attributes ---- */

/* `data` and `grad` are what a user reads and sets, `_data` and `_grad` the same numbers for the package itself, whoever is watching. */
static PyObject *get_plain_data(Value *self, void *unused) { return PyFloat_FromDouble(self->data); }
static PyObject *get_plain_grad(Value *self, void *unused) { return PyFloat_FromDouble(self->grad); }

static int told(PyObject *whom, Value *self, const char *what) {
    PyObject *outcome = PyObject_CallFunction(whom, "Os", self, what);
    Py_XDECREF(outcome);
    return outcome != NULL;
}

static inline int watched(void) { return PyList_GET_SIZE(left.watching) > 0; }

static PyObject *value_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    Value *leaf = new_node(type, LEAF, 0);
    PyObject *kept = leaf && watched() ? PyObject_CallOneArg(left.made, (PyObject *)leaf) : Py_NewRef(Py_None);
    if (!kept) Py_CLEAR(leaf);
    Py_XDECREF(kept);
    return (PyObject *)leaf;
}

static PyObject *get_data(Value *self, void *unused) {
    return watched() && !told(left.looked_at, self, "data") ? NULL : PyFloat_FromDouble(self->data);
}

static PyObject *get_grad(Value *self, void *unused) {
    return watched() && !told(left.looked_at, self, "grad") ? NULL : PyFloat_FromDouble(self->grad);
}
static PyObject *get_name(Value *self, void *unused) { return Py_NewRef(self->name ? self->name : Py_None); }
static PyObject *get_op(Value *self, void *unused) { return Py_NewRef(self->row == LEAF ? Py_None : PyList_GET_ITEM(left.rows, self->row)); }

static PyObject *get_partials(Value *self, void *unused) {
    PyObject *partials = PyTuple_New(self->arity);
    for (Py_ssize_t i = 0; partials && i < self->arity; i++) {
        PyObject *partial = self->in[i].arg ? PyFloat_FromDouble(self->in[i].partial) : Py_NewRef(Py_None);
        if (partial) PyTuple_SET_ITEM(partials, i, partial);
        else Py_CLEAR(partials);
    }
    return partials;
}

static PyObject *get_primals(Value *self, void *unused) {
    PyObject *primals = PyTuple_New(self->arity);
    for (Py_ssize_t i = 0; primals && i < self->arity; i++) {
        PyObject *x = PyFloat_FromDouble(self->in[i].x);
        if (x) PyTuple_SET_ITEM(primals, i, x);
        else Py_CLEAR(primals);
    }
    return primals;
}

static PyObject *get_hooks(Value *self, void *unused) {
    if (!self->hooked) Py_RETURN_NONE;
    PyObject *key = PyLong_FromVoidPtr(self), *hooks = key ? PyDict_GetItemWithError(left.hooks, key) : NULL;
    Py_XDECREF(key);
    return Py_XNewRef(hooks);
}

static int set_hooks(Value *self, PyObject *hooks, void *unused) {
    PyObject *key = PyLong_FromVoidPtr(self);
    int done = !key || !hooks ? -1 : PyDict_SetItem(left.hooks, key, hooks);
    Py_XDECREF(key);
    if (done == 0) self->hooked = 1;
    else if (!PyErr_Occurred()) PyErr_SetString(PyExc_AttributeError, "hooks are not deleted, but removed one by one");
    return done;
}

static int set_plain_data(Value *self, PyObject *thing, void *unused) { return set_number(&self->data, thing, "the data of a Value"); }
static int set_plain_grad(Value *self, PyObject *thing, void *unused) { return set_number(&self->grad, thing, "the gradient of a Value"); }

static int set_data(Value *self, PyObject *thing, void *unused) {
    return watched() && !told(left.changed, self, "data") ? -1 : set_plain_data(self, thing, NULL);
}

static int set_grad(Value *self, PyObject *thing, void *unused) {
    return watched() && !told(left.changed, self, "grad") ? -1 : set_plain_grad(self, thing, NULL);
}

static int set_name(Value *self, PyObject *name, void *unused) {
    if (name == Py_None) {
        Py_CLEAR(self->name);
        return 0;
    }
    if (!name) PyErr_SetString(PyExc_AttributeError, "the name of a Value is not deleted, but set to None");
    return name ? give_name((PyObject *)self, name) : -1;
}

static PyObject *get_compared(Value *self, void *unused) { return PyBool_FromLong(self->compared); }

static int set_compared(Value *self, PyObject *flag, void *unused) {
    self->compared = flag == Py_True;
    return 0;
}

static PyGetSetDef attributes[] = {
    {"data", (getter)get_data, (setter)set_data, DOC_data, NULL},
    {"grad", (getter)get_grad, (setter)set_grad, DOC_grad, NULL},
    {"name", (getter)get_name, (setter)set_name, DOC_name, NULL},
    {"op", (getter)get_op, NULL, DOC_op, NULL},
    {"args", (getter)value_args, NULL, DOC_args, NULL},
    {"primals", (getter)get_primals, NULL, DOC_primals, NULL},
    {"partials", (getter)get_partials, NULL, DOC_partials, NULL},
    {"_data", (getter)get_plain_data, (setter)set_plain_data, NULL, NULL},
    {"_grad", (getter)get_plain_grad, (setter)set_plain_grad, NULL, NULL},
    {"_hooks", (getter)get_hooks, (setter)set_hooks, "a dict of what is called with its gradient, or None", NULL},
    {"_compared", (getter)get_compared, (setter)set_compared, "whether Python compared it", NULL},
    {NULL},
};

/* `data` and `grad` are read and written more often than everything else together, and found here without the search through the
   type that other attributes take; unless a subclass has its own. */
static PyObject *word_data, *word_grad;

static inline int as_here(PyTypeObject *type) {
    static PyTypeObject *known;
    static unsigned int version;
    if (type == value_type || (type == known && type->tp_version_tag == version)) return 1;
    if (_PyType_Lookup(type, word_data) != _PyType_Lookup(value_type, word_data)) return 0;
    if (_PyType_Lookup(type, word_grad) != _PyType_Lookup(value_type, word_grad)) return 0;
    known = PyType_HasFeature(type, Py_TPFLAGS_VALID_VERSION_TAG) ? type : NULL;
    version = type->tp_version_tag;
    return 1;
}

static PyObject *value_getattro(PyObject *self, PyObject *name) {
    if (name == word_grad && as_here(Py_TYPE(self))) return get_grad((Value *)self, NULL);
    if (name == word_data && as_here(Py_TYPE(self))) return get_data((Value *)self, NULL);
    return PyObject_GenericGetAttr(self, name);
}

static int value_setattro(PyObject *self, PyObject *name, PyObject *thing) {
    if (name == word_grad && as_here(Py_TYPE(self))) return set_grad((Value *)self, thing, NULL);
    if (name == word_data && as_here(Py_TYPE(self))) return set_data((Value *)self, thing, NULL);
    return PyObject_GenericSetAttr(self, name, thing);
}

static PyObject *value_sizeof(Value *self, PyObject *unused) {
    return PyLong_FromSsize_t(Py_TYPE(self)->tp_basicsize + self->arity * (Py_ssize_t)sizeof(Input));
}

#define METHOD(word, row) {#word, (PyCFunction)(void (*)(void))method_##word, METH_FASTCALL | METH_KEYWORDS, DOC_##word},
static PyMethodDef methods[] = {
    METHODS
    {"__op__", (PyCFunction)(void (*)(void))value_op, METH_FASTCALL | METH_STATIC, DOC___op__},
    {"backward", (PyCFunction)(void (*)(void))value_backward, METH_FASTCALL | METH_KEYWORDS, DOC_backward},
    {"refresh", (PyCFunction)value_refresh, METH_NOARGS, DOC_refresh},
    {"zero_grad", (PyCFunction)value_zero_grad, METH_NOARGS, DOC_zero_grad},
    {"named", (PyCFunction)(void (*)(void))value_named, METH_VARARGS | METH_KEYWORDS, DOC_named},
    {"recorded", (PyCFunction)(void (*)(void))value_recorded, METH_VARARGS | METH_KEYWORDS | METH_CLASS, DOC_recorded},
    {"__sizeof__", (PyCFunction)value_sizeof, METH_NOARGS, NULL},
    {NULL},
};

/* ---- the module ---- */

static PyMethodDef calling = {"__call__", (PyCFunction)(void (*)(void))row_call, METH_FASTCALL | METH_KEYWORDS, DOC___call__};

/* calls(Op): its __call__, for which Values and numbers are quick. */
static PyObject *calls(PyObject *module, PyObject *type) {
    if (PyType_Check(type)) return PyDescr_NewMethod((PyTypeObject *)type, &calling);
    PyErr_SetString(PyExc_TypeError, "calls takes a class");
    return NULL;
}

/* Take one of what is left to Python, for as long as the process lives; 0, and the error set, where it is not given. */
static int taken_over(PyObject *named, const char *name, PyObject **place) {
    PyObject *thing = named ? PyDict_GetItemString(named, name) : NULL;
    if (!thing) PyErr_Format(PyExc_TypeError, "install is to be given %s, as LEFT_TO_PYTHON in engine.h lists it", name);
    else *place = Py_NewRef(thing);
    return thing != NULL;
}

static PyObject *install(PyObject *module, PyObject *given, PyObject *named) {
#define LEFT(name) if (!taken_over(named, #name, &left.name)) return NULL;
    LEFT_TO_PYTHON
#undef LEFT
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"install", (PyCFunction)(void (*)(void))install, METH_VARARGS | METH_KEYWORDS, NULL},
    {"nodes", nodes, METH_NOARGS, NULL},
    {"topological", (PyCFunction)(void (*)(void))topological, METH_FASTCALL, NULL},
    {"zero_grad", (PyCFunction)(void (*)(void))zero_grad, METH_VARARGS | METH_KEYWORDS, NULL},
    {"heaviest", heaviest, METH_VARARGS, NULL},
    {"alike", alike, METH_VARARGS, NULL},
    {"calls", calls, METH_O, NULL},
    {"columns", (PyCFunction)(void (*)(void))columns, METH_FASTCALL, NULL},
    {"get_numbers", (PyCFunction)(void (*)(void))get_numbers, METH_FASTCALL, NULL},
    {"set_numbers", (PyCFunction)(void (*)(void))set_numbers, METH_FASTCALL, NULL},
    {"elementwise", (PyCFunction)(void (*)(void))elementwise, METH_FASTCALL, NULL},
    {"add_gradients", (PyCFunction)(void (*)(void))add_gradients, METH_FASTCALL, NULL},
    {NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_engine", NULL, -1, functions};

static PyType_Slot slots[] = {
    {Py_tp_doc, DOC_Value},
    {Py_tp_new, value_new},
    {Py_tp_init, value_init},
    {Py_tp_dealloc, value_dealloc},
    {Py_tp_getattro, value_getattro},
    {Py_tp_setattro, value_setattro},
    {Py_tp_getset, attributes},
    {Py_tp_methods, methods},
    {Py_nb_positive, number_positive},
#define SLOT(slot, row) {Py_nb_##slot, number_##slot},
#define INFIX SLOT
#define INFIX_OR_MODULAR SLOT
#define PREFIX SLOT
    OPERATORS
    {0, NULL},
};

static PyType_Spec spec = {"autograd.value.Value", sizeof(Value), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

PyMODINIT_FUNC PyInit__engine(void) {
    PyObject *module = PyModule_Create(&definition), *tape = PyType_FromSpec(&tape_spec);
    memory_ready();
    value_type = (PyTypeObject *)PyType_FromSpec(&spec);
    word_data = PyUnicode_InternFromString("data");
    word_grad = PyUnicode_InternFromString("grad");
    if (!module || !value_type || PyModule_AddObjectRef(module, "Value", (PyObject *)value_type) < 0
        || !tape || !word_data || !word_grad || PyModule_AddObjectRef(module, "Tape", tape) < 0 || PyModule_AddStringConstant(module, "DIGEST", DIGEST) < 0) return NULL;
    return module;
}
