using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rvp.Testing;

/// <summary>A question as it came.</summary>
/// <param name="Name">Lower case, without the trailing dot.</param>
/// <param name="Type">A, AAAA, SRV, PTR, or a number.</param>
/// <param name="HasEdns">Whether it asks for more than DNS of 1987 knows.</param>
internal sealed record DnsQuery(string Name, string Type, bool HasEdns)
{
    public override string ToString() => Type + " " + Name;
}

/// <summary>A record to send, written as zone files have it: <c>OWNER TTL TYPE DATA</c>, for example <c>im.adatum.com 60 A 127.0.0.1</c>.</summary>
internal sealed record DnsReplyRecord(string Text)
{
    private const int MinimumOfSoa = 30;

    public static int TypeOf(string name) =>
        name switch
        {
            "A" => 1,
            "NS" => 2,
            "CNAME" => 5,
            "SOA" => 6,
            "PTR" => 12,
            "AAAA" => 28,
            "SRV" => 33,
            _ => throw new ArgumentException(name, nameof(name)),
        };

    public byte[] Bytes()
    {
        var parts = Text.Split(' ');
        var data = parts[2] switch
        {
            "A" or "AAAA" => IPAddress.Parse(parts[3]).GetAddressBytes(),
            "SRV" => [.. Number(parts[3]), .. Number(parts[4]), .. Number(parts[5]), .. NameOf(parts[6])],
            "SOA" => [.. NameOf(parts[3]), .. NameOf("hostmaster." + parts[3]), .. new byte[19], MinimumOfSoa],
            _ => NameOf(parts[3]),
        };
        var ttl = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(ttl, int.Parse(parts[1]));
        return [.. NameOf(parts[0]), .. Number(TypeOf(parts[2])), .. Number(1), .. ttl, .. Number(data.Length), .. data];
    }

    private static byte[] NameOf(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    private static byte[] Number(string text) => Number(int.Parse(text));

    private static byte[] Number(int value) => [(byte)(value >> 8), (byte)value];
}

/// <summary>What to answer.</summary>
internal sealed record DnsReplyText
{
    public const int FormErr = 1;
    public const int ServFail = 2;
    public const int NxDomain = 3;
    public const int NotImp = 4;
    public const int Refused = 5;

    public int Code { get; init; }

    /// <summary>The server has the zone.</summary>
    public bool IsAuthoritative { get; init; } = true;

    /// <summary>The server asks others.</summary>
    public bool IsRecursive { get; init; }

    public IReadOnlyList<string> Answers { get; init; } = [];

    public IReadOnlyList<string> Authorities { get; init; } = [];

    /// <summary>Bytes instead of the question and all records; null: as it should be.</summary>
    public byte[]? Nonsense { get; init; }

    public static DnsReplyText With(params string[] answers) => new() { Answers = answers };

    public static DnsReplyText Fails(int code) => new() { Code = code };

    /// <summary>No such name, as a working server answers.</summary>
    public static DnsReplyText NoSuchName(string zone) => new() { Code = NxDomain, Authorities = [$"{zone} 60 SOA ns.{zone}"] };
}

/// <summary>A DNS server on loopback that answers datagrams as a test tells it, also as broken servers do; null is silence. [RFC 1035]</summary>
internal sealed class ScriptedDns : IDisposable
{
    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Func<DnsQuery, DnsReplyText?> script;
    private readonly Lock gate = new();
    private readonly List<DnsQuery> questions = [];

    private ScriptedDns(Func<DnsQuery, DnsReplyText?> script)
    {
        this.script = script;
        _ = ServeAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)socket.Client.LocalEndPoint!;

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<DnsQuery> Questions
    {
        get
        {
            lock (gate) return [.. questions];
        }
    }

    public static ScriptedDns Start(Func<DnsQuery, DnsReplyText?> script) => new(script);

    /// <summary>One that works as it should: it has these records, and no other names.</summary>
    public static ScriptedDns Start(params string[] records) => new(query =>
    {
        var found = records.Where(record => record.Split(' ') is [var owner, _, var type, ..] && owner == query.Name && type == query.Type).ToArray();
        return found.Length > 0 ? DnsReplyText.With(found) : DnsReplyText.NoSuchName("test");
    });

    public void Dispose() => socket.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var asked = await socket.ReceiveAsync();
                var (query, end) = Read(asked.Buffer);
                lock (gate) questions.Add(query);
                if (script(query) is { } reply) await socket.SendAsync(Write(asked.Buffer, end, reply), asked.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private static (DnsQuery Query, int End) Read(byte[] bytes)
    {
        var end = 12;
        var labels = new List<string>();
        while (bytes[end] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(bytes, end + 1, bytes[end]));
            end += 1 + bytes[end];
        }
        var number = (bytes[end + 1] << 8) | bytes[end + 2];
        var type = ((string[])["A", "AAAA", "SRV", "PTR"]).FirstOrDefault(name => DnsReplyRecord.TypeOf(name) == number) ?? number.ToString();
        return (new DnsQuery(string.Join('.', labels).ToLowerInvariant(), type, HasEdns: bytes[11] > 0), end + 5);
    }

    private static byte[] Write(byte[] query, int end, DnsReplyText reply)
    {
        byte[] head =
        [
            query[0], query[1], (byte)(0x81 | (reply.IsAuthoritative ? 4 : 0)), (byte)((reply.IsRecursive ? 0x80 : 0) | reply.Code),
            0, 1, 0, (byte)reply.Answers.Count, 0, (byte)reply.Authorities.Count, 0, 0,
        ];
        if (reply.Nonsense is { } nonsense) return [.. head, .. nonsense];
        return [.. head, .. query[12..end], .. reply.Answers.Concat(reply.Authorities).SelectMany(text => new DnsReplyRecord(text).Bytes())];
    }
}
