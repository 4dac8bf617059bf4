using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>
/// The header by which a server of the organisation proves that a request is from it: the time, and an HMAC by a key made from the organisation's over the
/// time, the request line, the host and what else is said. Whoever reads it on the way can repeat the same request for a short time, and make no other.
/// </summary>
internal sealed class OrganisationProof(OrganisationKey key, WallClock wall)
{
    /// <summary>Its name.</summary>
    public const string Header = "RVP-Server-Proof";

    /// <summary>How old a proof may be, and how wrong a clock. Decision: as for sealed documents.</summary>
    private const int WindowSeconds = 120;

    // More than a request line and the headers that are signed.
    private const int MaxLength = 32 * 1024;

    private readonly byte[] secret = key.Derive("proof of servers");

    /// <summary>The header's value for a request.</summary>
    /// <param name="verb">The method.</param>
    /// <param name="host">The Host header.</param>
    /// <param name="target">The request target as it goes out.</param>
    /// <param name="said">What else is proven: the forwarded address, for example.</param>
    public string Of(string verb, string host, string target, string said = "")
    {
        var at = wall.Now.ToUnixTimeSeconds();
        return string.Create(CultureInfo.InvariantCulture, $"{at} {Convert.ToHexStringLower(Sign(at, verb, host, target, said))}");
    }

    /// <summary>Whether a request has the proof, for exactly this request.</summary>
    public bool IsIn(HttpContext context, string said = "")
    {
        var request = context.Request;
        if (request.Headers[Header] is not [{ } text] || text.Length > 100 || text.Split(' ') is not [var time, var mac]) return false;
        if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var at)) return false;
        if (Math.Abs(wall.Now.ToUnixTimeSeconds() - at) > WindowSeconds || mac.Length != 2 * HMACSHA256.HashSizeInBytes) return false;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.Length + said.Length > MaxLength) return false;
        var given = new byte[HMACSHA256.HashSizeInBytes];
        return Convert.FromHexString(mac, given, out _, out _) == System.Buffers.OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(given, Sign(at, request.Method, HostHeader.Of(request).Text, target, said));
    }

    private byte[] Sign(long at, string verb, string host, string target, string said) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{at}\n{verb}\n{host.ToLowerInvariant()}\n{target}\n{said}")));
}
