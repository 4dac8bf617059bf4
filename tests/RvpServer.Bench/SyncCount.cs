using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>Counts what a process writes through to the disk, by strace, which stops it at these calls only.</summary>
internal sealed class SyncCount : IDisposable
{
    private readonly TempFolder folder = new();

    /// <summary>Whether strace is there.</summary>
    public static bool IsPossible => File.Exists("/usr/bin/strace");

    /// <summary>What comes before the command of the process.</summary>
    public IReadOnlyList<string> Command => ["/usr/bin/strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync,fdatasync", "-o", Path];

    private string Path => folder.File("syncs");

    /// <summary>How many there were; a line for each.</summary>
    public int Now() => File.ReadLines(Path).Count(line => line.Contains("sync(", StringComparison.Ordinal));

    public void Dispose() => folder.Dispose();
}
