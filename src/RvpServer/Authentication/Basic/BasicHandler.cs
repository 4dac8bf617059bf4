using System.Net;
using System.Security.Cryptography;
using Rvp.Protocol;
using RvpServer.Authentication.Digest;
using RvpServer.Authentication.Ntlm;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Network;

namespace RvpServer.Authentication.Basic;

/// <summary>Plain passwords: from the Basic scheme, over TLS only, and from forms. [RFC 7617]</summary>
/// <param name="passwords">Checks passwords for which secrets are stored.</param>
/// <param name="askDirectory">Sends the others to the directory; null: there is no directory for that.</param>
internal sealed class BasicHandler(PasswordCheck passwords, Func<Account, string, CancellationToken, Task<bool>>? askDirectory)
{
    /// <summary>The word before the credentials.</summary>
    public const string SchemeName = "Basic";

    private const int MaxLength = 1024;

    private static readonly AuthenticationResult Broken =
        new AuthenticationResult.Malformed(Refusal.BadRequest("The Authorization header is no Basic that this server can read."));

    /// <summary>The challenge.</summary>
    public static string Challenge(VirtualServer server) => $"{SchemeName} realm=\"{server.Domain}\", charset=\"UTF-8\"";

    /// <summary>Checks what follows the word Basic in the Authorization header of a request over TLS.</summary>
    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, VirtualServer server, string base64, Account? known, CancellationToken stop)
    {
        var bytes = new byte[MaxLength];
        if (base64.Length is 0 or > MaxLength || !Convert.TryFromBase64String(base64, bytes, out var length)) return ValueTask.FromResult(Broken);
        var text = Charsets.Utf8OrLatin1.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? ValueTask.FromResult(Broken)
            : ProveAsync(server, text[..colon], text[(colon + 1)..], context.Connection.RemoteIpAddress, known, stop);
    }

    /// <summary>Checks a password for a name in any of its forms. It counts as Digest: the caller could have sent that with the password.</summary>
    public ValueTask<AuthenticationResult> ProveAsync(VirtualServer server, string name, string password, IPAddress? address, Account? known,
        CancellationToken stop)
    {
        var proof = new PasswordProof(Claim.Of(server.Domain, name, address), Credentials.Digest, Judge) { Known = known };
        if (askDirectory is not null) proof = proof with { AskExternal = (account, token) => askDirectory(account, password, token) };
        return passwords.JudgeAsync(proof, stop);

        Verdict Judge(AccountSecrets secrets)
        {
            if (password.Length == 0) return Verdict.Wrong;
            var isRight = secrets.NtHash is { } hash && CryptographicOperations.FixedTimeEquals(NtHash.Of(password), hash);
            // All forms have the same password, so one is enough.
            foreach (var (form, ha1) in secrets.Ha1.Take(1))
            {
                isRight |= CryptographicOperations.FixedTimeEquals(DigestProof.Ha1(form, server.Domain, password), ha1);
            }
            return isRight ? Verdict.Right : askDirectory is null ? Verdict.Wrong : Verdict.Undecided;
        }
    }
}
