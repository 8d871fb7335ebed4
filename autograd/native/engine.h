/* What the parts of the native engine share: the layout of a Value, and what they take from Python. */

#ifndef ENGINE_H
#define ENGINE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include "rows.h"

typedef struct Value Value;

typedef struct {
    Value *arg; /* NULL for a constant */
    double x;   /* its number when the value was made */
    double partial;
} Input;

/* A value is one block of memory: its number and gradient, the row of the op table that made it, and for every operand
   a pointer, its number and the partial derivative. Operands exist before what is made of them and never change, so there
   are no reference cycles, and the garbage collector is not asked to look for any. */
struct Value {
    PyObject_HEAD
    double data, grad;
    PyObject *name;      /* a str, or NULL */
    uint32_t arity;
    uint16_t row;        /* its place in the op table, LEAF for none */
    uint8_t seen;        /* how far a traversal has come with it, 0 outside of one */
    uint8_t hooked : 1;  /* it has hooks, in left.hooks */
    uint8_t compared : 1; /* Python compared it */
    Input in[];
};

enum { LEAF = 0xffff }; /* the row of what no operation made */

/* What is rare or goes wrong is left to Python, by these of its functions and tables, which `install` is given by name. */
#define LEFT_TO_PYTHON \
    LEFT(rows)        /* list: the Op of every place */ \
    LEFT(place)       /* dict: the place of every Op */ \
    LEFT(number)      /* (thing, what) -> float, or TypeError */ \
    LEFT(exceptional) /* (op, xs, wanted, args) -> (y, partials), or DomainError */ \
    LEFT(operate)     /* (op, a, b) -> Value or NotImplemented, for operands of other types */ \
    LEFT(record)      /* (op, args) -> Value, in a mode, and for a row that has no kernel here */ \
    LEFT(modes)       /* dict: the mode of every thread that is in one */ \
    LEFT(hooks)       /* dict: the hooks of a value, by its address */ \
    LEFT(sweep)       /* (root): the backward of roots with hooks, and of threads in a mode */ \
    LEFT(stale)       /* (node): raises StaleGraphError if it is */ \
    LEFT(text)        /* (name) -> it, or TypeError where it is none */ \
    LEFT(call)        /* (op, *args): a row called with whatever there is */ \
    LEFT(graph)       /* (root): its backward with create_graph */ \
    LEFT(watching)    /* list: empty unless somebody records for other points */ \
    LEFT(looked_at)   /* (value, what): ValueError if that is in this thread */ \
    LEFT(changed)     /* (value, what): likewise */ \
    LEFT(made)        /* (leaf): keeps it if somebody records so in this thread */

typedef struct {
#define LEFT(name) PyObject *name;
    LEFT_TO_PYTHON
#undef LEFT
} Left;

#if defined(__GNUC__)
#define ALWAYS_INLINE inline __attribute__((always_inline)) /* what is constant where it is called is known inside */
#else
#define ALWAYS_INLINE inline
#endif

/* The memory of a node, so many nodes after this one, is needed soon: of graphs larger than the caches, fetching it takes longer than all
   that is done with it. No node need stand there. */
#if defined(__GNUC__)
enum { STEP = sizeof(Value) + 2 * sizeof(Input), LINE = 64 };
static ALWAYS_INLINE void fetch(const Value *node, int after) {
    const char *numbers = (const char *)&node->data + after * STEP;
    __builtin_prefetch(numbers);
    __builtin_prefetch(numbers + LINE);
}
#else
#define fetch(node, after) ((void)0)
#endif

extern PyTypeObject *value_type;
extern Left left;

static inline int is_value(PyObject *thing) {
    return Py_TYPE(thing) == value_type || PyType_IsSubtype(Py_TYPE(thing), value_type);
}

/* node.c */
void memory_ready(void);
void in_large_pages(void *at, size_t size); /* where it is long, and the system has them: memory that was not touched yet */
enum { SHORT = 1 << 15, LONG = 1 << 20 }; /* nodes of a list that is kept, and of one that is made as long as there are nodes */
Value **list_of_nodes(Value **at, Py_ssize_t *room); /* `at` with so much room, or more, which it says then; NULL without memory */
PyObject *nodes(PyObject *module, PyObject *unused);
Value *new_node(PyTypeObject *type, uint16_t row, int arity);
void value_dealloc(PyObject *self);
PyObject *value_args(Value *self, void *unused);
PyObject *value_refresh(Value *self, PyObject *unused);
PyObject *row_call(PyObject *op, PyObject *const *given, Py_ssize_t n, PyObject *words);
PyObject *value_op(PyObject *unused, PyObject *const *given, Py_ssize_t n);
PyObject *number_positive(PyObject *a);
#define INFIX(slot, row) PyObject *number_##slot(PyObject *a, PyObject *b);
#define INFIX_OR_MODULAR(slot, row) PyObject *number_##slot(PyObject *a, PyObject *b, PyObject *modulus);
#define PREFIX(slot, row) PyObject *number_##slot(PyObject *a);
OPERATORS
#undef INFIX
#undef INFIX_OR_MODULAR
#undef PREFIX
#define METHOD(word, row) PyObject *method_##word(PyObject *self, PyObject *const *others, Py_ssize_t n, PyObject *words);
METHODS
#undef METHOD

/* sweep.c */
PyObject *value_backward(Value *self, PyObject *const *given, Py_ssize_t n, PyObject *words);
PyObject *value_zero_grad(Value *self, PyObject *unused);
PyObject *zero_grad(PyObject *module, PyObject *given, PyObject *named);
PyObject *topological(PyObject *module, PyObject *const *roots, Py_ssize_t n);

/* columns.c */
PyObject *get_numbers(PyObject *module, PyObject *const *given, Py_ssize_t n);
PyObject *set_numbers(PyObject *module, PyObject *const *given, Py_ssize_t n);
PyObject *add_gradients(PyObject *module, PyObject *const *given, Py_ssize_t n);
PyObject *columns(PyObject *module, PyObject *const *given, Py_ssize_t many);
PyObject *heaviest(PyObject *module, PyObject *given);
PyObject *alike(PyObject *module, PyObject *given);

/* tape.c */
extern PyType_Spec tape_spec;
PyObject *elementwise(PyObject *module, PyObject *const *given, Py_ssize_t many);

#endif
