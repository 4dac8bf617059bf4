using System.Runtime.InteropServices;

namespace RvpServer.Runtime;

/// <summary>Who else on this machine can read what the server writes. On Windows nothing here does anything: folders have access lists there.</summary>
internal static class FileModes
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // What a umask takes away: the group may read, and others may do nothing.
    private const uint GroupWriteAndOthers = 0b000_010_111;

    /// <summary>New files of this process, logs above all, are for the owner and at most readable for the group, whatever the shell said.</summary>
    public static void KeepFromOthers()
    {
        if (OperatingSystem.IsWindows()) return;
        // The only way to read it is to set it.
        var inherited = SetMask(GroupWriteAndOthers);
        _ = SetMask(inherited | GroupWriteAndOthers);
    }

    /// <summary>Creates a folder, with those above it, that only its owner may enter; one that exists stays as it is.</summary>
    public static void CreatePrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Owner);
    }

    /// <summary>True if everybody on this machine can do something with a file.</summary>
    public static bool IsOpenToOthers(string file) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0;

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint SetMask(uint mask);
}
