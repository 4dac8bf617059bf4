using System.Globalization;
using System.Net;
using RvpServer.Network;

namespace RvpServer.Runtime;

/// <summary>A process.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">What runs in it, as the system shortens it.</param>
internal sealed record RunningProcess(int Id, string Name)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"process {Id} ({Name})");
}

/// <summary>Who listens at a port of this machine, as far as Linux tells: root sees all processes, others their own.</summary>
internal static class PortOwner
{
    private const string Listening = "0A";
    private const int AddressAt = 1;
    private const int StateAt = 3;
    private const int InodeAt = 9;

    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>The process that a listener at this address and port would be in the way of; null if the system does not tell.</summary>
    public static RunningProcess? Find(IPEndPoint at)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var sockets = Tables.SelectMany(Lines).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > InodeAt && fields[StateAt] == Listening && Meet(fields[AddressAt], at))
            .Select(fields => $"socket:[{fields[InodeAt]}]").ToHashSet();
        return sockets.Count == 0 ? null : Processes().FirstOrDefault(process => Holds(process, sockets)) is { } owner ? Describe(owner) : null;
    }

    private static bool Meet(string written, IPEndPoint at)
    {
        var parts = written.Split(':');
        if (parts.Length != 2 || !int.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port) || port != at.Port) return false;
        var (theirs, ours) = (PlainAddresses.Of(Read(parts[0])), PlainAddresses.Of(at.Address));
        return theirs.Equals(ours) || IsAny(theirs) || IsAny(ours);
    }

    // In words of four bytes, each in the order of the processor.
    private static IPAddress Read(string written)
    {
        var bytes = Convert.FromHexString(written);
        if (BitConverter.IsLittleEndian)
            for (var i = 0; i < bytes.Length; i += sizeof(int)) Array.Reverse(bytes, i, sizeof(int));
        return new IPAddress(bytes);
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static string[] Lines(string file)
    {
        try
        {
            return [.. File.ReadLines(file).Skip(1)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Processes() => Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]));

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(process + "/fd").Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or it has ended meanwhile.
            return false;
        }
    }

    private static RunningProcess Describe(string process) =>
        new(int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture), NameOf(process));

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(process + "/comm").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }
}
