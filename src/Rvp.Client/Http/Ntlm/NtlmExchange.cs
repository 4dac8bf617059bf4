using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Rvp.Client.Http.Ntlm;

/// <summary>
/// NTLM over HTTP, version 2 only: Type 1, the server's Type 2, Type 3, all on one connection. [MS-NLMP] The messages are built here because .NET's own
/// implementation needs the gss-ntlmssp library on Linux.
/// </summary>
internal sealed class NtlmExchange
{
    public const string Scheme = "NTLM";

    private const int HeaderLength = 64;
    private const int MaxMessage = 8192;

    // Unicode, request target, NTLM, always sign, extended session security, 128 and 56 bit.
    private const uint Flags = 0x00000001 | 0x00000004 | 0x00000200 | 0x00008000 | 0x00080000 | 0x20000000 | 0x80000000;
    private const ushort TimestampId = 7;

    private readonly string domain;
    private readonly string user;
    private readonly byte[] ntHash;

    /// <param name="userName"><c>name</c> or <c>DOMAIN\name</c>.</param>
    /// <param name="password">The password.</param>
    public NtlmExchange(string userName, string password)
    {
        var slash = userName.IndexOf('\\', StringComparison.Ordinal);
        domain = slash < 0 ? "" : userName[..slash];
        user = userName[(slash + 1)..];
        ntHash = Md4.HashData(Encoding.Unicode.GetBytes(password));
    }

    /// <summary>Type 1: what the client supports.</summary>
    public static string FirstHeader { get; } = MakeFirst();

    /// <summary>The header with Type 3; null if the challenges contain no readable Type 2.</summary>
    public string? AnswerTo(IEnumerable<string> challenges)
    {
        foreach (var text in challenges)
        {
            if (!text.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase) || text.Length > MaxMessage) continue;
            var buffer = new byte[text.Length];
            if (!Convert.TryFromBase64String(text[(Scheme.Length + 1)..].Trim(), buffer, out var length)) continue;
            if (TryRead(buffer.AsSpan(0, length), out var challenge, out var targetInfo, out var flags))
            {
                var answer = Answer(challenge, targetInfo, flags, RandomNumberGenerator.GetBytes(8), DateTime.UtcNow.ToFileTimeUtc());
                return Scheme + " " + Convert.ToBase64String(answer);
            }
        }
        return null;
    }

    /// <summary>Type 3. The time is in 100 ns since 1601; the server's time is used if it sends one.</summary>
    internal byte[] Answer(ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> targetInfo, uint flags, ReadOnlySpan<byte> clientChallenge, long time)
    {
        var key = Proof(ntHash, Encoding.Unicode.GetBytes(user.ToUpperInvariant() + domain));
        var serverTime = FindTimestamp(targetInfo);
        var stamp = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(stamp, serverTime ?? time);
        byte[] blob = [1, 1, 0, 0, 0, 0, 0, 0, .. stamp, .. clientChallenge, 0, 0, 0, 0, .. targetInfo, 0, 0, 0, 0];
        byte[] nt = [.. Proof(key, [.. challenge, .. blob]), .. blob];
        // If the server sends its time, the LM response must be zeros. [MS-NLMP, 3.1.5.1.2]
        byte[] lm = serverTime is null ? [.. Proof(key, [.. challenge, .. clientChallenge]), .. clientChallenge] : new byte[24];

        var message = new List<byte>([.. "NTLMSSP\0"u8, 3, 0, 0, 0]);
        var payload = new List<byte>();
        var domainBytes = Encoding.Unicode.GetBytes(domain);
        var userBytes = Encoding.Unicode.GetBytes(user);
        // The payload has the texts first, then the responses; the fields have the order of the header.
        var domainAt = HeaderLength;
        var userAt = domainAt + domainBytes.Length;
        var lmAt = userAt + userBytes.Length;
        AddField(message, lm.Length, lmAt);
        AddField(message, nt.Length, lmAt + lm.Length);
        AddField(message, domainBytes.Length, domainAt);
        AddField(message, userBytes.Length, userAt);
        AddField(message, 0, lmAt);
        AddField(message, 0, lmAt + lm.Length + nt.Length);
        Span<byte> agreed = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(agreed, flags & Flags);
        message.AddRange(agreed);
        payload.AddRange([.. domainBytes, .. userBytes, .. lm, .. nt]);
        return [.. message, .. payload];
    }

#pragma warning disable CA5351 // NTLM requires MD5.
    private static byte[] Proof(byte[] key, byte[] data) => HMACMD5.HashData(key, data);
#pragma warning restore CA5351

    private static string MakeFirst()
    {
        var message = new byte[32];
        "NTLMSSP\0"u8.CopyTo(message);
        message[8] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(12), Flags);
        return Scheme + " " + Convert.ToBase64String(message);
    }

    private static bool TryRead(ReadOnlySpan<byte> message, out byte[] challenge, out byte[] targetInfo, out uint flags)
    {
        challenge = targetInfo = [];
        flags = 0;
        if (message.Length < 48 || !message.StartsWith("NTLMSSP\0"u8) || message[8] != 2) return false;
        flags = BinaryPrimitives.ReadUInt32LittleEndian(message[20..]);
        challenge = message.Slice(24, 8).ToArray();
        var length = BinaryPrimitives.ReadUInt16LittleEndian(message[40..]);
        var at = BinaryPrimitives.ReadUInt32LittleEndian(message[44..]);
        if (at > message.Length || length > message.Length - at) return false;
        targetInfo = message.Slice((int)at, length).ToArray();
        return true;
    }

    private static long? FindTimestamp(ReadOnlySpan<byte> targetInfo)
    {
        while (targetInfo.Length >= 4)
        {
            var id = BinaryPrimitives.ReadUInt16LittleEndian(targetInfo);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(targetInfo[2..]);
            if (id == 0 || length > targetInfo.Length - 4) return null;
            if (id == TimestampId && length == 8) return BinaryPrimitives.ReadInt64LittleEndian(targetInfo[4..]);
            targetInfo = targetInfo[(4 + length)..];
        }
        return null;
    }

    private static void AddField(List<byte> message, int length, int at)
    {
        Span<byte> field = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)length);
        BinaryPrimitives.WriteUInt16LittleEndian(field[2..], (ushort)length);
        BinaryPrimitives.WriteInt32LittleEndian(field[4..], at);
        message.AddRange(field);
    }
}
