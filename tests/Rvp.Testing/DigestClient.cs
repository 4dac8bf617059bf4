using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Rvp.Testing;

/// <summary>Digest as clients do it, written from RFC 2617 and from what clients send; shares nothing with the server's code.</summary>
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
        nonce = NonceOf(challenge);
        realm = Realm().Match(challenge).Groups[1].Value;
        count = 0;
    }

    /// <summary>The Authorization header line for a request, CRLF included; empty before the first challenge.</summary>
    public string HeaderFor(string verb, string target)
    {
        if (nonce is null) return "";
        var nc = (++count).ToString("x8", CultureInfo.InvariantCulture);
        const string cnonce = "0a4f113b";
        var response = Response(user, password, realm, verb, target, nonce, $"{nc}:{cnonce}:auth:");
        return $"Authorization: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{target}\", qop=auth, nc={nc}, cnonce=\"{cnonce}\", "
            + $"response=\"{response}\", algorithm=MD5\r\n";
    }

    /// <summary>The nonce of a challenge.</summary>
    public static string NonceOf(string challenge) => Nonce().Match(challenge).Groups[1].Value;

    /// <summary>The value of the Authorization header as Pidgin's plugin sends it, quotes and order included. [client: pidgin-librvp]</summary>
    public static string LikePidgin(
        string user, string password, string method, string uri, string nonce, string nc = "00000001", string realm = "im.adatum.com")
    {
        const string cnonce = "37a748721795467882c7aa766";
        var response = Response(user, password, realm, method, uri, nonce, $"{nc}:{cnonce}:auth:");
        return $"Digest username=\"{user}\", realm=\"{realm}\", qop=\"auth\", algorithm=\"MD5\", uri=\"{uri}\", nonce=\"{nonce}\", nc={nc}, "
            + $"cnonce=\"{cnonce}\", response=\"{response}\"";
    }

    /// <summary>The value of the Authorization header in the form of RFC 2069.</summary>
    public static string WithoutQop(string user, string password, string method, string uri, string nonce, string realm = "im.adatum.com")
    {
        var response = Response(user, password, realm, method, uri, nonce, "");
        return $"Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\"";
    }

    /// <summary>MD5 of a text, in hexadecimal digits.</summary>
    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Response(string user, string password, string realm, string method, string uri, string nonce, string qop) =>
        Md5($"{Md5($"{user}:{realm}:{password}")}:{nonce}:{qop}{Md5($"{method}:{uri}")}");

    [GeneratedRegex("nonce=\"([^\"]*)\"")]
    private static partial Regex Nonce();

    [GeneratedRegex("realm=\"([^\"]*)\"")]
    private static partial Regex Realm();
}
