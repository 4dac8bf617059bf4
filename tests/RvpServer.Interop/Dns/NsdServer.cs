using System.Diagnostics;
using System.Globalization;
using System.Net;
using Rvp.Testing;
using RvpServer.Configuration;

namespace RvpServer.Interop.Dns;

/// <summary>
/// A real authoritative DNS server, NSD, on a port of its own on loopback, with the zones of one test. Needs Debian's packages nsd and
/// bind9-dnsutils, and no root.
/// A missing name is NXDOMAIN, a missing type an empty answer, a zone that it does not have REFUSED, a zone file with a mistake SERVFAIL.
/// </summary>
internal sealed class NsdServer : IAsyncDisposable
{
    private const string Stamp = "stamp.test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder folder = new();
    private readonly HashSet<string> zones = [];
    private readonly Machine machine;
    private Process? process;
    private int stamp;

    private NsdServer(Machine machine, IPEndPoint endpoint)
    {
        this.machine = machine;
        Endpoint = endpoint;
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>The head of every zone: a TTL of 60 s, negative answers for 30 s.</summary>
    public static string Head => "$TTL 60\n@ SOA ns hostmaster 1 3600 600 86400 30\n@ NS ns\nns A 127.0.0.1\n";

    /// <summary>Starts it with the zones given by origin and text (without <see cref="Head"/>).</summary>
    public static Task<NsdServer> StartAsync(params (string Origin, string Records)[] zones) =>
        StartAsync(Machine.This, new IPEndPoint(IPAddress.Loopback, FreePort.Take()), zones);

    /// <summary>Starts it on another machine, at an address of its.</summary>
    public static async Task<NsdServer> StartAsync(Machine machine, IPEndPoint endpoint, params (string Origin, string Records)[] zones)
    {
        var server = new NsdServer(machine, endpoint);
        try
        {
            foreach (var (origin, records) in zones) server.Write(origin, Head + records);
            server.WriteConfiguration();
            // The end comes by itself, too: a test run that dies leaves nothing behind.
            server.process = Process.Start(machine.Command("timeout", "1800", Installed("nsd"), "-d", "-c", server.folder.File("nsd.conf")))!;
            await server.AwaitStampAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public DnsOptions Settings(int timeoutMilliseconds = 5000) =>
        new() { Servers = [Endpoint], Timeout = TimeSpan.FromMilliseconds(timeoutMilliseconds) };

    /// <summary>Replaces or adds a zone; returns when it is served.</summary>
    public Task ChangeAsync(string origin, string records) => ReplaceAsync(origin, Head + records);

    /// <summary>Replaces a zone by whatever text.</summary>
    public async Task ReplaceAsync(string origin, string text)
    {
        Write(origin, text);
        WriteConfiguration();
        foreach (var verb in new[] { "reconfig", "reload" }) await machine.DoAsync(Installed("nsd-control"), "-c", folder.File("nsd.conf"), verb);
        await AwaitStampAsync();
    }

    /// <summary>Every question runs into a time-out from now on.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            if (!process.HasExited)
            {
                await SignalAsync("CONT");
                await SignalAsync("TERM");
            }
            await process.WaitForExitAsync().WaitAsync(Patience);
            process.Dispose();
        }
        folder.Dispose();
    }

    /// <summary>Where a program of a DNS server is.</summary>
    public static string Installed(string program) =>
        new[] { "/usr/sbin/", "/usr/local/sbin/", "/usr/bin/" }.Select(place => place + program).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{program} is needed for these tests: apt-get install nsd bind9 bind9-utils");

    private void Write(string origin, string text)
    {
        zones.Add(origin);
        folder.Write(origin + ".zone", text);
    }

    private void WriteConfiguration()
    {
        stamp++;
        folder.Write(Stamp + ".zone", $"@ 0 SOA ns hostmaster {stamp} 3600 600 86400 5\n@ 0 NS ns\n@ 0 TXT \"{stamp}\"\n");
        var configuration = $"""
            server:
              ip-address: {Endpoint.Address}@{Endpoint.Port.ToString(CultureInfo.InvariantCulture)}
              username: ""
              chroot: ""
              server-count: 1
              database: ""
              zonesdir: "{folder.Path}"
              pidfile: "{folder.Path}/pid"
              zonelistfile: "{folder.Path}/zone.list"
              xfrdfile: "{folder.Path}/xfrd.state"
              xfrdir: "{folder.Path}"
              logfile: "{folder.Path}/log"
              xfrd-reload-timeout: 0
              rrl-ratelimit: 0
            remote-control:
              control-enable: yes
              control-interface: {folder.Path}/control

            """;
        foreach (var origin in zones.Prepend(Stamp)) configuration += $"zone:\n  name: \"{origin}\"\n  zonefile: \"{origin}.zone\"\n";
        folder.Write("nsd.conf", configuration);
    }

    /// <summary>The stamp's zone comes first in every configuration: when its new text is served, NSD has taken the rest, too.</summary>
    private async Task AwaitStampAsync()
    {
        string[] question = ["+short", "+time=1", "+tries=1", "@" + Endpoint.Address, "-p", Endpoint.Port.ToString(CultureInfo.InvariantCulture), Stamp, "TXT"];
        await Deadline.Until(
            async () =>
            {
                if (process is { HasExited: true }) throw new InvalidOperationException($"NSD has ended. {Log()}");
                // From where it runs: this machine may have no way to it.
                return (await machine.RunAsync("dig", question)).Out.Trim() == $"\"{stamp}\"";
            },
            "NSD to serve the zones", Log, Patience);
    }

    private string Log() => "Its log:\n" + (File.Exists(folder.File("log")) ? File.ReadAllText(folder.File("log")) : "");

    /// <summary>NSD answers from children of the process that was started: all of them get the signal.</summary>
    private Task SignalAsync(string signal) => Signal.SendAsync(signal, Signal.FamilyOf(process!.Id));
}
