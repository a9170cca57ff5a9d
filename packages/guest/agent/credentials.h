/*
 * Gives up the agent's rights for those of a process.
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "process.h"
#include "users.h"

/*
 * Capabilities as Docker has them: the given ones bound all; root has them, other users have none until a program brings
 * them. Nothing is inheritable or ambient.
 */
bool credentials_take(const struct process *process, const struct user *user, struct fault *fault);

#endif
