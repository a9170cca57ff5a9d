#include "confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"

static void drop_capabilities(uint32_t kept)
{
	for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
		if (capability >= 32 || !(kept & 1u << capability))
			must(prctl(PR_CAPBSET_DROP, capability), "capability %d", capability);
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = kept, .permitted = kept } };
	must(syscall(SYS_capset, &header, data), "capabilities");
	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "capabilities");
}

/* libseccomp answers with -errno. */
static void seccomp_must(int result)
{
	errno = -result;
	must(result, "seccomp");
}

static void filter_system_calls(const struct confinement *confinement)
{
	/* An error and not the end: a C library that tries something new finds it missing. */
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		fail("seccomp");
	for (size_t i = 0; i < confinement->call_count; i++)
		seccomp_must(seccomp_rule_add(filter, SCMP_ACT_ALLOW, confinement->calls[i], 0));
	for (size_t i = 0; i < confinement->fcntl_count; i++)
		seccomp_must(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
					      SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)confinement->fcntl_commands[i])));
	/* Memory, but none that can be executed. */
	seccomp_must(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)));
	seccomp_must(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)));
	seccomp_must(seccomp_load(filter));
	seccomp_release(filter);
}

void confine(const struct confinement *confinement)
{
	drop_capabilities(confinement->capabilities);
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable");
	filter_system_calls(confinement);
}
