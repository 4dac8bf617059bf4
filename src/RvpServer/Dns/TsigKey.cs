using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace RvpServer.Dns;

/// <summary>The secret with which a DNS server knows who may change its zones, as <c>tsig-keygen</c> writes it into a file. [RFC 8945]</summary>
/// <param name="Name">Its name, which the server knows too; lower case, without a trailing dot.</param>
/// <param name="Secret">The secret.</param>
internal sealed partial record TsigKey(string Name, byte[] Secret)
{
    /// <summary>The one algorithm of these keys; all servers have it.</summary>
    public const string Algorithm = "hmac-sha256";

    /// <summary>Reads a file like <c>key "rvp" { algorithm hmac-sha256; secret "…"; };</c>. Throws <see cref="FormatException"/>.</summary>
    public static TsigKey Parse(string text)
    {
        var found = Form().Match(text);
        if (!found.Success)
            throw new FormatException("it holds no key: make one with tsig-keygen, which writes key \"NAME\" { algorithm …; secret \"…\"; };");
        if (!found.Groups["algorithm"].Value.Equals(Algorithm, StringComparison.OrdinalIgnoreCase))
            throw new FormatException($"its algorithm is {found.Groups["algorithm"].Value}: make one with tsig-keygen -a {Algorithm}");
        var secret = new byte[found.Groups["secret"].Length];
        if (!Convert.TryFromBase64String(found.Groups["secret"].Value, secret, out var length) || length == 0)
            throw new FormatException("its secret is no Base64");
        return new TsigKey(found.Groups["name"].Value.TrimEnd('.').ToLowerInvariant(), secret[..length]);
    }

    /// <summary>What proves that the bytes are from somebody who has the key.</summary>
    public byte[] Sign(ReadOnlySpan<byte> bytes) => HMACSHA256.HashData(Secret, bytes);

    [GeneratedRegex("""^\s*key\s+"?(?<name>[A-Za-z0-9._-]+)"?\s*\{\s*algorithm\s+"?(?<algorithm>[A-Za-z0-9-]+)"?\s*;\s*secret\s+"(?<secret>[^"]*)"\s*;""")]
    private static partial Regex Form();
}
