using System.Diagnostics;
using System.Net.Sockets;
using Rvp.Testing;

namespace RvpServer.Interop.Proxies;

/// <summary>
/// A real front proxy at ports 80 and 443 of a loopback address, and the server behind it, which listens nowhere else than at a port of 127.0.0.1. The proxy
/// has the file that deploy ships for it: only addresses, ports and paths are others.
/// </summary>
public abstract class FrontProxy(string address, string shipped) : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder folder = new();
    private readonly WebCertificate certificate = new();
    private readonly Arrivals<string> said = new();
    private Process? process;

    /// <summary>The address of the proxy, which is the IM domain.</summary>
    public string Address => address;

    /// <summary>The file that is shipped.</summary>
    public string Shipped => Repository.Read(shipped);

    internal RunningServer Server { get; private set; } = null!;

    internal TempFolder Folder => folder;

    internal WebCertificate Certificate => certificate;

    /// <summary>Whatever the proxy has said: warnings, errors.</summary>
    internal string Said => said.Print();

    public async Task InitializeAsync()
    {
        var port = FreePort.Take();
        Server = await RunningServer.StartAsync(
            address, """{ "Schemes": ["Digest", "Ntlm"], "NtlmDomain": "ADATUM" }""", behindProxyAt: $"http://127.0.0.1:{port}");
        // This machine need not have IPv6: the same lines again, for it.
        var lines = Shipped.Split('\n')
            .Where(line => !line.Contains("listen [::]", StringComparison.Ordinal) && !line.Contains("bind :::", StringComparison.Ordinal));
        var start = Program(Adapt(string.Join('\n', lines), $"127.0.0.1:{port}"));
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => Note(e.Data);
        process.ErrorDataReceived += (_, e) => Note(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Deadline.Until(ListensAsync, "a proxy that listens", () => Said, Patience);
    }

    public async Task DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(Patience);
            process.Dispose();
        }
        if (Server is not null) await Server.DisposeAsync();
    }

    public void Dispose()
    {
        certificate.Dispose();
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The shipped text with the places of this test.</summary>
    /// <param name="text">The text.</param>
    /// <param name="server">Where the server listens.</param>
    protected abstract string Adapt(string text, string server);

    /// <summary>How to start the proxy with it, as the process itself and in the foreground.</summary>
    protected abstract ProcessStartInfo Program(string text);

    /// <summary>Replaces a text that must be there.</summary>
    protected static string Replace(string text, string old, string replacement)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, replacement, StringComparison.Ordinal);
    }

    private async Task<bool> ListensAsync()
    {
        if (process is { HasExited: true }) throw new InvalidOperationException($"The proxy has ended:\n{Said}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address, 443);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Note(string? line)
    {
        if (line is not null) said.Add(line);
    }
}
