using System.Buffers.Binary;

namespace RvpServer.Authentication.Ntlm;

/// <summary>What the three messages have in common: signature, type, and fields that point into the message. [MS-NLMP, 2.2.1]</summary>
internal static class NtlmMessage
{
    /// <summary>Far above a Type 3 with every field filled; messages come from strangers.</summary>
    public const int MaxLength = 4096;

    /// <summary>Signature and type.</summary>
    public const int HeadLength = 12;

    public static ReadOnlySpan<byte> Signature => "NTLMSSP\0"u8;

    /// <summary>The type of a message, 1 to 3; 0 if it is not NTLM.</summary>
    public static int TypeOf(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeadLength || !message.StartsWith(Signature)) return 0;
        return BinaryPrimitives.ReadUInt32LittleEndian(message[8..]) is var type and <= 3 ? (int)type : 0;
    }

    /// <summary>The bytes described by the length and offset at <paramref name="at"/>; false if they are outside the message.</summary>
    public static bool TryReadField(byte[] message, int at, out ReadOnlyMemory<byte> field)
    {
        field = default;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(at));
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at + 4));
        if (length == 0) return true; // The offset of an empty field may be anything.
        if (offset > message.Length || length > message.Length - (int)offset) return false;
        field = message.AsMemory((int)offset, length);
        return true;
    }
}
