using Rvp.Testing;

namespace RvpServer.Reliability.Disks;

/// <summary>Makes the disk of one process sick and well again: see <c>disk/sickdisk.c</c>, which the process has preloaded.</summary>
internal sealed class SickDisk : IDisposable
{
    private readonly TempFolder folder = new();

    public SickDisk()
    {
        var library = Repository.PathOf("tests/RvpServer.Reliability/disk/sickdisk.so");
        if (!File.Exists(library)) throw new InvalidOperationException($"{library} is missing: make -C tests/RvpServer.Reliability/disk");
        folder.Write("control", "");
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["SICKDISK_CONTROL"] = folder.File("control") };
    }

    /// <summary>What the process needs in its environment.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>The disk falls ill below a path.</summary>
    /// <param name="path">How the paths begin.</param>
    /// <param name="illnesses">Operation and illness, for example <c>write ENOSPC</c>.</param>
    public void FallsIll(string path, params IEnumerable<string> illnesses) => Write(string.Concat(illnesses.Select(illness => $"{path} {illness}\n")));

    /// <summary>It is well again.</summary>
    public void Recovers() => Write("");

    public void Dispose() => folder.Dispose();

    private void Write(string rules)
    {
        // All at once: the process may be reading.
        var next = folder.Write("next", rules);
        File.Move(next, folder.File("control"), overwrite: true);
    }
}
