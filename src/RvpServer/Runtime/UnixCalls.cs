using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RvpServer.Runtime;

/// <summary>What Unix offers for files and the base library does not. On Windows nothing of it is needed: see each method.</summary>
internal static class UnixCalls
{
    private const int ReadOnly = 0;
    private const int CurrentFolder = -100;
    private const int StatxLength = 256;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;
    private const uint AskInode = 0x100;
    private const int NotPossible = 22;

    /// <summary>Has a folder's entries on disk, so that a power failure cannot undo a new name. Windows does it with the file itself.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        using var handle = OpenForReading(folder);
        // Some file systems cannot, and have no need to.
        if (Sync(handle) != 0 && Marshal.GetLastPInvokeError() is var error and not NotPossible) throw Failed(folder, error);
    }

    /// <summary>Has a file and its name on disk.</summary>
    public static void SyncFile(string file)
    {
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
            RandomAccess.FlushToDisk(handle);
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder) SyncFolder(folder);
    }

    /// <summary>Reads a file although another process has locked it: locks bind only those who ask for one. On Windows the lock must allow reading.</summary>
    public static string ReadLocked(string file)
    {
        using var handle = OperatingSystem.IsWindows()
            ? File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
            : OpenForReading(file);
        using var reader = new StreamReader(new FileStream(handle, FileAccess.Read));
        return reader.ReadToEnd();
    }

    /// <summary>
    /// Which file a path leads to now: another one after the first was deleted or replaced. Null: none; the default value: one that the system does not tell
    /// from others. Windows lets nobody delete or replace an open database.
    /// </summary>
    public static FileIdentity? Identify(string path)
    {
        var answer = new byte[StatxLength];
        return OperatingSystem.IsLinux() && Statx(CurrentFolder, path, 0, AskInode, answer) == 0
            ? new FileIdentity(BitConverter.ToUInt64(answer, DeviceAt), BitConverter.ToUInt64(answer, InodeAt))
            : File.Exists(path) ? default(FileIdentity) : null;
    }

    private static SafeFileHandle OpenForReading(string path)
    {
        var handle = Open(path, ReadOnly);
        return handle.IsInvalid ? throw Failed(path, Marshal.GetLastPInvokeError()) : handle;
    }

    private static IOException Failed(string path, int error) => new($"{path}: {new Win32Exception(error).Message}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(SafeFileHandle handle);

    // The one call whose answer has the same layout on all processors.
    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);
}

/// <summary>One file among all of this machine, for as long as somebody has it open.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode);
