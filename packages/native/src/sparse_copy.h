#pragma once

#include <cstdint>

// Copies what `from` holds to the same places of `to`, which reads as zeros there: neither holes nor pages of zeros are written.
// Returns the bytes written.
uint64_t copy_data(int from, int to);
