/* One pass over a tape for WIDTH points at once, included once for every width: FORWARD_NAME and REVERSE_NAME name the two. */

static void FORWARD_NAME(const Tape *tape, double *v) {
    const Instruction *in = tape->instructions;
    double *y = v + (size_t)tape->first * WIDTH;
    for (Py_ssize_t i = 0; i < tape->size; i++, in++, y += WIDTH) {
        switch (in->row) {
#define ROW(row)                                                                                                       \
    case ROW_##row:                                                                                                    \
        for (int s = 0; s < WIDTH; s++) {                                                                              \
            double x[MOST];                                                                                            \
            for (int k = 0; k < ARITY_##row; k++) x[k] = v[(size_t)in->arg[k] * WIDTH + s];               \
            y[s] = kernel_##row(x);                                                                                    \
        }                                                                                                              \
        break;
            ROWS
            ROW(product_sum)
#undef ROW
        }
    }
}

/* A gradient of exactly 0 passes nothing on, as in value_backward. What reaches a slot first is stored there, what comes later is
   added, so that slots need not be set to 0 before. */
static void REVERSE_NAME(const Tape *tape, const double *v, double *g) {
    const Instruction *in = tape->instructions + tape->size;
    const double *y = v + (size_t)(tape->first + tape->size) * WIDTH;
    const double *u = g + (size_t)(tape->first + tape->size) * WIDTH;
    while (in-- > tape->instructions) {
        y -= WIDTH;
        u -= WIDTH;
        const unsigned wanted = in->wanted, fresh = in->fresh;
        if (!wanted) continue;
        if (WIDTH == 1 && u[0] == 0.0) {
            for (int k = 0; k < MOST; k++)
                if (fresh & 1u << k) g[in->arg[k]] = 0.0;
            continue;
        }
        switch (in->row) {
#define ROW(row)                                                                                                       \
    case ROW_##row:                                                                                                    \
        for (int s = 0; s < WIDTH; s++) {                                                                              \
            const double up = u[s];                                                                                    \
            double x[MOST], partials[MOST] = {0};                                                                      \
            for (int k = 0; k < ARITY_##row; k++) x[k] = v[(size_t)in->arg[k] * WIDTH + s];               \
            partials_##row(y[s], x, wanted, partials);                                                                 \
            for (int k = 0; k < ARITY_##row; k++)                                                         \
                if (wanted & 1u << k) {                                                                                \
                    double flow = WIDTH == 1 || up != 0.0 ? partials[k] * up : 0.0;                                    \
                    double *slope = g + (size_t)in->arg[k] * WIDTH + s;                                                \
                    *slope = fresh & 1u << k ? flow : *slope + flow;                                                   \
                }                                                                                                      \
        }                                                                                                              \
        break;
            ROWS
            ROW(product_sum)
#undef ROW
        }
    }
}
