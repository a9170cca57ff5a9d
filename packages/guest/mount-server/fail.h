#ifndef FAIL_H
#define FAIL_H

/* Ends the process with status 1 and "PROGRAM: WHAT: reason of errno" on stderr, as the engine shows it. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, unless `result` is negative; gives it back. */
#define must(result, ...)                                     \
	({                                                    \
		__typeof__(result) must_result = (result);    \
		if (must_result < 0)                          \
			fail(__VA_ARGS__);                    \
		must_result;                                  \
	})

#endif
