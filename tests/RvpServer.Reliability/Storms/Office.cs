using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Reliability.Storms;

/// <summary>
/// Many callbacks behind one port, each at a loopback address of its own, which is how the server tells them apart. They keep what they were told last of
/// each contact, until the whole office dies.
/// </summary>
internal sealed partial class Office : IDisposable
{
    private const int FillsTheQueue = 8;

    private static readonly byte[] Answer = "HTTP/1.1 200 Successful\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
    private static readonly byte[] LastAnswer = "HTTP/1.1 200 Successful\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    private readonly Socket listener = NewSocket();
    private readonly List<Socket> hidden = [];
    private readonly ConcurrentDictionary<Socket, bool> open = [];
    private readonly ConcurrentDictionary<(string Watcher, string Contact), string> pictures = [];
    private long received;

    private readonly bool keepsConnections;

    /// <param name="keepsConnections">Whether its clients wait for the next NOTIFY on the same connection; old ones close it.</param>
    public Office(bool keepsConnections)
    {
        this.keepsConnections = keepsConnections;
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        listener.Listen(4096);
        _ = AcceptAsync();
    }

    /// <summary>How many NOTIFYs came.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>The callback of whoever is at an address.</summary>
    public string UrlAt(IPAddress address) => string.Create(CultureInfo.InvariantCulture, $"http://{address}:{((IPEndPoint)listener.LocalEndPoint!).Port}");

    /// <summary>What the client of somebody shows as a contact's state; null: it was told nothing.</summary>
    public string? PictureOf(IPAddress watcher, string contact) => pictures.TryGetValue((watcher.ToString(), contact), out var state) ? state : null;

    /// <summary>What the answer to a watch has said, unless something has come since.</summary>
    public void Sees(IPAddress watcher, string contact, string document)
    {
        if (State().Match(document) is { Success: true } state) pictures.TryAdd((watcher.ToString(), contact), state.Groups[1].Value);
    }

    /// <summary>All clients are ended at once: nobody listens there any more, and what was open is reset.</summary>
    public void Dies()
    {
        listener.Dispose();
        foreach (var socket in open.Keys)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
    }

    /// <summary>Its router dies: what is sent there is not even refused.</summary>
    public void GoesSilent()
    {
        var place = (IPEndPoint)listener.LocalEndPoint!;
        Dies();
        // A queue of connections that is full and that nobody empties: the system drops whoever comes next.
        var hole = NewSocket();
        hole.Bind(place);
        hole.Listen(0);
        hidden.Add(hole);
        for (var i = 0; i < FillsTheQueue; i++)
        {
            var socket = NewSocket();
            hidden.Add(socket);
            _ = socket.ConnectAsync(IPAddress.Loopback, place.Port).ContinueWith(
                task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    public void Dispose()
    {
        Dies();
        foreach (var socket in hidden) socket.Dispose();
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptAsync());
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Dead.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        open[socket] = true;
        using var connection = new HttpConnection(socket, 2048);
        try
        {
            var watcher = connection.LocalEndPoint.Address.ToString();
            while (await connection.ReadAsync(CancellationToken.None))
            {
                Interlocked.Increment(ref received);
                var body = connection.Body;
                if (From().Match(body) is { Success: true } from && State().Match(body) is { Success: true } state)
                    pictures[(watcher, from.Groups[1].Value)] = state.Groups[1].Value;
                await connection.SendAsync(keepsConnections ? Answer : LastAnswer, CancellationToken.None);
                if (!keepsConnections) break;
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The server went away, or the office is dead.
        }
        open.TryRemove(socket, out _);
    }

    [GeneratedRegex("<r:notification-from>.*?/instmsg/aliases/([^<]+)</d:href>")]
    private static partial Regex From();

    [GeneratedRegex("<r:state><r:([a-z-]+)/>")]
    private static partial Regex State();
}
