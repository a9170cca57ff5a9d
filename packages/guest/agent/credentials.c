#define _GNU_SOURCE
#include "credentials.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool bound_capabilities(uint64_t kept, struct fault *fault)
{
	/* Ends where this kernel's capabilities end. */
	for (int capability = 0; capability < 64; capability++) {
		if (kept >> capability & 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)) {
			if (errno == EINVAL)
				break;
			return fault_errno(fault, "dropping capability %d", capability);
		}
	}
	return true;
}

static bool set_capabilities(uint64_t kept, struct fault *fault)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct now[2], data[2];
	if (syscall(SYS_capget, &header, now))
		return fault_errno(fault, "capget");
	for (int half = 0; half < 2; half++) {
		/* Asked for, but unknown to this kernel: not refused, as there is nothing to give. */
		uint32_t bits = (uint32_t)(kept >> (32 * half)) & now[half].permitted;
		data[half] = (struct __user_cap_data_struct){ bits, bits, 0 };
	}
	if (syscall(SYS_capset, &header, data))
		return fault_errno(fault, "capset");
	return true;
}

bool credentials_take(const struct process *process, const struct user *user, struct fault *fault)
{
	if (!bound_capabilities(process->capabilities, fault))
		return false;
	if (setgroups(user->gid_count, user->gids) || setresgid(user->gid, user->gid, user->gid))
		return fault_errno(fault, "setting groups");
	/* Leaving user 0 clears the capabilities. */
	if (setresuid(user->uid, user->uid, user->uid))
		return fault_errno(fault, "setting user %u", user->uid);
	if (user->uid == 0 && !set_capabilities(process->capabilities, fault))
		return false;
	if (process->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fault_errno(fault, "no_new_privs");
	return true;
}
