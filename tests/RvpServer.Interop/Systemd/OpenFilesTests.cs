using System.Net;
using System.Net.Sockets;
using Rvp.Testing;

namespace RvpServer.Interop.Systemd;

/// <summary>A process that may have few files open: the runtime aborts where none is left, so it never comes to that.</summary>
public class OpenFilesTests
{
    private const string Domain = "127.0.0.8";

    // What is left of 700 for connections: see OpenFiles.
    private const int Most = 133;

    [Fact]
    public async Task Idle_connections_do_not_use_up_the_handles_of_the_process()
    {
        await using var server = await RunningServer.StartAsync(
            Domain, """{ "Schemes": ["Digest"] }""", machine: Machine.This with { OpenFiles = 700 });
        Assert.Contains("FewOpenFiles", server.Log, StringComparison.Ordinal);

        var idle = new List<RawConnection>();
        for (var i = 0; i < 600; i++)
        {
            try
            {
                idle.Add(await RawConnection.OpenAsync(new IPEndPoint(IPAddress.Parse(Domain), 80)));
            }
            catch (SocketException failure)
            {
                Assert.Fail($"Connection {i}: {failure.Message}\n{server.Log}");
            }
            // Idle they are, and no flood: those that are being closed still count for a moment.
            if (i % 50 == 49) await Deadline.Until(() => Open() <= Most, "the oldest ones closed", () => $"{Open()} are open");
        }

        // Who comes now is served: the oldest idle connection goes.
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var request = new HttpRequestMessage(new HttpMethod("ACL"), server.UrlOf("JoBrown"));
        try
        {
            using var answer = await client.SendAsync(request);
            Assert.Equal(401, (int)answer.StatusCode);
        }
        catch (HttpRequestException failure)
        {
            Assert.Fail($"{failure.Message}\n{server.Log}");
        }
        foreach (var connection in idle) await connection.DisposeAsync();
        var exitCode = await server.TerminateAsync(TimeSpan.FromSeconds(10));
        Assert.True(exitCode == 0, $"exit code {exitCode}\n{server.Log}");

        int Open() => idle.Count(connection => !connection.IsClosed);
    }
}
