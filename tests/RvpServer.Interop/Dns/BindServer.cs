using System.Diagnostics;
using System.Globalization;
using System.Net;
using Rvp.Testing;
using RvpServer.Configuration;

namespace RvpServer.Interop.Dns;

/// <summary>
/// A real BIND on a port of its own on loopback, whose zones adatum.com and 2.0.192.in-addr.arpa may be changed with the key <c>rvp</c>. Needs Debian's package
/// bind9, and no root.
/// </summary>
internal sealed class BindServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TempFolder folder = new();
    private Process? process;

    private BindServer() => Endpoint = new IPEndPoint(IPAddress.Loopback, FreePort.Take());

    public IPEndPoint Endpoint { get; }

    /// <summary>The file of the key.</summary>
    public string KeyFile => folder.File("rvp.key");

    /// <summary>Starts it.</summary>
    /// <param name="records">Of adatum.com, with names relative to it.</param>
    public static async Task<BindServer> StartAsync(string records)
    {
        var server = new BindServer();
        try
        {
            var key = await Commands.DoAsync(NsdServer.Installed("tsig-keygen"), ["-a", "hmac-sha256", "rvp"]);
            server.folder.Write("rvp.key", key);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(server.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            server.folder.Write("adatum.com.zone", NsdServer.Head + records);
            server.folder.Write("reverse.zone", "$TTL 60\n@ SOA ns.adatum.com. hostmaster.adatum.com. 1 3600 600 86400 30\n@ NS ns.adatum.com.\n");
            var port = server.Endpoint.Port.ToString(CultureInfo.InvariantCulture);
            var place = server.folder.Path;
            var configuration = server.folder.Write("named.conf", $$"""
                include "{{server.KeyFile}}";
                options {
                  directory "{{place}}"; pid-file "{{place}}/named.pid"; session-keyfile "{{place}}/session.key"; managed-keys-directory "{{place}}";
                  listen-on port {{port}} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no; notify no;
                };
                controls { };
                zone "adatum.com" { type primary; file "adatum.com.zone"; allow-update { key rvp; }; };
                zone "2.0.192.in-addr.arpa" { type primary; file "reverse.zone"; allow-update { key rvp; }; };
                """);
            server.process = Process.Start(new ProcessStartInfo("timeout", ["600", NsdServer.Installed("named"), "-g", "-n", "1", "-c", configuration])
            {
                RedirectStandardError = true,
            })!;
            var log = new Arrivals<string>();
            server.process.ErrorDataReceived += (_, line) => log.Add(line.Data ?? "");
            server.process.BeginErrorReadLine();
            await Deadline.Until(() => log.Print().Contains("all zones loaded", StringComparison.Ordinal), "a DNS server that runs", log.Print, Patience);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public DnsOptions Settings => new() { Servers = [Endpoint], Timeout = TimeSpan.FromSeconds(5) };

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await Commands.RunAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        process?.Dispose();
        folder.Dispose();
    }
}
