using System.Buffers.Binary;

namespace RvpServer.Authentication.Ntlm;

/// <summary>Type 1: what the client supports. Its domain and workstation are hints that are not needed, so they are not read. [MS-NLMP, 2.2.1.1]</summary>
internal sealed record NegotiateMessage(NtlmFlags Flags)
{
    private const int FlagsAt = 12;

    /// <summary>Reads a message of 16 bytes or more: clients send 16, 32 and 40. [client]</summary>
    public static bool TryParse(byte[] message, out NegotiateMessage negotiate)
    {
        var isWhole = NtlmMessage.TypeOf(message) == 1 && message.Length >= FlagsAt + 4;
        negotiate = new NegotiateMessage(isWhole ? (NtlmFlags)BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(FlagsAt)) : NtlmFlags.None);
        return isWhole;
    }
}
