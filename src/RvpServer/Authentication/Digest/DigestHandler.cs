using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Http;

namespace RvpServer.Authentication.Digest;

/// <summary>Offers and checks Digest: MD5, qop=auth or the form of RFC 2069; the realm is the IM domain. [RFC 2617]</summary>
internal sealed class DigestHandler(PasswordCheck passwords, TimeProvider clock)
{
    // Two nonces a second per thousand online users of the most wasteful client, for five minutes; about 15 MB when full.
    private const int MaxNonces = 100_000;

    private static readonly AuthenticationResult Broken =
        new AuthenticationResult.Malformed(Refusal.BadRequest("The Authorization header is no Digest that this server can read."));

    private static readonly AuthenticationResult ForAnother =
        new AuthenticationResult.Malformed(Refusal.BadRequest("The uri of the Authorization header is not the one of the request."));

    private static readonly AuthenticationResult NotForUs = new AuthenticationResult.NoCredentials();

    private static readonly byte[] NoHa1 = RandomNumberGenerator.GetBytes(16);

    private readonly NonceMint nonces = new(RandomNumberGenerator.GetBytes(32));
    private readonly NonceCounts counts = new(MaxNonces, clock);

    /// <summary>A challenge with a new nonce.</summary>
    public string Challenge(VirtualServer server, bool isStale) =>
        new DigestChallenge(server.Domain, nonces.Make(clock.GetUtcNow()), isStale).ToString();

    /// <summary>Checks what follows the word Digest in the Authorization header.</summary>
    public ValueTask<AuthenticationResult> AuthenticateAsync(
        HttpContext context, VirtualServer server, ReadOnlySpan<char> parameters, Account? known, CancellationToken stop)
    {
        if (!DigestCredentials.TryParse(parameters, out var credentials)) return new(Broken);

        // For another server, or with options that were never offered: not a guess of a password here, so it is not counted.
        if (!IsForUs(credentials, server)) return new(NotForUs);

        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        if (!IsSameTarget(credentials.Uri, request.RawTarget, server.Domain)) return new(ForAnother);

        var claim = Claim.Of(server.Domain, credentials.UserNames[0], context.Connection.RemoteIpAddress);
        var proof = new PasswordProof(claim, Credentials.Digest, secrets => Judge(credentials, request.Method, secrets))
        {
            Known = known,
            Connection = FrontProxies.MayBeShared(context) ? null : context.Features.Get<IConnectionItemsFeature>()?.Items,
        };
        return passwords.JudgeAsync(proof, stop);
    }

    private Verdict Judge(DigestCredentials credentials, string method, AccountSecrets secrets)
    {
        var isRight = false;
        foreach (var userName in credentials.UserNames)
        {
            var isKept = secrets.Ha1.TryGetValue(userName, out var ha1);
            isRight = DigestProof.IsMadeWith(ha1 ?? NoHa1, method, credentials) && isKept
                || secrets.Ha1.TryGetValue(DigestForms.InLatin1(userName), out ha1) && DigestProof.IsMadeWith(ha1, method, credentials);
            if (isRight) break;
        }
        if (!isRight) return Verdict.Wrong;

        // Only after the password check: strangers must not be able to fill the memory of nonces. One that is in it is ours.
        return NonceMint.TryParse(credentials.Nonce, out var nonce) && (counts.Knows(nonce) || nonces.HasMade(nonce))
            && counts.TryUse(nonce, credentials.Protection?.Count, clock.GetUtcNow())
            ? Verdict.Right : Verdict.Stale;
    }

    private static bool IsForUs(DigestCredentials credentials, VirtualServer server) =>
        (credentials.Realm ?? server.Domain).Equals(server.Domain, StringComparison.OrdinalIgnoreCase)
        && (credentials.Algorithm ?? "MD5").Equals("MD5", StringComparison.OrdinalIgnoreCase)
        && (credentials.Protection?.Qop ?? "auth").Equals("auth", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// True if both name the same node: absolute or not, escaped or not, and physical or logical, since a router that proxies replaces the logical URL that the
    /// client has hashed by the physical one.
    /// </summary>
    private static bool IsSameTarget(string uri, string target, string domain)
    {
        uri = PathOf(uri);
        target = PathOf(target);
        return uri == target
            || (RvpUrl.TryParseTarget(domain, uri, 80, out var named) && RvpUrl.TryParseTarget(domain, target, 80, out var asked) && named.Equals(asked));
    }

    private static string PathOf(string target)
    {
        var scheme = target.IndexOf("://", StringComparison.Ordinal);
        if (target.StartsWith('/') || scheme < 0) return target;
        var path = target.IndexOf('/', scheme + 3);
        return path < 0 ? "/" : target[path..];
    }
}
