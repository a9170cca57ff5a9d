#pragma once

#include <cstdint>
#include <string>

#include "unique_fd.h"

// An anonymous file in memory of that size, which may be sealed later.
UniqueFd create_memfd(const std::string& name, uint64_t size);

// Forbids for ever to shrink, grow and write the file. Throws EBUSY while it is mapped writable.
void seal_memfd(int fd);

// Takes the exclusive lock of the file, which is created when absent; no descriptor when somebody else holds it.
// The lock belongs to the open file description: a process that inherits the descriptor holds it too.
UniqueFd try_flock(const std::string& path);
