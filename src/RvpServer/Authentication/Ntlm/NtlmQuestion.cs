using System.Globalization;
using System.Text;

namespace RvpServer.Authentication.Ntlm;

/// <summary>A proof for a domain controller to check.</summary>
/// <param name="UserName">As the client wrote it.</param>
/// <param name="DomainName">As the client wrote it.</param>
/// <param name="Challenge">The eight bytes that it answers.</param>
/// <param name="NtResponse">The whole NT response.</param>
internal sealed record NtlmQuestion(string UserName, string DomainName, byte[] Challenge, ReadOnlyMemory<byte> NtResponse)
{
    /// <summary>In the format of <c>ntlm-server-1</c>. Texts from strangers are sent in base64: a line break would start another question.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        Username:: {Base64(UserName)}
        NT-Domain:: {Base64(DomainName)}
        LANMAN-Challenge: {Convert.ToHexStringLower(Challenge)}
        NT-Response: {Convert.ToHexStringLower(NtResponse.Span)}
        .

        """).ReplaceLineEndings("\n");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
