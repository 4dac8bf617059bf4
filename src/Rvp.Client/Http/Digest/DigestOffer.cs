namespace Rvp.Client.Http.Digest;

/// <summary>A Digest challenge with MD5 and, if offered, qop=auth. [RFC 2617, 3.2.1]</summary>
internal sealed record DigestOffer(string Realm, string Nonce, string? Opaque, bool HasQop, bool IsStale)
{
    private const string Scheme = "Digest ";

    /// <summary>The first challenge that can be answered; null if there is none.</summary>
    public static DigestOffer? Find(IEnumerable<string> challenges)
    {
        foreach (var text in challenges)
        {
            if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) continue;
            var parameters = Parameters(text.AsSpan(Scheme.Length));
            if (!parameters.TryGetValue("realm", out var realm) || !parameters.TryGetValue("nonce", out var nonce)) continue;
            if (parameters.TryGetValue("algorithm", out var algorithm) && !algorithm.Equals("MD5", StringComparison.OrdinalIgnoreCase)) continue;
            var qop = parameters.GetValueOrDefault("qop");
            if (qop is not null && !qop.Split(',').Any(part => part.Trim().Equals("auth", StringComparison.OrdinalIgnoreCase))) continue;
            var isStale = parameters.GetValueOrDefault("stale")?.Equals("true", StringComparison.OrdinalIgnoreCase) == true;
            return new DigestOffer(realm, nonce, parameters.GetValueOrDefault("opaque"), qop is not null, isStale);
        }
        return null;
    }

    // name=value or name="value", separated by commas; a backslash quotes the next character.
    private static Dictionary<string, string> Parameters(ReadOnlySpan<char> text)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (text.IndexOf('=') is >= 0 and var equals)
        {
            var name = text[..equals].Trim(" \t,").ToString();
            text = text[(equals + 1)..].TrimStart();
            var value = new System.Text.StringBuilder();
            var at = 0;
            if (text.StartsWith("\""))
            {
                for (at = 1; at < text.Length && text[at] != '"'; at++)
                {
                    if (text[at] == '\\' && at + 1 < text.Length) at++;
                    value.Append(text[at]);
                }
                at = Math.Min(at + 1, text.Length);
            }
            else
            {
                at = text.IndexOf(',') is >= 0 and var comma ? comma : text.Length;
                value.Append(text[..at].Trim());
            }
            found.TryAdd(name, value.ToString());
            text = text[at..];
        }
        return found;
    }
}
