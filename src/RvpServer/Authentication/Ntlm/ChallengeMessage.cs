using System.Buffers.Binary;
using System.Text;

namespace RvpServer.Authentication.Ntlm;

/// <summary>Type 2: the server's eight random bytes, and the server's names. [MS-NLMP, 2.2.1.2]</summary>
/// <param name="Flags">The agreed flags.</param>
/// <param name="Challenge">Eight bytes, for one Type 3 only.</param>
/// <param name="DomainName">NetBIOS name of the accounts' domain.</param>
/// <param name="ComputerName">NetBIOS name of this server; null: not sent.</param>
internal sealed record ChallengeMessage(NtlmFlags Flags, byte[] Challenge, string DomainName, string? ComputerName)
{
    public const int ChallengeLength = 8;
    private const int PayloadAt = 56;
    private const ushort ComputerNameId = 1;
    private const ushort DomainNameId = 2;

    // Without sealing and key exchange: nothing is ever encrypted with the session key here.
    private const NtlmFlags Agreeable =
        NtlmFlags.RequestTarget | NtlmFlags.Sign | NtlmFlags.AlwaysSign | NtlmFlags.ExtendedSessionSecurity | NtlmFlags.Key128 | NtlmFlags.Key56;

    /// <summary>The flags to answer a client with: Unicode if the client supports it.</summary>
    public static NtlmFlags Agree(NtlmFlags offered) =>
        (offered & Agreeable) | NtlmFlags.Ntlm | NtlmFlags.TargetTypeDomain | NtlmFlags.TargetInfo
        | ((offered & (NtlmFlags.Unicode | NtlmFlags.Oem)) == NtlmFlags.Oem ? NtlmFlags.Oem : NtlmFlags.Unicode);

    /// <summary>
    /// The message as sent. The target information has no time stamp: with one, clients must add a MIC, which only protects a session that HTTP does not have.
    /// </summary>
    public byte[] ToBytes()
    {
        var target = ((Flags & NtlmFlags.Unicode) != 0 ? Encoding.Unicode : Encoding.Latin1).GetBytes(DomainName);
        byte[] info = [.. Pair(DomainNameId, DomainName), .. ComputerName is null ? [] : Pair(ComputerNameId, ComputerName), 0, 0, 0, 0];
        var message = new byte[PayloadAt + target.Length + info.Length];
        NtlmMessage.Signature.CopyTo(message);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), 2);
        WriteField(message, 12, target, PayloadAt);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(20), (uint)Flags);
        Challenge.CopyTo(message, 24);
        WriteField(message, 40, info, PayloadAt + target.Length);
        return message;
    }

    private static byte[] Pair(ushort id, string text)
    {
        var value = Encoding.Unicode.GetBytes(text);
        var pair = new byte[4 + value.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(pair, id);
        BinaryPrimitives.WriteUInt16LittleEndian(pair.AsSpan(2), (ushort)value.Length);
        value.CopyTo(pair, 4);
        return pair;
    }

    private static void WriteField(byte[] message, int at, byte[] value, int offset)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(at), (ushort)value.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(at + 2), (ushort)value.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(at + 4), (uint)offset);
        value.CopyTo(message, offset);
    }
}
