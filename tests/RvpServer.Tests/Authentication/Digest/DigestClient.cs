using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace RvpServer.Tests.Authentication.Digest;

/// <summary>A client's side of Digest, written from RFC 2617 and from what clients send; shares nothing with the server's side.</summary>
[SuppressMessage("Security", "CA5351", Justification = "The protocol's own choice.")]
internal static partial class DigestClient
{
    public static string NonceOf(string challenge) => NoncePattern().Match(challenge).Groups[1].Value;

    /// <summary>What the plugin of Pidgin sends, quotes and order included.</summary>
    public static string LikePidgin(string user, string password, string method, string uri, string nonce, string nc = "00000001",
        string realm = "im.adatum.com")
    {
        var response = Md5($"{Md5($"{user}:{realm}:{password}")}:{nonce}:{nc}:37a748721795467882c7aa766:auth:{Md5($"{method}:{uri}")}");
        return $"Digest username=\"{user}\", realm=\"{realm}\", qop=\"auth\", algorithm=\"MD5\", uri=\"{uri}\", nonce=\"{nonce}\", nc={nc}, "
            + $"cnonce=\"37a748721795467882c7aa766\", response=\"{response}\"";
    }

    /// <summary>The form of RFC 2069.</summary>
    public static string WithoutQop(string user, string password, string method, string uri, string nonce, string realm = "im.adatum.com")
    {
        var response = Md5($"{Md5($"{user}:{realm}:{password}")}:{nonce}:{Md5($"{method}:{uri}")}");
        return $"Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\"";
    }

    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("nonce=\"([^\"]*)\"")]
    private static partial Regex NoncePattern();
}
