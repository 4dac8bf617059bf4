using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace RvpServer.Dns;

/// <summary>One change of a zone.</summary>
/// <param name="Name">Whose records; lower case, without a trailing dot.</param>
/// <param name="Type">A, AAAA, PTR or SRV.</param>
/// <param name="Data">The record to add, as zone files have it; null: all records of the name and type go.</param>
internal sealed record ZoneChange(string Name, string Type, string? Data)
{
    /// <summary>As <c>nsupdate</c> takes it.</summary>
    public string Describe(int timeToLive) => Data is null
        ? $"update delete {Name}. {Type}"
        : string.Create(CultureInfo.InvariantCulture, $"update add {Name}. {timeToLive} {Type} {Data}");
}

/// <summary>A signed message that changes a zone, all of it or nothing. [RFC 2136, RFC 8945]</summary>
internal static class DnsUpdate
{
    /// <summary>By how many seconds the clocks of both sides may differ; the usual number.</summary>
    private const ushort Fudge = 300;

    private const int HeaderLength = 12;
    private const ushort UpdateFlags = 0x2800; // Opcode 5.
    private const ushort ClassIn = 1;
    private const ushort ClassAny = 255;
    private const ushort TypeSoa = 6;
    private const ushort TypeTsig = 250;
    private const int AdditionalCountAt = 10;

    private static readonly Dictionary<string, ushort> Types = new() { ["A"] = 1, ["PTR"] = 12, ["AAAA"] = 28, ["SRV"] = 33 };

    /// <summary>Writes the message.</summary>
    /// <param name="id">Its number, which the answer repeats.</param>
    /// <param name="zone">The zone; lower case, without a trailing dot.</param>
    /// <param name="changes">What changes in it, in this order.</param>
    /// <param name="timeToLive">Of records that are added, in seconds.</param>
    /// <param name="key">Signs it.</param>
    /// <param name="now">The time of the wall clock.</param>
    public static SignedMessage Write(ushort id, string zone, IReadOnlyList<ZoneChange> changes, int timeToLive, TsigKey key, DateTimeOffset now)
    {
        var message = new DnsWriter();
        message.Add(id, UpdateFlags, 1, 0, checked((ushort)changes.Count), 0);
        message.Add(zone);
        message.Add(TypeSoa, ClassIn);
        foreach (var change in changes)
        {
            message.Add(change.Name);
            message.Add(Types[change.Type], change.Data is null ? ClassAny : ClassIn);
            message.Add(change.Data is null ? 0u : (uint)timeToLive);
            message.AddSized(data => AddData(data, change));
        }
        var time = (ulong)now.ToUnixTimeSeconds();
        var mac = key.Sign([.. message.Bytes, .. Variables(key, time, Fudge, 0, [])]);

        message.Add(key.Name);
        message.Add(TypeTsig, ClassAny);
        message.Add(0u);
        message.AddSized(data =>
        {
            data.Add(TsigKey.Algorithm);
            data.AddTime(time);
            data.Add(Fudge, (ushort)mac.Length);
            data.Add(mac);
            data.Add(id, 0, 0);
        });
        var bytes = message.Bytes.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(AdditionalCountAt), 1);
        return new SignedMessage(id, bytes, mac);
    }

    /// <summary>
    /// Null where the server has done it; otherwise why not. Throws <see cref="FormatException"/> for an answer that cannot be read, or is not the server's.
    /// </summary>
    public static string? ReadAnswer(ReadOnlySpan<byte> answer, SignedMessage asked, TsigKey key)
    {
        if (answer.Length < HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(answer) != asked.Id)
            throw new FormatException("the answer belongs to no question");
        var code = answer[3] & 0xf;
        var signature = TsigOf(answer);
        if (code != 0) return Explain(code, signature?.Error ?? 0, key);
        if (signature is not { } signed) throw new FormatException("the answer is not signed");
        // As it was before the signature was added. [RFC 8945, 4.3]
        var bare = answer[..signed.At].ToArray();
        var additional = bare.AsSpan(AdditionalCountAt);
        BinaryPrimitives.WriteUInt16BigEndian(additional, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(additional) - 1));
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)asked.Mac.Length);
        var expected = key.Sign([.. length, .. asked.Mac, .. bare, .. Variables(key, signed.Time, signed.Fudge, signed.Error, signed.Other)]);
        return CryptographicOperations.FixedTimeEquals(expected, signed.Mac)
            ? null : throw new FormatException("the answer is signed with another key");
    }

    private static void AddData(DnsWriter data, ZoneChange change)
    {
        switch (change)
        {
            case { Data: null }:
                break;
            case { Type: "SRV" }:
                var parts = change.Data.Split(' ');
                foreach (var part in parts[..3]) data.Add(ushort.Parse(part, CultureInfo.InvariantCulture));
                data.Add(parts[3].TrimEnd('.'));
                break;
            case { Type: "PTR" }:
                data.Add(change.Data.TrimEnd('.'));
                break;
            default:
                data.Add(IPAddress.Parse(change.Data).GetAddressBytes());
                break;
        }
    }

    private static byte[] Variables(TsigKey key, ulong time, ushort fudge, ushort error, byte[] other)
    {
        var variables = new DnsWriter();
        variables.Add(key.Name);
        variables.Add(ClassAny);
        variables.Add(0u);
        variables.Add(TsigKey.Algorithm);
        variables.AddTime(time);
        variables.Add(fudge, error, (ushort)other.Length);
        variables.Add(other);
        return variables.Bytes.ToArray();
    }

    private static (int At, ulong Time, ushort Fudge, byte[] Mac, ushort Error, byte[] Other)? TsigOf(ReadOnlySpan<byte> answer)
    {
        var reader = new DnsReader(answer, HeaderLength);
        int Count(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        for (var i = Count(answer, 4); i > 0; i--)
        {
            reader.SkipName();
            reader.Skip(4);
        }
        for (var i = Count(answer, 6) + Count(answer, 8) + Count(answer, AdditionalCountAt); i > 0; i--)
        {
            var at = reader.Position;
            reader.SkipName();
            var type = reader.Read16();
            reader.Skip(6);
            var length = reader.Read16();
            if (type != TypeTsig)
            {
                reader.Skip(length);
                continue;
            }
            reader.SkipName();
            var time = ((ulong)reader.Read16() << 32) | ((ulong)reader.Read16() << 16) | reader.Read16();
            var fudge = reader.Read16();
            var mac = reader.Read(reader.Read16());
            reader.Skip(2);
            return (at, time, fudge, mac, reader.Read16(), reader.Read(reader.Read16()));
        }
        return null;
    }

    private static string Explain(int code, int signature, TsigKey key) => (code, signature) switch
    {
        (9, 16) => $"it knows the key {key.Name}, and its secret is another",
        (9, 17) => $"it knows no key {key.Name}",
        (9, 18) => "its clock and this machine's differ by more than five minutes",
        (9, _) => "it is not the server of that zone (NOTAUTH)",
        (5, _) => $"it does not let the key {key.Name} change that zone (REFUSED): see its update-policy or allow-update",
        (10, _) => "a name lies outside the zone (NOTZONE)",
        (2, _) => "it cannot write the zone (SERVFAIL): see its log",
        (4, _) => "it takes no updates at all (NOTIMP)",
        _ => $"it answers with code {code}",
    };
}

/// <summary>A message that was signed.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Bytes">All of it.</param>
/// <param name="Mac">The signature, on which that of the answer depends.</param>
internal sealed record SignedMessage(ushort Id, byte[] Bytes, byte[] Mac);
