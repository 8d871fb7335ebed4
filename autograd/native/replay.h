/* One pass over a tape for WIDTH points at once, included once for every width: FORWARD_NAME and REVERSE_NAME name the two.

   Instructions that carry on from one another, such as a sum's, are one loop: what they hand over stays in registers. */

static void FORWARD_NAME(const Tape *tape, double *v) {
    const Instruction *in = tape->instructions, *end = in + tape->size;
    double *y = v + (size_t)tape->first * WIDTH;
    for (; in < end; in++, y += WIDTH) {
        switch (in->row) {
#define ROW(row)                                                                                                       \
    case ROW_##row: {                                                                                                  \
        double carry[WIDTH];                                                                                           \
        for (int s = 0; s < WIDTH; s++) carry[s] = v[(size_t)in->arg[0] * WIDTH + s];                                  \
        for (;; in++, y += WIDTH) {                                                                                    \
            for (int s = 0; s < WIDTH; s++) {                                                                          \
                double x[MOST] = {carry[s]};                                                                           \
                for (int k = 1; k < ARITY_##row; k++) x[k] = v[(size_t)in->arg[k] * WIDTH + s];                        \
                y[s] = carry[s] = kernel_##row(x);                                                                     \
            }                                                                                                          \
            if (!in[1].carried) break;                                                                                 \
        }                                                                                                              \
        break;                                                                                                         \
    }
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
    while (in-- > tape->instructions) {
        y -= WIDTH;
        if (!in->wanted) continue;
        const double *u = g + (y - v);
        if (WIDTH == 1 && u[0] == 0.0) {
            for (int k = 0; k < MOST; k++)
                if (in->fresh & 1u << k) g[in->arg[k]] = 0.0;
            continue;
        }
        switch (in->row) {
#define ROW(row)                                                                                                       \
    case ROW_##row: {                                                                                                  \
        double up[WIDTH];                                                                                              \
        for (int s = 0; s < WIDTH; s++) up[s] = u[s];                                                                  \
        for (;; in--, y -= WIDTH) {                                                                                    \
            const unsigned wanted = in->wanted, fresh = in->fresh, carried = in->carried;                              \
            for (int s = 0; s < WIDTH; s++) {                                                                          \
                double x[MOST], partials[MOST] = {0};                                                                  \
                for (int k = 0; k < ARITY_##row; k++) x[k] = v[(size_t)in->arg[k] * WIDTH + s];                        \
                partials_##row(y[s], x, wanted, partials);                                                             \
                const double upstream = up[s];                                                                         \
                for (int k = 0; k < ARITY_##row; k++)                                                                  \
                    if (wanted & 1u << k) {                                                                            \
                        const double flow = WIDTH == 1 || upstream != 0.0 ? partials[k] * upstream : 0.0;              \
                        double *slope = g + (size_t)in->arg[k] * WIDTH + s;                                            \
                        if (k == 0 && carried) up[s] = flow;                                                           \
                        else *slope = fresh & 1u << k ? flow : *slope + flow;                                          \
                    }                                                                                                  \
            }                                                                                                          \
            if (!carried || !(wanted & 1u)) break;                                                                     \
            if (WIDTH == 1 && up[0] == 0.0) {                                                                          \
                g[in->arg[0]] = 0.0;                                                                                   \
                break;                                                                                                 \
            }                                                                                                          \
        }                                                                                                              \
        break;                                                                                                         \
    }
            ROWS
            ROW(product_sum)
#undef ROW
        }
    }
}
