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

    /// <summary>
    /// Reads what follows the word Digest. Some clients quote what they should not and leave out quotes that they should write [client], so both forms are
    /// accepted for every parameter. False for anything ambiguous.
    /// </summary>
    public static bool TryParse(string text, out DigestCredentials credentials)
    {
        credentials = null!;
        if (text.Length > MaxLength || !TryReadParameters(text, out var values)) return false;
        if (!TryReadUserName(values, out var userName) || !values.TryGetValue("nonce", out var nonce)
            || !values.TryGetValue("uri", out var uri) || !values.TryGetValue("response", out var response)) return false;
        if (userName.Length == 0 || response.Length != 32 || !IsHex(response)) return false;

        Protection? protection = null;
        if (values.TryGetValue("qop", out var qop))
        {
            if (!values.TryGetValue("nc", out var nc) || !values.TryGetValue("cnonce", out var clientNonce)) return false;
            if (nc.Length is 0 or > 8 || !uint.TryParse(nc, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var count)) return false;
            protection = new Protection(qop, nc, count, clientNonce);
        }
        var unescaped = Unescape(userName);
        credentials = new DigestCredentials(
            unescaped == userName ? [userName] : [userName, unescaped],
            values.GetValueOrDefault("realm"), nonce, uri, Convert.FromHexString(response), values.GetValueOrDefault("algorithm"), protection);
        return true;
    }

    // A name that is not ASCII may come escaped, as username*. [RFC 7616, 3.4]
    private static bool TryReadUserName(Dictionary<string, string> values, out string userName)
    {
        const string charset = "UTF-8''";
        userName = "";
        if (!values.TryGetValue("username*", out var escaped)) return values.TryGetValue("username", out userName!);
        if (values.ContainsKey("username") || !escaped.StartsWith(charset, StringComparison.OrdinalIgnoreCase)) return false;
        userName = System.Uri.UnescapeDataString(escaped[charset.Length..]);
        return true;
    }

    private static bool TryReadParameters(string text, out Dictionary<string, string> values)
    {
        values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (true)
        {
            // Empty list elements are allowed. [RFC 9110, 5.6.1]
            while (at < text.Length && (text[at] is ',' || IsBlank(text[at]))) at++;
            if (at == text.Length) return true;

            var start = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '_' or '*')) at++;
            var name = text[start..at];
            at = SkipBlanks(text, at);
            if (name.Length == 0 || at == text.Length || text[at] != '=') return false;

            at = SkipBlanks(text, at + 1);
            if (!TryReadValue(text, ref at, out var value) || !values.TryAdd(name, value)) return false;
            at = SkipBlanks(text, at);
            if (at < text.Length && text[at] != ',') return false;
        }
    }

    private static bool TryReadValue(string text, ref int at, out string value)
    {
        var start = at;
        if (at < text.Length && text[at] == '"')
        {
            for (at++; at < text.Length && text[at] != '"'; at++)
                if (text[at] == '\\') at++;
            value = at < text.Length ? text[(start + 1)..at] : "";
            return at++ < text.Length;
        }
        while (at < text.Length && text[at] is not (',' or '"') && !IsBlank(text[at])) at++;
        value = text[start..at];
        return value.Length > 0;
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

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && IsBlank(text[at])) at++;
        return at;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';

    private static bool IsHex(string text)
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
