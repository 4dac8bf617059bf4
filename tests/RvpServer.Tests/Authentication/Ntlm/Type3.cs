using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using RvpServer.Authentication.Ntlm;

namespace RvpServer.Tests.Authentication.Ntlm;

/// <summary>A client's side of NTLM: what goes into its Type 1 and 3, written from [MS-NLMP] and from what clients send.</summary>
[SuppressMessage("Security", "CA5351", Justification = "The protocol's own choice.")]
internal sealed record Type3
{
    public string User { get; init; } = "JoBrown";

    public string Domain { get; init; } = "ADATUM";

    public Encoding Encoding { get; init; } = Encoding.Unicode;

    /// <summary>Replaces the encoded domain.</summary>
    public byte[]? DomainBytes { get; init; }

    public uint Flags { get; init; } = 0x0000_0001;

    public byte[] Lm { get; init; } = new byte[24];

    public byte[] Nt { get; init; } = [];

    /// <summary>A Type 1 of 32 bytes.</summary>
    public static string Type1(uint flags)
    {
        var message = new byte[32];
        "NTLMSSP\0\u0001"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(12), flags);
        return "NTLM " + Convert.ToBase64String(message);
    }

    public static byte[] ChallengeOf(string header) => Convert.FromBase64String(header["NTLM ".Length..])[24..32];

    /// <summary>NTLMv2 with its client challenge and an empty target information.</summary>
    public static byte[] V2(byte[] challenge, string user, string domain, string password)
    {
        byte[] blob = [1, 1, 0, 0, 0, 0, 0, 0, .. new byte[8], .. "cccccccc"u8, 0, 0, 0, 0, 0, 0, 0, 0];
        var key = HMACMD5.HashData(NtHash.Of(password), Encoding.Unicode.GetBytes(user.ToUpperInvariant() + domain));
        byte[] signed = [.. challenge, .. blob];
        return [.. HMACMD5.HashData(key, signed), .. blob];
    }

    /// <summary>Header of 64 bytes, then domain, user, workstation, LM, NT: the order of Pidgin's plugin.</summary>
    public byte[] ToBytes()
    {
        var message = new List<byte>(new byte[64]);
        var header = new byte[64];
        "NTLMSSP\0\u0003"u8.CopyTo(header);
        Add(28, DomainBytes ?? Encoding.GetBytes(Domain));
        Add(36, Encoding.GetBytes(User));
        Add(44, Encoding.GetBytes("CLIENT1"));
        Add(12, Lm);
        Add(20, Nt);
        Add(52, []);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(60), Flags);
        return [.. header, .. message.Skip(64)];

        void Add(int at, byte[] value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(at), (ushort)value.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(at + 2), (ushort)value.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(at + 4), (uint)message.Count);
            message.AddRange(value);
        }
    }

    public string ToHeader() => "NTLM " + Convert.ToBase64String(ToBytes());
}
