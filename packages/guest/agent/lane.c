#define _GNU_SOURCE
#include "lane.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is larger takes longer to write than to make. */
#define LARGEST 65536u
/* Of the contents that wait. */
#define MOST_BYTES (1u << 20)
/* So few files left: they are done by the time that its caller has put a directory's, and it would have nothing to do. */
#define NEARLY_DONE 32u

/* A file to put, with its strings and contents behind it. Owned by the lane until it is done. */
struct job {
	struct job *next;
	const struct extraction *extraction;
	char *directory, *name, *path, *content;
	/* The rest of the entry. */
	char facts[sizeof(struct tar_entry) - offsetof(struct tar_entry, type)];
	size_t size;
	char bytes[];
};

static struct {
	pthread_mutex_t lock;
	/* To the thread: there are jobs. To the caller: there is room, or nothing is left. */
	pthread_cond_t given, done;
	bool runs, forgets;
	/* The first of them is the one that is being done. */
	struct job *first, *last;
	unsigned count;
	size_t bytes;
	char directory[4096];
	struct fault fault;
} lane = { .lock = PTHREAD_MUTEX_INITIALIZER, .given = PTHREAD_COND_INITIALIZER, .done = PTHREAD_COND_INITIALIZER };

static bool put(const struct job *job, struct fault *fault)
{
	static struct open_directory directory = { .fd = -1 };
	static struct tar_entry entry;
	if (lane.forgets && directory.fd >= 0) {
		close(directory.fd);
		directory.fd = -1;
	}
	lane.forgets = false;
	strcpy(entry.path, job->path);
	memcpy(&entry.type, job->facts, sizeof job->facts);
	struct tar_reader reader = { .in = -1, .bytes = job->content, .end = job->size, .left = job->size };
	if (!extract_enter(&directory, job->directory))
		return fault_errno(fault, "creating %s", entry.path);
	return extract_put(&reader, job->extraction, &directory, job->name, &entry, fault);
}

static void finish_first(void)
{
	struct job *job = lane.first;
	lane.first = job->next;
	lane.count--;
	lane.bytes -= job->size;
	free(job);
	pthread_cond_signal(&lane.done);
}

static void *work(void *nothing)
{
	(void)nothing;
	pthread_mutex_lock(&lane.lock);
	for (;;) {
		while (!lane.first)
			pthread_cond_wait(&lane.given, &lane.lock);
		bool failed = lane.fault.exit_code != 0;
		struct fault fault = { 0 };
		pthread_mutex_unlock(&lane.lock);
		/* After a failure the rest is only dropped, as what would have come behind it. */
		failed = failed || !put(lane.first, &fault);
		pthread_mutex_lock(&lane.lock);
		if (fault.exit_code)
			lane.fault = fault;
		finish_first();
	}
	return NULL;
}

static bool run(void)
{
	pthread_t thread;
	if (!lane.runs)
		lane.runs = pthread_create(&thread, NULL, work, NULL) == 0;
	return lane.runs;
}

bool lane_is_free(void)
{
	static int processors;
	cpu_set_t set;
	if (!processors)
		processors = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
	if (processors < 2 || !run())
		return false;
	pthread_mutex_lock(&lane.lock);
	bool is_free = lane.count <= NEARLY_DONE;
	pthread_mutex_unlock(&lane.lock);
	return is_free;
}

bool lane_has(const char *directory)
{
	if (!lane.runs)
		return false;
	if (!strcmp(lane.directory, directory))
		return true;
	pthread_mutex_lock(&lane.lock);
	const struct job *job = lane.first;
	while (job && strcmp(job->directory, directory))
		job = job->next;
	pthread_mutex_unlock(&lane.lock);
	return job;
}

bool lane_can_take(const struct tar_entry *entry)
{
	return (entry->type == '0' || entry->type == '7') && entry->size <= LARGEST;
}

static char *keep(char **at, const char *text)
{
	char *kept = *at;
	*at = stpcpy(kept, text) + 1;
	return kept;
}

static bool append(struct job *job, struct fault *fault)
{
	pthread_mutex_lock(&lane.lock);
	while (lane.bytes + job->size > MOST_BYTES && lane.count > 0)
		pthread_cond_wait(&lane.done, &lane.lock);
	bool failed = lane.fault.exit_code != 0;
	if (failed) {
		*fault = lane.fault;
		free(job);
	} else {
		if (lane.first)
			lane.last->next = job;
		else
			lane.first = job;
		lane.last = job;
		lane.count++;
		lane.bytes += job->size;
		pthread_cond_signal(&lane.given);
	}
	pthread_mutex_unlock(&lane.lock);
	return !failed;
}

bool lane_give(struct tar_reader *reader, const struct extraction *extraction, const char *directory, const char *name,
	       const struct tar_entry *entry, struct fault *fault)
{
	size_t size = (size_t)entry->size;
	struct job *job = malloc(sizeof *job + strlen(directory) + strlen(name) + strlen(entry->path) + 3 + size);
	if (!job)
		return fault_errno(fault, "creating %s", entry->path);
	char *at = job->bytes;
	*job = (struct job){ .extraction = extraction, .size = size };
	job->directory = keep(&at, directory);
	job->name = keep(&at, name);
	job->path = keep(&at, entry->path);
	job->content = at;
	memcpy(job->facts, &entry->type, sizeof job->facts);
	strcpy(lane.directory, directory);
	if (!tar_read_content(reader, job->content, fault)) {
		free(job);
		return false;
	}
	return append(job, fault);
}

bool lane_wait(struct fault *fault)
{
	if (!lane.runs)
		return true;
	pthread_mutex_lock(&lane.lock);
	while (lane.first)
		pthread_cond_wait(&lane.done, &lane.lock);
	bool failed = lane.fault.exit_code != 0;
	if (failed && !fault->exit_code)
		*fault = lane.fault;
	lane.forgets = true;
	*lane.directory = 0;
	pthread_mutex_unlock(&lane.lock);
	return !failed;
}
