using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Rvp.Testing;

/// <summary>Digest as a client does it (RFC 2617), written from the RFC and not from the server's code.</summary>
internal sealed partial class DigestClient(string user, string password)
{
    private string? nonce;
    private string realm = "";
    private int count;

    /// <summary>True once it has seen a challenge.</summary>
    public bool HasChallenge => nonce is not null;

    /// <summary>Takes the challenge of a 401.</summary>
    public void Take(string challenge)
    {
        nonce = Nonce().Match(challenge).Groups[1].Value;
        realm = Realm().Match(challenge).Groups[1].Value;
        count = 0;
    }

    /// <summary>The Authorization header line for a request, CRLF included; empty before the first challenge.</summary>
    public string HeaderFor(string verb, string target)
    {
        if (nonce is null) return "";
        var nc = (++count).ToString("x8", CultureInfo.InvariantCulture);
        const string cnonce = "0a4f113b";
        var response = Md5($"{Md5($"{user}:{realm}:{password}")}:{nonce}:{nc}:{cnonce}:auth:{Md5($"{verb}:{target}")}");
        return $"Authorization: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{target}\", qop=auth, nc={nc}, cnonce=\"{cnonce}\", "
            + $"response=\"{response}\", algorithm=MD5\r\n";
    }

    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("nonce=\"([^\"]*)\"")]
    private static partial Regex Nonce();

    [GeneratedRegex("realm=\"([^\"]*)\"")]
    private static partial Regex Realm();
}
