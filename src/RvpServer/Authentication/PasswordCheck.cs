using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Runtime;

namespace RvpServer.Authentication;

/// <summary>
/// The steps for every proof of a password, in any scheme: (1) the account is looked up, (2) a caller for whom the throttle has no token is refused, (3) the
/// proof is checked, against made-up secrets if there is no such account, or by an external authenticator, and once more if the password has just been changed,
/// (4) the answer to a wrong one is delayed. An unknown or disabled account fails like a wrong password and after the same time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle nobody asks for holds nothing that must be released.")]
internal sealed partial class PasswordCheck(IDirectory directory, Throttle throttle, AbuseLog abuse, TimeProvider clock, ILogger logger)
{
    private const int MaxAskedElsewhere = 8;

    private static readonly object ProvenMark = new();
    private static readonly AuthenticationResult.Failed Wrong = new(IsStale: false);
    private static readonly AccountSecrets NoSecrets = new(FrozenDictionary<string, byte[]>.Empty, null);
    private readonly AccountSecrets nobody = new(FrozenDictionary<string, byte[]>.Empty, RandomNumberGenerator.GetBytes(16));
    private readonly LineLimit lines = new(clock);
    private readonly SemaphoreSlim elsewhere = new(MaxAskedElsewhere, MaxAskedElsewhere);

    /// <summary>Checks one proof.</summary>
    public async ValueTask<AuthenticationResult> JudgeAsync(PasswordProof proof, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        var claim = proof.Claim;
        try
        {
            if (await JudgeAgainAsync(proof, stop) is { } again) return again;
            if (throttle.WaitAt(claim.Sender) is { Ticks: > 0 } wait) return HoldOff(claim, wait);
            var (account, secrets) = await FindAsync(proof, stop);
            // By the account: each of its names must not give ten guesses more.
            using var guess = await throttle.BeginAsync(account?.Key ?? $"{claim.Domain}/{claim.Name.ToUpperInvariant()}", claim.Sender, stop);
            if (guess.Wait > TimeSpan.Zero) return HoldOff(claim, guess.Wait);

            var verdict = Judge(proof, account, secrets);
            if (verdict == Verdict.Wrong && account is { IsEnabled: true } && await directory.TryRefreshAsync(account, stop))
            {
                account = await directory.FindAsync(account.Domain, account.Name, stop);
                secrets = await SecretsOfAsync(account, stop);
                verdict = Judge(proof, account, secrets);
            }
            if (verdict == Verdict.Undecided)
            {
                if (await AskExternalAsync(proof, account!, guess, stop) is not { } answer) return HoldOff(claim, guess.Wait);
                verdict = answer;
            }
            switch (verdict)
            {
                case Verdict.Right:
                    throttle.Right(guess);
                    if (proof.Connection is { } connection) connection[ProvenMark] = account!.Key;
                    return new AuthenticationResult.Proven(account!, proof.Kind, await StampOfAsync(account!, claim, secrets, stop));
                case Verdict.Stale:
                    return new AuthenticationResult.Failed(IsStale: true);
                default:
                    if (lines.MayWrite()) Log.WrongPassword(logger, proof.Kind, claim.Name, claim.Domain, claim.Address);
                    var holdBack = throttle.Wrong(guess) - clock.GetElapsedTime(started);
                    if (holdBack > TimeSpan.Zero) await Task.Delay(holdBack, clock, stop);
                    return Wrong;
            }
        }
        catch (DirectoryException e)
        {
            Log.DirectoryFailed(logger, e, claim.Name);
            return new AuthenticationResult.Unavailable();
        }
    }

    private Verdict Judge(PasswordProof proof, Account? account, AccountSecrets? secrets)
    {
        var canBeRight = account is { IsEnabled: true } && (secrets is not null || proof.AskExternal is not null);
        var verdict = proof.Judge(canBeRight ? secrets ?? NoSecrets : nobody);
        return canBeRight ? verdict : Verdict.Wrong;
    }

    // Whoever has proven an account on a connection knows its password, and is not guessing: until a proof on it is wrong, none has to be counted.
    private async ValueTask<AuthenticationResult?> JudgeAgainAsync(PasswordProof proof, CancellationToken stop)
    {
        if (proof.Connection is not { } connection || !connection.TryGetValue(ProvenMark, out var proven)) return null;
        var (account, secrets) = await FindAsync(proof, stop);
        if (account is not null && secrets is not null && account.Key.Equals(proven) && proof.Judge(secrets) == Verdict.Right)
            return new AuthenticationResult.Proven(account, proof.Kind, await StampOfAsync(account, proof.Claim, secrets, stop));
        connection.Remove(ProvenMark);
        return null;
    }

    private async ValueTask<(Account? Account, AccountSecrets? Secrets)> FindAsync(PasswordProof proof, CancellationToken stop)
    {
        var claim = proof.Claim;
        if (claim.Name.Length == 0) return (null, null);
        var account = await (proof.Find?.Invoke(stop) ?? FindAsync(claim, proof.Known, stop));
        return (account, await SecretsOfAsync(account, stop));
    }

    // By the name of the node, else by that with which people sign in to Windows or Unix, which may be another: they type either.
    private async ValueTask<Account?> FindAsync(Claim claim, Account? known, CancellationToken stop) =>
        await directory.FindAsync(claim.Domain, claim.Name, known, stop)
        ?? await directory.FindBySignInNameAsync(claim.Domain, new SignInName(claim.Name, null), stop);

    private async ValueTask<AccountSecrets?> SecretsOfAsync(Account? account, CancellationToken stop) =>
        account is { IsEnabled: true } && await directory.FindSecretsAsync(account, stop) is { } secrets && secrets.AreOf(account) ? secrets : null;

    // Null: there is no token for it.
    private async Task<Verdict?> AskExternalAsync(PasswordProof proof, Account account, Guess guess, CancellationToken stop)
    {
        if (!await throttle.TryAskAsync(guess, stop)) return null;
        await elsewhere.WaitAsync(stop);
        try
        {
            if (!throttle.TryResume(guess)) return null;
            return await proof.AskExternal!(account, stop) ? Verdict.Right : Verdict.Wrong;
        }
        finally
        {
            elsewhere.Release();
        }
    }

    // Under another of its names a cache may have the account as it was some minutes ago.
    private async ValueTask<long> StampOfAsync(Account account, Claim claim, AccountSecrets? secrets, CancellationToken stop)
    {
        var own = account.IsNamed(claim.Domain, claim.Name) ? account : await directory.FindAsync(account.Domain, account.Name, stop) ?? account;
        return PasswordStamp.Of(own, secrets);
    }

    private AuthenticationResult.Throttled HoldOff(Claim claim, TimeSpan wait)
    {
        if (lines.MayWrite()) Log.HeldOff(logger, claim.Name, claim.Domain, claim.Address);
        abuse.Refused(AbuseKind.Guesses, claim.Address);
        return new AuthenticationResult.Throttled(wait);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "WrongPassword", Level = LogLevel.Information, Message = "{Proof} proof for {Account} of {Domain} from {Address} is wrong")]
        public static partial void WrongPassword(ILogger logger, Credentials proof, string account, string domain, IPAddress address);

        [LoggerMessage(EventName = "SignInThrottled", Level = LogLevel.Information, Message = "Too many failures for {Account} of {Domain} or from {Address}")]
        public static partial void HeldOff(ILogger logger, string account, string domain, IPAddress address);

        [LoggerMessage(EventName = "DirectoryUnavailable", Level = LogLevel.Warning, Message = "The directory cannot tell who {Account} is")]
        public static partial void DirectoryFailed(ILogger logger, Exception exception, string account);
    }
}
