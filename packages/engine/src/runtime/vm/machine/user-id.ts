const first = 0x6000_0000

/**
 * The user that a container's QEMU runs as: one of 16 million that no account has, chosen by the container's id so that
 * engines need not agree. Two machines that share one by chance are still apart by everything else.
 */
export const userIdOf = (containerId: string): number => first + Number.parseInt(containerId.slice(0, 6), 16)
