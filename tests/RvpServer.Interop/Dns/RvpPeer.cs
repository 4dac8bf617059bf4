using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RvpServer.Interop.Dns;

/// <summary>Whoever listens on an address of 127.0.0.0/8 and gives one and the same answer to everything; keeps the heads of the requests.</summary>
internal sealed class RvpPeer : IDisposable
{
    private readonly TcpListener listener;
    private readonly string answer;
    private readonly Lock gate = new();
    private readonly List<string> requests = [];

    public RvpPeer(string address, string answer)
    {
        this.answer = answer;
        listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        _ = AcceptAsync();
    }

    public const string Rvp = "HTTP/1.1 401 Unauthorized\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    public const string Web = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (gate) return [.. requests];
        }
    }

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
                var head = new StringBuilder();
                while (await reader.ReadLineAsync() is { Length: > 0 } line) head.Append(line).Append('\n');
                if (head.Length == 0) return;
                lock (gate) requests.Add(head.ToString());
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
            catch (IOException)
            {
                // The caller went away.
            }
        }
    }
}
