/* What a tape runs: instructions over numbered slots, made from the rows of a graph. A product and the sum that alone reads it become one;
   what an instruction leaves to the next, and where gradients go first, is marked once, so that a run need not ask. */

typedef struct {
    uint8_t row;
    uint8_t carried; /* 1, 2, …: this operand is the result of the instruction before, which nobody else reads; 0: none is */
    uint16_t kind;   /* all that tells what to do, for one jump: KIND of the two above and of WANTED and FRESH */
    int32_t arg[MOST];
} Instruction;

#define KIND(row, carried, wanted, fresh) (((unsigned)(row) * (MOST + 1) + (carried)) << 6 | (fresh) << 3 | (wanted))
#define FORM(in) ((in)->kind >> 6)       /* its row, and the operand that it carries on */
#define WANTED(in) ((in)->kind & 7u)     /* a bit for every operand that depends on a parameter */
#define FRESH(in) ((in)->kind >> 3 & 7u) /* a bit for every operand whose gradient this is the first to reach */

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

_Static_assert(KERNEL_COUNT < 255, "a row fits into a byte");
_Static_assert(MOST == 3, "replay.h writes its operands out");

/* a + b · c: what a sum of products is made of is one instruction; its rules are those of the two rows it stands for. */
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
        in->carried = 0;
        for (int k = 0; last > tape->first && uses[last - 1] == 1 && k < arity(in); k++)
            if (in->arg[k] == last - 1) in->carried = (uint8_t)(k + 1);
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
        in->kind = (uint16_t)KIND(in->row, in->carried, 0, 0);
        for (int k = 0; k < arity(in); k++) {
            if (!marks[in->arg[k]]) continue;
            in->kind |= (uint16_t)(1 << k);
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
            if (!(WANTED(in) & 1u << k) || marks[in->arg[k]]) continue;
            in->kind |= (uint16_t)(8 << k);
            marks[in->arg[k]] = 1;
        }
    }
}
