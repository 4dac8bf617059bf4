using System.Net;
using System.Security.Cryptography;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Authentication.Ntlm;

/// <summary>
/// NTLM over HTTP: Type 1 → 401 with Type 2 → Type 3, on one connection, which belongs to the account from then on. Type 1 may come at any time and restarts
/// the exchange; a challenge is valid for the next request only; anything else ends the exchange. [MS-NTHT]
/// </summary>
/// <param name="allowsV1">Whether NTLMv1 is accepted.</param>
/// <param name="names">The domains.</param>
/// <param name="directory">The accounts.</param>
/// <param name="passwords">Checks proofs for which secrets are stored.</param>
/// <param name="askDomain">Asks a domain controller about the others; null: there is none.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">For refusals.</param>
internal sealed partial class NtlmHandler(
    bool allowsV1, WindowsNames names, IDirectory directory, PasswordCheck passwords, Func<NtlmQuestion, CancellationToken, Task<bool>>? askDomain,
    TimeProvider clock, ILogger logger)
{
    /// <summary>Also the whole challenge that starts an exchange.</summary>
    public const string SchemeName = "NTLM";

    // What the domain has checked cannot be checked again here, and passwords change: a client that keeps its connection must prove it again after this time.
    private static readonly TimeSpan DomainProofLifetime = TimeSpan.FromMinutes(15);
    private static readonly AuthenticationResult Failed = new AuthenticationResult.Failed(IsStale: false);
    private static readonly AuthenticationResult NoCredentials = new AuthenticationResult.NoCredentials();

    private static readonly AuthenticationResult Broken =
        new AuthenticationResult.Malformed(Refusal.BadRequest("The Authorization header is no NTLM message that this server can read."));

    /// <summary>Checks the base64 message after the scheme's word, NTLM or Negotiate, in the Authorization header.</summary>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(
        HttpContext context, IDictionary<object, object?> items, VirtualServer server, string scheme, string base64, CancellationToken stop)
    {
        // The earlier state ends in any case: a challenge is used once.
        var before = NtlmConnection.Of(items, server.Domain);
        NtlmConnection.Clear(items);
        if (!TryDecode(base64, out var bytes)) return Broken;

        switch (NtlmMessage.TypeOf(bytes))
        {
            case 1:
                if (!NegotiateMessage.TryParse(bytes, out var negotiate)) return Broken;
                var challenged = new NtlmConnection.Challenged(
                    server.Domain, RandomNumberGenerator.GetBytes(ChallengeMessage.ChallengeLength), ChallengeMessage.Agree(negotiate.Flags));
                NtlmConnection.Set(items, challenged);
                return new AuthenticationResult.Handshake(scheme + " " + Convert.ToBase64String(Answer(challenged, server).ToBytes()));
            case 3:
                // Without a challenge it answers one of another connection: there is a proxy in between, or it is a replay.
                if (before is not NtlmConnection.Challenged asked) return Failed;
                return AuthenticateMessage.TryParse(bytes, asked.Agreed, out var message) ? await JudgeAsync(context, items, asked, message, stop) : Broken;
            default:
                return Broken;
        }
    }

    /// <summary>The owner of the connection, for a request without credentials; ends an exchange that such a request interrupts.</summary>
    public async ValueTask<AuthenticationResult> FindOwnerAsync(
        IDictionary<object, object?> items, VirtualServer server, Account? known, CancellationToken stop)
    {
        NtlmConnection.EndExchange(items);
        if (NtlmConnection.Of(items, server.Domain) is not NtlmConnection.Authenticated owner) return NoCredentials;
        if (clock.GetUtcNow() >= owner.EndsAt)
        {
            NtlmConnection.Clear(items);
            return NoCredentials;
        }
        var version = directory.Version;
        if (owner.DirectoryVersion == version) return new AuthenticationResult.Proven(owner.Account, Credentials.Ntlm, owner.Stamp);

        // Accounts may have changed: one that was disabled, removed or given another password must be proven again.
        try
        {
            var account = await directory.FindAsync(owner.Domain, owner.Account.Name, known, stop);
            if (account is { IsEnabled: true } && await directory.FindStampAsync(account, stop) == owner.Stamp)
            {
                NtlmConnection.Set(items, owner with { Account = account, DirectoryVersion = version });
                return new AuthenticationResult.Proven(account, Credentials.Ntlm, owner.Stamp);
            }
        }
        catch (DirectoryException)
        {
            return new AuthenticationResult.Unavailable();
        }
        NtlmConnection.Clear(items);
        return NoCredentials;
    }

    private async ValueTask<AuthenticationResult> JudgeAsync(
        HttpContext context, IDictionary<object, object?> items, NtlmConnection.Challenged asked, AuthenticateMessage message, CancellationToken stop)
    {
        // These say nothing about a password: an anonymous or LM-only message, and a version that is not accepted.
        if (message.NtResponse.Length < NtlmProof.V1Length) return Failed;
        var isV1 = message.NtResponse.Length == NtlmProof.V1Length;
        var claim = Claim.Of(asked.Domain, message.UserName, context.Connection.RemoteIpAddress);
        if (isV1 && !allowsV1)
        {
            Log.V1Refused(logger, claim.Name, claim.Domain, claim.Address);
            return Failed;
        }

        var version = directory.Version;
        byte[]? provenHash = null;
        var proof = new PasswordProof(claim, Credentials.Ntlm, Judge);
        if (askDomain is not null)
        {
            var challenge = isV1 ? NtlmProof.V1Challenge(asked.Challenge, message, asked.Agreed) : asked.Challenge;
            var question = new NtlmQuestion(message.UserName, message.DomainName, challenge, message.NtResponse);
            proof = proof with
            {
                Find = token => SignInNameOf(asked.Domain, message) is { } name
                    ? directory.FindBySignInNameAsync(asked.Domain, name, token) : new((Account?)null),
                AskExternal = (_, token) => askDomain(question, token),
            };
        }
        var result = await passwords.JudgeAsync(proof, stop);
        if (result is AuthenticationResult.Proven proven)
        {
            DateTimeOffset? endsAt = provenHash is null ? clock.GetUtcNow() + DomainProofLifetime : null;
            NtlmConnection.Set(items, new NtlmConnection.Authenticated(asked.Domain, proven.Account, proven.Stamp, endsAt, version));
        }
        return result;

        Verdict Judge(AccountSecrets secrets)
        {
            provenHash = secrets.NtHash;
            if (provenHash is null && askDomain is not null) return Verdict.Undecided;
            var hash = provenHash ?? new byte[NtHash.Length];
            var isRight = isV1
                ? NtlmProof.IsRightV1(hash, asked.Challenge, message, asked.Agreed)
                : NtlmProof.IsRightV2(hash, asked.Challenge, message, names.NtlmDomainOf(asked.Domain));
            return isRight && provenHash is not null ? Verdict.Right : Verdict.Wrong;
        }
    }

    /// <summary>
    /// The person that the domain would identify; null if that is nobody here. A domain controller also accepts people of domains that it trusts, and they may
    /// have the same names as people here.
    /// </summary>
    private SignInName? SignInNameOf(string imDomain, AuthenticateMessage message)
    {
        var (user, domain) = (message.UserName, message.DomainName);
        var isOurs = domain.Length == 0 || domain.Equals(names.NtlmDomainOf(imDomain), StringComparison.OrdinalIgnoreCase)
            || domain.Equals(names.RealmOf(imDomain), StringComparison.OrdinalIgnoreCase);
        if (!isOurs || user.AsSpan().ContainsAny('\\', '/')) return null;
        return user.Contains('@', StringComparison.Ordinal) ? SignInName.OfPrincipal(user, names.RealmOf(imDomain)) : new SignInName(user, null);
    }

    private ChallengeMessage Answer(NtlmConnection.Challenged challenged, VirtualServer server)
    {
        var label = server.HostNames[0].Split('.')[0].ToUpperInvariant();
        var computer = label.Length > WindowsNames.MaxNetBiosLength ? label[..WindowsNames.MaxNetBiosLength] : label;
        var domain = names.NtlmDomainOf(server.Domain);
        // The domain controller refuses a proof that names another machine than the joined one, whose name is unknown here; it accepts a proof without one.
        return new ChallengeMessage(challenged.Agreed, challenged.Challenge, domain, askDomain is null ? computer : null);
    }

    private static bool TryDecode(string base64, out byte[] bytes)
    {
        bytes = [];
        if (base64.Length is 0 or > NtlmMessage.MaxLength * 4 / 3) return false;
        var buffer = new byte[NtlmMessage.MaxLength];
        if (!Convert.TryFromBase64String(base64, buffer, out var length)) return false;
        bytes = buffer[..length];
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "NtlmV1Refused", Level = LogLevel.Information,
            Message = "{Account} of {Domain} at {Address} knows only NTLMv1, which AllowNtlmV1 keeps out")]
        public static partial void V1Refused(ILogger logger, string account, string domain, IPAddress address);
    }
}
