/*
 * What engine and agent agree on: src/protocol/wire.ts in C, compared by a test. Integers are little-endian, as is the guest.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

/* A frame: u32 magic, u8 type, u8 flags, u8 channel, u8 zero, u32 stream, u32 length, payload, u32 trailer. */
#define FRAME_MAGIC 0x31414343u
#define FRAME_TRAILER 0xa55a5aa5u
#define HEADER_SIZE 16u
#define TRAILER_SIZE 4u
#define MAX_PAYLOAD 65536u
#define STREAM_WINDOW 131072u
#define MAIN_STREAM 1u

/* A description of a container or process, all frames together. Ours; the engine never needs more. */
#define MAX_DESCRIPTION (1u << 20)

#define MSG_HELLO 1
#define MSG_SETUP 2
#define MSG_START 3
#define MSG_EXEC 4
#define MSG_SIGNAL 5
#define MSG_RESIZE 6
#define MSG_DATA 7
#define MSG_ACK 8
#define MSG_USAGE 9
#define MSG_PROCESSES 10
#define MSG_STAT 11
#define MSG_READ 12
#define MSG_WRITE 13
#define MSG_SHUTDOWN 14
#define MSG_FORGET 15
#define MSG_CLOCK 16
#define MSG_PREPARE 17
#define MSG_RESTART 18
#define MSG_REHEARSE 19
#define MSG_REPLY 32
#define MSG_ERROR 33
#define MSG_EXIT 34

#define FLAG_END 1
#define FLAG_MORE 2

#define CHANNEL_STDIN 0
#define CHANNEL_STDOUT 1
#define CHANNEL_STDERR 2

#define TAG_NONCE 1
#define TAG_PHASE 2
#define TAG_LAST_STREAM 3
#define TAG_STDIN_TAKEN 4
#define TAG_PID 5
#define TAG_EXIT_CODE 6
#define TAG_OOM_KILLED 7
#define TAG_EXEC 8
#define TAG_STREAM 9
#define TAG_ERRNO 10
#define TAG_GRACE_MS 11
#define TAG_ENTROPY 20
#define TAG_CLOCK 21
#define TAG_HOSTNAME 22
#define TAG_DOMAINNAME 23
#define TAG_NIC 24
#define TAG_DNS_UPSTREAM 25
#define TAG_ETC_FILE 26
#define TAG_ROOT_READONLY 27
#define TAG_MOUNT 28
#define TAG_SYSCTL 29
#define TAG_MASKED_PATH 30
#define TAG_READONLY_PATH 31
#define TAG_INIT 32
#define TAG_PROCESS 33
#define TAG_ALL_DEVICES 34
#define TAG_MEMORY_MAX 40
#define TAG_MEMORY_SWAP_MAX 41
#define TAG_MEMORY_LOW 42
#define TAG_CPU_MAX 43
#define TAG_CPU_WEIGHT 44
#define TAG_CPUSET_CPUS 45
#define TAG_PIDS_MAX 46
#define TAG_MAC 50
#define TAG_MTU 51
#define TAG_ADDRESS 52
#define TAG_GATEWAY 53
#define TAG_NAME 60
#define TAG_VALUE 61
#define TAG_MOUNT_TARGET 70
#define TAG_MOUNT_TYPE 71
#define TAG_MOUNT_SOURCE 72
#define TAG_MOUNT_FLAGS 73
#define TAG_MOUNT_DATA 74
#define TAG_MOUNT_PORT 75
#define TAG_ARG 80
#define TAG_ENV 81
#define TAG_CWD 82
#define TAG_USER 83
#define TAG_GROUP 84
#define TAG_CAPABILITIES 85
#define TAG_RLIMIT 86
#define TAG_NO_NEW_PRIVILEGES 87
#define TAG_OOM_SCORE_ADJ 88
#define TAG_TERMINAL 89
#define TAG_OPEN_STDIN 90
#define TAG_PATH 100
#define TAG_MODE 101
#define TAG_SIZE 102
#define TAG_MTIME 103
#define TAG_LINK_TARGET 104
#define TAG_WRITE_FLAGS 105
#define TAG_CPU_NS 120
#define TAG_MEMORY_CURRENT 121
#define TAG_MEMORY_INACTIVE_FILE 122
#define TAG_PIDS_CURRENT 123
#define TAG_MEMORY_LIMIT 124
#define TAG_PPID 125
#define TAG_UID 126
#define TAG_COMMAND 127
#define TAG_STARTED_AT 128
#define TAG_GID 129

#define WRITE_NO_OVERWRITE_DIR_NON_DIR 1
#define WRITE_SYNC 2

#define PHASE_READY 1
#define PHASE_PREPARED 2
#define PHASE_RUNNING 3
#define PHASE_EXITED 4

#define LOG_STDOUT 1
#define LOG_STDERR 2
#define LOG_EXIT 3

/* A log record: u32 magic, u8 kind, u8 zero, u16 length, u64 nanoseconds since the epoch, data. */
#define LOG_MAGIC 0x31474c43u
#define LOG_HEADER_SIZE 16u
#define MAX_LOG_DATA 32752u

#endif
