using System.Net;
using DnsClient;

namespace RvpServer.Dns;

/// <summary>The DNS servers configured on the machine; changes are seen soon.</summary>
/// <param name="read">Reads the configuration; may be slow.</param>
/// <param name="time">The clock for the age of the result.</param>
internal sealed class SystemDnsServers(Func<IReadOnlyList<NameServer>> read, TimeProvider time)
{
    /// <summary>How old our copy of resolv.conf may be.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private Task<IReadOnlyList<NameServer>>? reading;
    private long readAt;

    public SystemDnsServers(TimeProvider time) : this(Read, time)
    {
    }

    /// <summary>Reads, if needed, on a separate thread: files and network cards may hang, and many requests would hang with them.</summary>
    public Task<IReadOnlyList<NameServer>> FindAsync()
    {
        lock (gate)
        {
            if (reading is null || reading.IsFaulted || (reading.IsCompleted && time.GetElapsedTime(readAt) >= Age))
            {
                readAt = time.GetTimestamp();
                reading = Task.Factory.StartNew(
                    read, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
            }
            return reading;
        }
    }

    /// <summary>Never a public resolver that nobody chose: without an entry it is this machine, as in resolv.conf(5).</summary>
    private static IReadOnlyList<NameServer> Read()
    {
        var found = OperatingSystem.IsWindows()
            ? NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)
            : NameServer.ResolveNameServersNative();
        return found.Count == 0 ? [new NameServer(IPAddress.Loopback)] : [.. found];
    }
}
