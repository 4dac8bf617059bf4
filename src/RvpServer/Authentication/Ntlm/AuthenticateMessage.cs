using System.Buffers.Binary;
using System.Text;

namespace RvpServer.Authentication.Ntlm;

/// <summary>Type 3: who the client is, and its answer to the challenge. [MS-NLMP, 2.2.1.3]</summary>
/// <param name="UserName">As typed, perhaps with a domain in it.</param>
/// <param name="DomainName">As typed, or invented by the client.</param>
/// <param name="DomainBytes">The domain before any decoding: see <see cref="NtlmProof"/>.</param>
/// <param name="LmResponse">Not checked; with extended session security its first half is the client's challenge.</param>
/// <param name="NtResponse">24 bytes for NTLMv1, more for NTLMv2.</param>
internal sealed record AuthenticateMessage(
    string UserName, string DomainName, ReadOnlyMemory<byte> DomainBytes, ReadOnlyMemory<byte> LmResponse, ReadOnlyMemory<byte> NtResponse)
{
    // The header up to the workstation field; in the oldest form, session key and flags may be missing after it.
    private const int ShortestHeader = 52;
    private const int FlagsAt = 60;

    /// <summary>
    /// Reads a message; <paramref name="agreed"/> are the flags of the Type 2 that it answers. False if a field points outside the message or a text is
    /// invalid.
    /// </summary>
    public static bool TryParse(byte[] message, NtlmFlags agreed, out AuthenticateMessage authenticate)
    {
        authenticate = null!;
        if (NtlmMessage.TypeOf(message) != 3 || message.Length < ShortestHeader) return false;
        if (!NtlmMessage.TryReadField(message, 12, out var lm) || !NtlmMessage.TryReadField(message, 20, out var nt)
            || !NtlmMessage.TryReadField(message, 28, out var domain) || !NtlmMessage.TryReadField(message, 36, out var user)) return false;

        var flags = message.Length >= FlagsAt + 4 ? (NtlmFlags)BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(FlagsAt)) : NtlmFlags.None;
        // COMPAT(pidgin-librvp): its flags are 0 although the texts are UTF-16; then the agreed flags count.
        var isUnicode = (flags & NtlmFlags.Unicode) != 0 || ((flags & NtlmFlags.Oem) == 0 && (agreed & NtlmFlags.Unicode) != 0);
        if (!TryDecode(user.Span, isUnicode, out var userName)) return false;

        // A domain that cannot be decoded is no reason to refuse: its bytes are tried too.
        if (!TryDecode(domain.Span, isUnicode, out var domainName)) domainName = "";
        authenticate = new AuthenticateMessage(userName, domainName, domain, lm, nt);
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, bool isUnicode, out string text)
    {
        text = "";
        if (!isUnicode) text = Encoding.Latin1.GetString(bytes); // The code page is unknown.
        else if (bytes.Length % 2 == 0) text = Encoding.Unicode.GetString(bytes);
        else return false;
        return true;
    }
}
