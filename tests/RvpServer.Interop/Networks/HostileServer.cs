using System.Diagnostics;

namespace RvpServer.Interop.Networks;

/// <summary>
/// A program that prints a line for each connection, on a host and port, and answers whatever it is told. It plays both a machine inside that nobody
/// outside should reach, and the server of a hostile organisation.
/// </summary>
internal sealed class HostileServer : IAsyncDisposable
{
    /// <summary>
    /// The zone evil.example: its own server is the outsider; all else leads to dc1 inside A. Datum's network, which its zone has no business with.
    /// </summary>
    public const string Zone = """
        im               A 192.0.2.99
        _rvp._tcp.ssh    SRV 0 0 22 inside
        _rvp._tcp.high   SRV 0 0 8080 inside
        inside           A 10.1.0.5
        mapped           AAAA ::ffff:10.1.0.5
        _rvp._tcp.two    SRV 0 0 8080 inside
        two              A 192.0.2.99
        own              A 127.0.0.1
        _rvp._tcp.admin  SRV 0 0 8081 own

        """;

    /// <summary>What it answers: a secret that must not come back to whoever made our server ask.</summary>
    public const string Secret = "payroll token 4711";

    private const string Program = """
        import socket, sys, threading
        port, answer = int(sys.argv[1]), sys.argv[2].encode().decode('unicode_escape').encode('latin-1')
        s = socket.socket(socket.AF_INET6); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0); s.bind(('::', port)); s.listen(64); print('listening', flush=True)
        def serve(c):
            data = b''
            while b'\r\n\r\n' not in data:
                more = c.recv(65536)
                if not more: break
                data += more
            print(data.split(b'\r\n')[0].decode('latin-1'), flush=True)
            c.sendall(answer); c.close()
        while True:
            c, a = s.accept(); print('connected', a[0], flush=True)
            threading.Thread(target=serve, args=(c,), daemon=True).start()
        """;

    private readonly Process process;
    private readonly Arrivals<string> lines = new();

    private HostileServer(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
    }

    /// <summary>What came to it: a line for each connection, and one for each request.</summary>
    public IReadOnlyList<string> Lines => [.. lines.All.Where(line => line != "listening")];

    /// <summary>Starts one that gives everybody the same answer.</summary>
    /// <param name="machine">Where.</param>
    /// <param name="port">Its port.</param>
    /// <param name="status">The status line's end, and header lines, each with its line end written as <c>\r\n</c>.</param>
    /// <param name="body">The body.</param>
    public static async Task<HostileServer> StartAsync(Machine machine, int port, string status, string body = Secret)
    {
        var answer = $@"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        // The end comes by itself, too: a test run that dies leaves nothing behind.
        var start = machine.Command("timeout", "300", "python3", "-u", "-c", Program, $"{port}", answer);
        start.RedirectStandardOutput = true;
        var server = new HostileServer(Process.Start(start)!);
        await server.Hears("listening");
        return server;
    }

    /// <summary>Waits for a line.</summary>
    public Task Hears(string start) =>
        lines.TakeAsync(line => line.StartsWith(start, StringComparison.Ordinal), start, TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is not null) lines.Add(line);
    }
}
