using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace RvpServer.Webhooks;

/// <summary>
/// The secret in a hook's URL. Long enough that a plain hash of it is safe to keep; and looking one up by its hash tells nothing by the time it takes.
/// </summary>
internal static class WebhookSecret
{
    private const int Bytes = 24;

    // As made, in Base64 for URLs.
    private const int Length = 32;

    /// <summary>A new one.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What is kept of it; that of a text that can be none is nobody's.</summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret.Length == Length ? secret : ""));
}
