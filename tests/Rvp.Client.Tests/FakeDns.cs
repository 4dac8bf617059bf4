using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rvp.Client.Tests;

/// <summary>A DNS server that knows SRV records and answers "no such name" to everything else. [RFC 1035, 2782]</summary>
internal sealed class FakeDns : IDisposable
{
    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly (string Name, string Target, int Port)[] records;

    private FakeDns((string, string, int)[] records)
    {
        this.records = records;
        _ = ServeAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)socket.Client.LocalEndPoint!;

    public static FakeDns Start(params (string Name, string Target, int Port)[] records) => new(records);

    public void Dispose() => socket.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var asked = await socket.ReceiveAsync();
                await socket.SendAsync(Answer(asked.Buffer), asked.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private byte[] Answer(byte[] query)
    {
        var end = 12;
        var labels = new List<string>();
        while (query[end] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(query, end + 1, query[end]));
            end += 1 + query[end];
        }
        end += 5; // The root label, type and class.
        var found = records.Where(record => record.Name.Equals(string.Join('.', labels), StringComparison.OrdinalIgnoreCase)).ToList();
        // Header: the query's id, answer, recursion available, and no such name where nothing was found.
        byte[] head = [query[0], query[1], 0x81, (byte)(found.Count > 0 ? 0x80 : 0x83), 0, 1, 0, (byte)found.Count, 0, 0, 0, 0];
        return [.. head, .. query[12..end], .. found.SelectMany(record => Record(record.Target, record.Port))];
    }

    private static byte[] Record(string target, int port)
    {
        byte[] name = [.. target.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
        byte[] data = [0, 0, 0, 0, (byte)(port >> 8), (byte)port, .. name];
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)data.Length);
        // The name by pointer to the question, SRV, IN, 60 seconds.
        return [0xC0, 12, 0, 33, 0, 1, 0, 0, 0, 60, .. length, .. data];
    }
}
