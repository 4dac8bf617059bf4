using System.Diagnostics;
using System.Net.Sockets;
using Rvp.Testing;

namespace RvpServer.Interop.Clusters;

/// <summary>
/// HAProxy at port 80 of a loopback address, which passes TCP connections to the first server that is there: everybody is with the same one, and goes to the
/// next when it dies.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly Process process;

    private Balancer(string address, IEnumerable<int> servers)
    {
        var lines = servers.Select((port, i) => $"  server home{i} 127.0.0.1:{port} check inter 200ms fall 1 rise 1{(i == 0 ? "" : " backup")}");
        var start = new ProcessStartInfo("/usr/sbin/haproxy", ["-db", "-f", folder.Write("balancer.cfg", $"""
            defaults
              mode tcp
              timeout connect 2s
              timeout client 10m
              timeout server 10m
              retries 3
              option redispatch
            listen rvp
              bind {address}:80
            {string.Join('\n', lines)}

            """)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        process = Process.Start(start)!;
        // It says when a server goes or comes: nobody needs it, but it has to be read.
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Returns when it takes connections.</summary>
    public static async Task<Balancer> StartAsync(string address, params IEnumerable<int> servers)
    {
        var balancer = new Balancer(address, servers);
        await Deadline.Until(() => ListensAsync(address), "a balancer that listens", () => "nothing", TimeSpan.FromSeconds(20));
        return balancer;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }

    private static async Task<bool> ListensAsync(string address)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address, 80);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
