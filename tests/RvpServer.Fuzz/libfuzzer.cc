// libFuzzer's side of the bridge to a SharpFuzz child. One shared segment holds the counters of branches and the input; a pipe each way carries
// the length of the input and the verdict on it.
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <signal.h>
#include <string>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

constexpr size_t CountersSize = 1 << 16, InputSize = 1 << 20;

__attribute__((used, section("__libfuzzer_extra_counters"))) uint8_t counters[CountersSize];

static uint8_t *shared;
static int toChild, fromChild;

// The timer of -timeout interrupts the read, which is no answer.
static bool readVerdict(int32_t *verdict)
{
    ssize_t got;
    while ((got = read(fromChild, verdict, sizeof *verdict)) < 0 && errno == EINTR) { }
    return got == sizeof *verdict;
}

static void beChild(const char *command, int segment, const int control[2], const int status[2])
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); // A reader that hangs must not outlive the fuzzer.
    dup2(control[0], 198);
    dup2(status[1], 199);
    for (int end : {control[0], control[1], status[0], status[1]}) close(end);
    setenv("__LIBFUZZER_SHM_ID", std::to_string(segment).c_str(), 1);
    setenv("__LIBFUZZER_CONTROL_PIPE_ID", "198", 1);
    setenv("__LIBFUZZER_STATUS_PIPE_ID", "199", 1);
    execl("/bin/sh", "sh", "-c", command, nullptr);
    _exit(127);
}

extern "C" int LLVMFuzzerInitialize(int *, char ***)
{
    const char *command = getenv("FUZZ_COMMAND");
    int control[2], status[2];
    int segment = shmget(IPC_PRIVATE, CountersSize + InputSize, IPC_CREAT | 0600);
    if (!command || segment < 0 || pipe(control) || pipe(status)) { perror("FUZZ_COMMAND, shmget or pipe"); exit(1); }
    shared = static_cast<uint8_t *>(shmat(segment, nullptr, 0));
    if (fork() == 0) beChild(command, segment, control, status);
    close(control[0]);
    close(status[1]);
    toChild = control[1];
    fromChild = status[0];
    int32_t hello;
    bool isUp = readVerdict(&hello);
    shmctl(segment, IPC_RMID, nullptr); // Both sides are attached: the last of them takes it along.
    if (!isUp) { fprintf(stderr, "%s did not start\n", command); exit(1); }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > InputSize) return -1;
    memset(shared, 0, CountersSize);
    memcpy(shared + CountersSize, data, size);
    int32_t length = static_cast<int32_t>(size), verdict = 0;
    if (write(toChild, &length, sizeof length) != sizeof length || !readVerdict(&verdict)) { fprintf(stderr, "the reader's process died\n"); abort(); }
    memcpy(counters, shared, CountersSize);
    if (verdict) abort();
    return 0;
}
