/*
 * A disk that is full, failing, read-only, slow or hanging, for one process: preload it.
 *
 *   LD_PRELOAD=.../sickdisk.so SICKDISK_CONTROL=FILE program
 *
 * FILE is read at each operation, so that a test can make the disk sick and well again while the program runs. A rule a line, the first that fits counts:
 *
 *   PREFIX OPERATION ILLNESS
 *
 * PREFIX     how the file's path begins
 * OPERATION  write (also truncating), sync, open (for writing, and new names), any
 * ILLNESS    ENOSPC, EIO, EROFS: fails so; SHORT: half of it is written, and nothing of the next; HANG: waits until the rule is gone;
 *            a number: waits so many milliseconds
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WELL, FAIL, SHORT };

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

/* Finds the rule for a path; 0: there is none. */
static int rule(const char *path, const char *operation, char *illness)
{
    const char *control = getenv("SICKDISK_CONTROL");
    char line[PATH_MAX + 64], prefix[PATH_MAX], what[16];
    int found = 0;
    FILE *file;
    if (!control || path[0] != '/' || !(file = fopen(control, "re"))) return 0;
    while (!found && fgets(line, sizeof line, file))
        found = sscanf(line, "%4095s %15s %15s", prefix, what, illness) == 3 && strncmp(path, prefix, strlen(prefix)) == 0
            && (strcmp(what, operation) == 0 || strcmp(what, "any") == 0);
    fclose(file);
    return found;
}

static int ill(const char *path, const char *operation)
{
    char illness[16];
    static __thread int was_short;
    while (rule(path, operation, illness))
    {
        if (strcmp(illness, "HANG") == 0) { usleep(20000); continue; }
        if (illness[0] >= '0' && illness[0] <= '9') { usleep(1000 * atoi(illness)); return WELL; }
        if (strcmp(illness, "SHORT") == 0 && (was_short = !was_short)) return SHORT;
        errno = strcmp(illness, "EIO") == 0 ? EIO : strcmp(illness, "EROFS") == 0 ? EROFS : ENOSPC;
        return FAIL;
    }
    return WELL;
}

static int ill_fd(int fd, const char *operation)
{
    char link[64], path[PATH_MAX];
    ssize_t length;
    int before = errno, how;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if ((length = readlink(link, path, sizeof path - 1)) < 0) { errno = before; return WELL; }
    path[length] = 0;
    if ((how = ill(path, operation)) != FAIL) errno = before;
    return how;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    int how = ill_fd(fd, "write");
    return how == FAIL ? -1 : real(fd, bytes, how == SHORT ? (count + 1) / 2 : count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    int how = ill_fd(fd, "write");
    return how == FAIL ? -1 : real(fd, bytes, how == SHORT ? (count + 1) / 2 : count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) { return pwrite(fd, bytes, count, at); }

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    return ill_fd(fd, "write") == FAIL ? -1 : real(fd, parts, count);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    REAL(ssize_t, "pwritev", int, const struct iovec *, int, off_t);
    return ill_fd(fd, "write") == FAIL ? -1 : real(fd, parts, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return pwritev(fd, parts, count, at); }

int ftruncate(int fd, off_t length)
{
    REAL(int, "ftruncate", int, off_t);
    return ill_fd(fd, "write") == FAIL ? -1 : real(fd, length);
}

int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

int fsync(int fd)
{
    REAL(int, "fsync", int);
    return ill_fd(fd, "sync") == FAIL ? -1 : real(fd);
}

int fdatasync(int fd)
{
    REAL(int, "fdatasync", int);
    return ill_fd(fd, "sync") == FAIL ? -1 : real(fd);
}

static int ill_to_open(const char *path, int flags)
{
    return ((flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT)) && ill(path, "open") == FAIL;
}

#define OPEN(name)                                                                   \
    int name(const char *path, int flags, ...)                                       \
    {                                                                                \
        REAL(int, #name, const char *, int, ...);                                    \
        va_list more;                                                                \
        mode_t mode;                                                                 \
        va_start(more, flags);                                                       \
        mode = va_arg(more, mode_t);                                                 \
        va_end(more);                                                                \
        return ill_to_open(path, flags) ? -1 : real(path, flags, mode);              \
    }

OPEN(open)
OPEN(open64)

int mkdir(const char *path, mode_t mode)
{
    REAL(int, "mkdir", const char *, mode_t);
    return ill(path, "open") == FAIL ? -1 : real(path, mode);
}

int rename(const char *from, const char *to)
{
    REAL(int, "rename", const char *, const char *);
    return ill(to, "open") == FAIL ? -1 : real(from, to);
}

int unlink(const char *path)
{
    REAL(int, "unlink", const char *);
    return ill(path, "open") == FAIL ? -1 : real(path);
}
