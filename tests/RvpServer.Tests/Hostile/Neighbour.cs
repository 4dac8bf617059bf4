using System.Net;
using System.Net.Sockets;
using Rvp.Testing;

namespace RvpServer.Tests.Hostile;

/// <summary>A stranger with many connections.</summary>
internal sealed class Neighbour(TestServer server) : IAsyncDisposable
{
    /// <summary>The stranger's address.</summary>
    public static readonly IPAddress Address = IPAddress.Parse("127.0.7.1");

    private readonly List<RawConnection> connections = [];

    /// <summary>Sixteen addresses of one network.</summary>
    public static IReadOnlyList<IPAddress> Network { get; } = [.. Enumerable.Range(1, 16).Select(i => IPAddress.Parse($"127.0.7.{i}"))];

    /// <summary>Opens connections and sends this on each, in turn from each address; waits for no answer.</summary>
    public async Task OpensAsync(int count, Func<int, string> request, params IReadOnlyList<IPAddress> from)
    {
        for (var i = 0; i < count; i++)
        {
            try
            {
                var connection = await server.ConnectAsync(from.Count == 0 ? Address : from[i % from.Count]);
                connections.Add(connection);
                if (request(i) is { Length: > 0 } text) await connection.SendAsync(text);
            }
            catch (Exception refused) when (refused is IOException or SocketException)
            {
                // Closed at once.
            }
        }
    }

    /// <summary>How many of them the server has not closed.</summary>
    public int OpenConnections => connections.Count(connection => !connection.IsClosed);

    /// <summary>The answers on all connections; none where the server just closed.</summary>
    public async Task<IReadOnlyList<RawAnswer>> HearsAsync()
    {
        var answers = new List<RawAnswer>();
        foreach (var connection in connections)
        {
            try
            {
                answers.Add(await connection.ReadAnswerAsync());
            }
            catch (IOException)
            {
                // Closed.
            }
        }
        return answers;
    }

    /// <summary>A message whose body does not come.</summary>
    public static string SlowMessage(string headers) =>
        $"NOTIFY /instmsg/aliases/KariHensien HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Type: text/xml\r\n{headers}Content-Length: 1000\r\n\r\n<?xml";

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections) await connection.DisposeAsync();
    }
}
