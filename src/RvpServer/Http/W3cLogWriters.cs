using System.Collections.Frozen;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>
/// The writers of the protocol log, one for each folder: an IM domain may have a folder of its own, and then its lines are in no other. A request belongs to
/// the domain of the virtual server that was asked; what is for none of them stands in the log of all.
/// </summary>
internal sealed class W3cLogWriters : IHostedLifecycleService, IDisposable
{
    private readonly VirtualServerTable servers;
    private readonly List<W3cLogFile> files = [];
    private readonly Dictionary<string, W3cLogWriter> byFolder = [];
    private readonly W3cLogWriter? common;
    private readonly FrozenDictionary<string, W3cLogWriter?> byDomain;
    private readonly bool areSame;

    public W3cLogWriters(
        RvpSettings settings, VirtualServerTable servers, WallClock wall, LogMetrics metrics, TimeProvider clock, ILogger<W3cLogWriter> logger)
    {
        this.servers = servers;
        common = WriterOf(settings.ProtocolLog, "");
        byDomain = settings.Domains.ToFrozenDictionary(domain => domain.Key, domain => WriterOf(domain.Value.ProtocolLog, " of " + domain.Key));
        areSame = byDomain.Values.All(writer => writer == common);

        W3cLogWriter? WriterOf(ProtocolLogOptions log, string whose)
        {
            if (!log.Enabled) return null;
            if (byFolder.TryGetValue(log.Directory, out var known)) return known;
            var file = new W3cLogFile(log, wall);
            files.Add(file);
            return byFolder[log.Directory] = new W3cLogWriter(file.Write, metrics, clock, logger, whose);
        }
    }

    /// <summary>Who writes the line of a request; null: nobody.</summary>
    public W3cLogWriter? Of(HttpRequest request) =>
        areSame || servers.Find(HostHeader.Of(request)) is not { } server ? common : byDomain[server.Domain];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var writer in byFolder.Values) writer.Start();
        return Task.CompletedTask;
    }

    /// <summary>After the last request.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.WhenAll(byFolder.Values.Select(writer => writer.StopAsync()));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }
}
