using System.Globalization;
using System.Text;

namespace RvpServer.Authentication.Digest;

/// <summary>An <c>Authorization: Digest</c> header. Texts are kept as the client wrote them, because that is what it hashed. [RFC 2617, 3.2.2]</summary>
/// <param name="UserNames">The user name as typed: the text between its quotes and, if different, the same with backslash escapes removed.</param>
/// <param name="Realm">Null if the header has none.</param>
/// <param name="Nonce">Not checked.</param>
/// <param name="Uri">Not checked.</param>
/// <param name="Response">16 bytes.</param>
/// <param name="Algorithm">Null if the header has none.</param>
/// <param name="Protection">Null for the form of RFC 2069, which has no qop.</param>
internal sealed record DigestCredentials(
    IReadOnlyList<string> UserNames, string? Realm, string Nonce, string Uri, byte[] Response, string? Algorithm, Protection? Protection)
{
    // Far above what any client sends; Kestrel's own limit is 32 kB for the whole head.
    private const int MaxLength = 4096;

    /// <summary>Reads what follows the word Digest. False for anything ambiguous.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DigestCredentials credentials)
    {
        credentials = null!;
        if (text.Length > MaxLength) return false;
        var values = new DigestParameters(text, stackalloc (Range, Range)[DigestParameters.MaxCount]);
        if (!values.TryRead()) return false;
        if (!TryReadUserName(in values, out var userName) || values.Find("nonce") is not { } nonce || values.Find("uri") is not { } uri) return false;
        if (userName.Length == 0 || !values.TryGet("response", out var response) || response.Length != 32 || !IsHex(response)) return false;

        Protection? protection = null;
        if (values.Find("qop") is { } qop)
        {
            if (values.Find("nc") is not { } nc || values.Find("cnonce") is not { } clientNonce) return false;
            if (nc.Length is 0 or > 8 || !uint.TryParse(nc, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var count)) return false;
            protection = new Protection(qop, nc, count, clientNonce);
        }
        var unescaped = Unescape(userName);
        credentials = new DigestCredentials(
            unescaped == userName ? [userName] : [userName, unescaped],
            values.Find("realm"), nonce, uri, Convert.FromHexString(response), values.Find("algorithm"), protection);
        return true;
    }

    // A name that is not ASCII may come escaped, as username*. [RFC 7616, 3.4]
    private static bool TryReadUserName(in DigestParameters values, out string userName)
    {
        const string charset = "UTF-8''";
        userName = values.Find("username") ?? "";
        if (values.Find("username*") is not { } escaped) return true;
        if (values.TryGet("username", out _) || !escaped.StartsWith(charset, StringComparison.OrdinalIgnoreCase)) return false;
        userName = System.Uri.UnescapeDataString(escaped[charset.Length..]);
        return true;
    }

    // COMPAT(pidgin-librvp): it writes ADATUM\jo with a single backslash, which removing escapes would lose; therefore a user name is read in two ways.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length) i++;
            result.Append(text[i]);
        }
        return result.ToString();
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiHexDigit(c)) return false;
        return true;
    }
}

/// <summary>What qop adds to the proof. [RFC 2617, 3.2.2]</summary>
/// <param name="Qop">As written, without quotes.</param>
/// <param name="Nc">As written: up to eight digits in either case.</param>
/// <param name="Count">The number in <paramref name="Nc"/>.</param>
/// <param name="ClientNonce">The client's own nonce.</param>
internal sealed record Protection(string Qop, string Nc, uint Count, string ClientNonce);
