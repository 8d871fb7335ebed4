/* One pass over a tape for WIDTH points at once, included once for every width: FORWARD_NAME and REVERSE_NAME name the two.

   What an instruction carries on to the next stays in registers; those that carry on from one another by the same operand of the same
   row, such as a sum's, are one loop. */

#ifndef FORMS
#define FORMS(row) FORM_OF(row, 0) FORM_OF(row, 1) FORM_OF(row, 2) FORM_OF(row, 3)

/* Points do not read what others write, which a compiler that computes several at once cannot see. */
#if defined(__GNUC__) && !defined(__clang__)
#define POINTS _Pragma("GCC ivdep") for (int s = 0; s < WIDTH; s++)
#else
#define POINTS for (int s = 0; s < WIDTH; s++)
#endif

/* For one operand each: loops over them would be unrolled at -O3 only, which takes four times as long to compile. */
#define READ(row, k, operand, last)                                                                                    \
    if (k < ARITY_##row) x[k] = k == operand - 1 ? last[s] : v[(size_t)in->arg[k] * WIDTH + s];
#define PASS(row, k, operand)                                                                                          \
    if (k < ARITY_##row && wanted & 1u << k) {                                                                         \
        const double whole = partials[k] * upstream, flow = WIDTH == 1 || upstream != 0.0 ? whole : 0.0;               \
        double *slope = g + (size_t)in->arg[k] * WIDTH + s;                                                            \
        if (k == operand - 1) up[s] = flow;                                                                            \
        else *slope = fresh & 1u << k ? flow : *slope + flow;                                                          \
    }
#endif

static void FORWARD_NAME(const Tape *tape, double *v) {
    const Instruction *in = tape->instructions, *end = in + tape->size;
    double *y = v + (size_t)tape->first * WIDTH, last[WIDTH] = {0};
    for (; in < end; in++, y += WIDTH) {
        switch (FORM(in)) {
#define FORM_OF(row, operand)                                                                                          \
    case ROW_##row * (MOST + 1) + operand:                                                                             \
        if (operand > ARITY_##row) break;                                                                              \
        for (;; in++, y += WIDTH) {                                                                                    \
            POINTS {                                                                                                   \
                double x[MOST];                                                                                        \
                READ(row, 0, operand, last) READ(row, 1, operand, last) READ(row, 2, operand, last)                    \
                y[s] = last[s] = kernel_##row(x);                                                                      \
            }                                                                                                          \
            if (!operand || FORM(in + 1) != FORM(in)) break;                                                           \
        }                                                                                                              \
        break;
#define ROW FORMS
            ROWS
            ROW(product_sum)
#undef ROW
#undef FORM_OF
        }
    }
}

/* An instruction and those before it that are alike, of which each passes on to the next in registers. */
#ifndef SWEEP
#define SWEEP(row, operand, which, first, alike)                                                                       \
        for (;;) {                                                                                                     \
            const unsigned wanted = which, fresh = first;                                                              \
            POINTS {                                                                                                   \
                double x[MOST], partials[MOST] = {0};                                                                  \
                READ(row, 0, 0, up) READ(row, 1, 0, up) READ(row, 2, 0, up)                                            \
                partials_##row(y[s], x, wanted, partials);                                                             \
                const double upstream = up[s];                                                                         \
                PASS(row, 0, operand) PASS(row, 1, operand) PASS(row, 2, operand)                                      \
            }                                                                                                          \
            if (!operand || !(wanted & 1u << (operand - 1))) break;                                                    \
            in--, y -= WIDTH;                                                                                          \
            if (!(alike) || (WIDTH == 1 && up[0] == 0.0)) goto carried;                                                \
        }                                                                                                              \
        continue;
#endif

/* A gradient of exactly 0 passes nothing on, as in value_backward. What reaches a slot first is stored there, what comes later is
   added, so that slots need not be set to 0 before. */
static void REVERSE_NAME(const Tape *tape, const double *v, double *g) {
    const Instruction *in = tape->instructions + tape->size;
    const double *y = v + (size_t)(tape->first + tape->size) * WIDTH;
    while (in-- > tape->instructions) {
        y -= WIDTH;
        if (!WANTED(in)) continue;
        double up[WIDTH];
        for (int s = 0; s < WIDTH; s++) up[s] = g[(y - v) + s];
    carried:
        if (WIDTH == 1 && up[0] == 0.0) {
            for (int k = 0; k < MOST; k++)
                if (FRESH(in) & 1u << k) g[in->arg[k]] = 0.0;
            continue;
        }
        switch (in->kind) { /* for quick rows, asking what is wanted and fresh takes as long as doing it */
#define KIND_OF(row, operand, which, first)                                                                            \
    case KIND(ROW_##row, operand, which, first): SWEEP(row, operand, which, first, in->kind == in[1].kind)
            KINDS
#undef KIND_OF
        }
        switch (FORM(in)) {
#define FORM_OF(row, operand)                                                                                          \
    case ROW_##row * (MOST + 1) + operand:                                                                             \
        if (operand > ARITY_##row) break;                                                                              \
        SWEEP(row, operand, WANTED(in), FRESH(in), FORM(in) == FORM(in + 1))
#define ROW FORMS
            ROWS
            ROW(product_sum)
#undef ROW
#undef FORM_OF
        }
    }
}
