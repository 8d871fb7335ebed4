/* Memory for nodes, and for lists of them: blocks, each for nodes of one arity, filled from the beginning to the end.

   Every pass over a graph that is larger than the caches waits for memory, and memory that is asked for in order is fetched before it is
   needed. So nodes stand in the order in which they were made, and a block whose nodes are all gone is filled from its beginning again,
   however mixed they went. Blocks are cut from chunks, which the system may have when nothing in them is used. */

#ifdef __linux__
#include <sys/mman.h>
#endif

enum { BLOCK = 1 << 16, LARGE_PAGE = 1 << 21 };                 /* bytes; a page where the system has large ones */
enum { SMALLEST = 1 << 18, LARGEST = 1 << 25, KEPT = 3 << 25 }; /* bytes of a chunk, and of the chunks without a node that are not lent */

typedef struct Link Link; /* rings of blocks and of chunks */
struct Link {
    Link *next, *previous;
};

typedef struct {
    Link link; /* of those that the system may take */
    size_t size;
    int used;    /* of its blocks */
    char *uncut; /* from here on there are no blocks yet, and the system need not have given any memory */
    char room[]; /* the blocks, from the first address on that is a multiple of BLOCK */
} Chunk;

typedef struct {
    Link link; /* of the blocks of an arity that have room, or of the empty ones */
    Chunk *chunk;
    Value *freed;       /* nodes that were let go of, chained by their names */
    char *fresh, *end;  /* from `fresh` on nothing was used since the block was empty */
    int arity, live;    /* `live` nodes are in use */
    int listed;         /* it is in the ring of its arity */
} Block;

static Link with_room[MOST + 1]; /* blocks; nodes are taken from the first one of their arity */
static Link empty, lent;         /* blocks, and chunks */
static Chunk *cutting;           /* the chunk that new blocks come from */
static size_t held, unused;      /* bytes of all chunks, and of those that have no node and are not lent */
static Py_ssize_t alive;         /* nodes in use */

static void put_before(Link *place, Link *it) {
    it->next = place;
    it->previous = place->previous;
    it->previous->next = place->previous = it;
}

static void take_out(Link *it) {
    it->previous->next = it->next;
    it->next->previous = it->previous;
}

static char *first_block(const Chunk *chunk) { return (char *)(((uintptr_t)chunk->room + BLOCK - 1) & ~(uintptr_t)(BLOCK - 1)); }

#ifdef __linux__
/* Tell the system what to expect of the pages from `at` to `end`. */
static void advise(const void *at, const void *end, uintptr_t page, int advice) {
    uintptr_t from = ((uintptr_t)at + page - 1) & ~(page - 1), to = (uintptr_t)end & ~(page - 1);
    if (from < to) madvise((void *)from, to - from, advice);
}
#endif

void memory_ready(void) {
    for (int arity = 0; arity <= MOST; arity++) with_room[arity].next = with_room[arity].previous = &with_room[arity];
    empty.next = empty.previous = &empty;
    lent.next = lent.previous = &lent;
}

static size_t size_of(int arity) { return sizeof(Value) + (size_t)arity * sizeof(Input); }

/* ---- blocks ---- */

/* A chunk to cut blocks from: one that was lent, or else as much memory again as there is. */
static Chunk *another_chunk(void) {
    Chunk *chunk = (Chunk *)lent.next;
    if (lent.next != &lent) {
        take_out(lent.next);
    } else {
        size_t size = held < SMALLEST ? SMALLEST : held < LARGEST ? held : LARGEST;
        chunk = PyMem_RawMalloc(size);
        if (!chunk) return NULL;
        chunk->size = size;
        held += size;
#ifdef MADV_HUGEPAGE
        if (size == LARGEST) advise(first_block(chunk), (char *)chunk + size, LARGE_PAGE, MADV_HUGEPAGE); /* of less, one is too much to waste */
#endif
    }
    chunk->used = 0;
    chunk->uncut = first_block(chunk);
    unused += chunk->size;
    return chunk;
}

/* The system may take the memory of a chunk that has no node; where it takes it only when it needs it, the chunk stays in sight. */
static void lend(Chunk *chunk) {
    for (char *at = first_block(chunk); at < chunk->uncut; at += BLOCK) take_out((Link *)at);
    unused -= chunk->size;
#ifdef MADV_FREE
    advise(first_block(chunk), (char *)chunk + chunk->size, BLOCK, MADV_FREE);
    put_before(lent.next, &chunk->link);
#else
    held -= chunk->size;
    PyMem_RawFree(chunk);
#endif
}

/* A block without nodes, in no ring; NULL when memory has run out. */
static Block *empty_block(void) {
    Block *block = (Block *)empty.next;
    if (empty.next != &empty) {
        take_out(empty.next);
        return block;
    }
    if (!cutting || cutting->uncut + BLOCK > (char *)cutting + cutting->size) {
        Chunk *chunk = another_chunk();
        if (!chunk) return NULL;
        cutting = chunk;
    }
    block = (Block *)cutting->uncut;
    cutting->uncut += BLOCK;
    block->chunk = cutting;
    return block;
}

/* The first block of this arity that has room; NULL when memory has run out. */
static Block *block_with_room(int arity) {
    Link *ring = &with_room[arity];
    while (ring->next != ring) {
        Block *block = (Block *)ring->next;
        if (block->freed || block->fresh != block->end) return block;
        take_out(ring->next);
        block->listed = 0;
    }
    Block *block = empty_block();
    if (!block) return NULL;
    put_before(ring, &block->link);
    if (!block->chunk->used++) unused -= block->chunk->size;
    block->freed = NULL;
    block->fresh = (char *)(block + 1);
    block->end = block->fresh + (BLOCK - sizeof(Block)) / size_of(arity) * size_of(arity);
    block->arity = arity;
    block->live = 0;
    block->listed = 1;
    return block;
}

/* The last node of a block is gone. */
static void emptied(Block *block) {
    Chunk *chunk = block->chunk;
    block->freed = NULL;
    block->fresh = (char *)(block + 1);
    if (with_room[block->arity].next == &block->link) return; /* the next node is made here */
    take_out(&block->link);
    put_before(empty.next, &block->link); /* what was emptied last is filled first: a graph is let go of from its end */
    if (--chunk->used) return;
    unused += chunk->size;
    if (unused > KEPT && chunk != cutting) lend(chunk);
}

/* ---- nodes ---- */

static inline Value *taken(int arity) {
    Block *block = (Block *)with_room[arity].next;
    if (with_room[arity].next == &with_room[arity] || (!block->freed && block->fresh == block->end)) {
        block = block_with_room(arity);
        if (!block) return NULL;
    }
    Value *node = block->freed;
    if (node) {
        block->freed = (Value *)node->name;
    } else {
        node = (Value *)block->fresh;
        block->fresh += size_of(arity);
    }
    block->live++;
    alive++;
    return node;
}

static inline void given_back(Value *node) {
    Block *block = (Block *)((uintptr_t)node & ~(uintptr_t)(BLOCK - 1));
    node->name = (PyObject *)block->freed;
    block->freed = node;
    if (!block->listed) {
        put_before(&with_room[block->arity], &block->link);
        block->listed = 1;
    }
    alive--;
    if (!--block->live) emptied(block);
}

/* ---- lists, and whatever else is long ---- */

void in_large_pages(void *at, size_t size) {
#ifdef MADV_HUGEPAGE
    if (size >= 2 * LARGE_PAGE) advise(at, (char *)at + size, LARGE_PAGE, MADV_HUGEPAGE);
#endif
}

Value **list_of_nodes(Value **at, Py_ssize_t *room) {
    Value **all = *room > LONG && *room < alive ? PyMem_Realloc(at, (size_t)alive * sizeof(Value *)) : NULL;
    if (!all) return PyMem_Realloc(at, (size_t)*room * sizeof(Value *));
    *room = alive;
    in_large_pages(all, (size_t)alive * sizeof(Value *));
    return all;
}
