using System.Globalization;
using System.Text;
using RvpServer.Runtime;

namespace RvpServer.Storage;

/// <summary>
/// The data directory belongs to one server: a second one would promise what the first forgets. A lock of the operating system on the file <c>lock</c>, which
/// has the owner's process id in it; it ends with the process, however that ends. Commands that only write to the store need it not.
/// </summary>
internal sealed class DataLock : IDisposable
{
    /// <summary>The file's name under the data directory.</summary>
    public const string Name = "lock";

    private const string ImportName = "import.lock";
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private readonly FileStream file;

    private DataLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock; throws <see cref="StoreException"/>, naming the owner, if another process has it.</summary>
    public static DataLock Take(string folder) => TryTake(folder, Name)
        ?? throw new StoreException($"The data directory {folder} is in use by process {OwnerOf(Path.Combine(folder, Name))}: stop that server first.");

    /// <summary>Takes the lock of whoever imports accounts, which a server may run beside; null if another process has it.</summary>
    public static DataLock? TryTakeForImport(string folder) => TryTake(folder, ImportName);

    /// <summary>The process that has the lock; null: none. Makes no file. Throws <see cref="StoreException"/> if the lock cannot be looked at.</summary>
    public static int? OwnerIn(string folder)
    {
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path)) return null;
        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None);
            return null;
        }
        catch (IOException failure) when (IsTaken(failure))
        {
            return int.TryParse(OwnerOf(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The data directory {folder} cannot be locked: {failure.Message}", failure);
        }
    }

    private static DataLock? TryTake(string folder, string name)
    {
        try
        {
            FileModes.CreatePrivateFolder(folder);
            var taken = new DataLock(new FileStream(Path.Combine(folder, name), OptionsOfOwner()));
            taken.WriteOwner();
            return taken;
        }
        catch (IOException failure) when (IsTaken(failure))
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The data directory {folder} cannot be locked: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    // On Unix this base library asks for an exclusive lock only if nothing is shared; on Windows others must be able to read who it is.
    private static FileStreamOptions OptionsOfOwner()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (OperatingSystem.IsWindows()) options.Share = FileShare.Read;
        else options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    // Another process may read between two steps: the length comes last, and the number alone is what counts.
    private void WriteOwner()
    {
        try
        {
            file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
            file.SetLength(file.Position);
            file.Flush();
        }
        catch (IOException)
        {
            // The lock is held all the same, on a full disk, too.
        }
    }

    private static string OwnerOf(string path)
    {
        try
        {
            return UnixCalls.ReadLocked(path).Trim() is { Length: > 0 } id ? id : "(unknown)";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "(unknown)";
        }
    }

    // EAGAIN, by its numbers on Linux and on macOS.
    private static bool IsTaken(IOException failure) =>
        OperatingSystem.IsWindows() ? failure.HResult == WindowsSharingViolation : failure.HResult is 11 or 35;
}
