#include <stddef.h>

/// How many bytes the allocator has given out.
size_t allocated_bytes(void);
