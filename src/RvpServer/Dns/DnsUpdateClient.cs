using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DnsClient;
using DnsClient.Protocol;

namespace RvpServer.Dns;

/// <summary>Changes zones of one DNS server. Throws <see cref="IOException"/> when it does not answer, or does not do it, saying why.</summary>
/// <param name="server">The server that has the zones.</param>
internal sealed class DnsUpdateClient(IPEndPoint server)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly LookupClient client = new(new LookupClientOptions(server) { UseCache = false, ThrowDnsErrors = false, Timeout = Patience });

    /// <summary>The zone in which a name lies, according to the server; null if it has none.</summary>
    public async Task<string?> ZoneOfAsync(string name, CancellationToken stop)
    {
        try
        {
            var answer = await client.QueryAsync(name, QueryType.SOA, cancellationToken: stop);
            var zone = answer.Answers.Concat(answer.Authorities).OfType<SoaRecord>().FirstOrDefault()?.DomainName.Original.TrimEnd('.').ToLowerInvariant();
            return zone is not null && (name == zone || name.EndsWith("." + zone, StringComparison.Ordinal)) ? zone : null;
        }
        catch (DnsResponseException failure)
        {
            throw new IOException($"{server} does not answer: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }

    /// <summary>Makes the changes, all or none.</summary>
    public async Task ChangeAsync(string zone, IReadOnlyList<ZoneChange> changes, int timeToLive, TsigKey key, DateTimeOffset now, CancellationToken stop)
    {
        var message = DnsUpdate.Write((ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1), zone, changes, timeToLive, key, now);
        try
        {
            if (DnsUpdate.ReadAnswer(await AskAsync(message.Bytes, stop), message, key) is { } refusal)
                throw new IOException($"{server} does not change {zone}: {refusal}");
        }
        catch (Exception failure) when (failure is SocketException or FormatException || failure is OperationCanceledException && !stop.IsCancellationRequested)
        {
            throw new IOException($"{server} does not answer for {zone}: {failure.Message}", failure);
        }
    }

    // By TCP: nothing is too long for it, and nobody else can answer.
    private async Task<byte[]> AskAsync(byte[] message, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        using var connection = new TcpClient(server.AddressFamily);
        await connection.ConnectAsync(server, limit.Token);
        await using var stream = connection.GetStream();
        var framed = new byte[message.Length + sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, sizeof(ushort));
        await stream.WriteAsync(framed, limit.Token);
        var length = new byte[sizeof(ushort)];
        await stream.ReadExactlyAsync(length, limit.Token);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(answer, limit.Token);
        return answer;
    }
}
