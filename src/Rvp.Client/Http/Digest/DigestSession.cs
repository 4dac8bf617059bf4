using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rvp.Client.Http.Digest;

/// <summary>
/// Digest proofs for one server: one challenge serves many requests, each with its own count, so that no request needs a new challenge. [RFC 2617]
/// </summary>
internal sealed class DigestSession(string userName, string password)
{
    private readonly Lock gate = new();
    private DigestOffer? challenge;
    private string ha1 = "";
    private uint count;

    /// <summary>Uses this challenge from now on.</summary>
    public void Take(DigestOffer taken)
    {
        lock (gate)
        {
            challenge = taken;
            ha1 = Md5($"{userName}:{taken.Realm}:{password}");
            count = 0;
        }
    }

    /// <summary>Drops the challenge and waits for the next.</summary>
    public void Forget()
    {
        lock (gate) challenge = null;
    }

    /// <summary>The Authorization header of the next request; null before the first challenge.</summary>
    public string? HeaderFor(string verb, string target)
    {
        DigestOffer asked;
        string secret, nc;
        lock (gate)
        {
            if (challenge is null) return null;
            asked = challenge;
            secret = ha1;
            nc = (++count).ToString("x8", CultureInfo.InvariantCulture);
        }
        var ha2 = Md5($"{verb}:{target}");
        var cnonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var response = Md5(asked.HasQop ? $"{secret}:{asked.Nonce}:{nc}:{cnonce}:auth:{ha2}" : $"{secret}:{asked.Nonce}:{ha2}");
        var header = new StringBuilder("Digest username=").Append(Quote(userName)).Append(", realm=").Append(Quote(asked.Realm))
            .Append(", nonce=").Append(Quote(asked.Nonce)).Append(", uri=").Append(Quote(target))
            .Append(", algorithm=MD5, response=\"").Append(response).Append('"');
        if (asked.HasQop) header.Append(CultureInfo.InvariantCulture, $", qop=auth, nc={nc}, cnonce=\"{cnonce}\"");
        if (asked.Opaque is { } opaque) header.Append(", opaque=").Append(Quote(opaque));
        return header.ToString();
    }

    private static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

#pragma warning disable CA5351 // Digest requires MD5. [RFC 2617]
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
