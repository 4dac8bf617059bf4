using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>
/// The steps for every proof of a password, in any scheme: (1) a caller with too many failures is refused, (2) the account is looked up, (3) the proof is
/// checked, against made-up secrets if there is no such account, or by an external authenticator, (4) the answer to a wrong one is delayed. An unknown or
/// disabled account fails like a wrong password and after the same time.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle nobody asks for holds nothing that must be released.")]
internal sealed partial class PasswordCheck(IDirectory directory, Throttle throttle, TimeProvider clock, ILogger logger)
{
    // Also the number of guesses beyond the throttle's limit that may be in progress.
    private const int MaxAskedElsewhere = 8;

    private static readonly AuthenticationResult.Failed Wrong = new(IsStale: false);
    private static readonly AccountSecrets NoSecrets = new(FrozenDictionary<string, byte[]>.Empty, null);
    private readonly AccountSecrets nobody = new(FrozenDictionary<string, byte[]>.Empty, RandomNumberGenerator.GetBytes(16));
    private readonly SemaphoreSlim elsewhere = new(MaxAskedElsewhere, MaxAskedElsewhere);

    /// <summary>Checks one proof.</summary>
    public async ValueTask<AuthenticationResult> JudgeAsync(PasswordProof proof, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        if (IsHeldOff(proof.Claim, out var throttled)) return throttled;
        try
        {
            var (account, secrets) = await FindAsync(proof, stop);

            // Again: many requests sent together may all have passed the first check while the directory was asked.
            if (IsHeldOff(proof.Claim, out throttled)) return throttled;
            var verdict = proof.Judge(secrets ?? nobody);
            if (account is null || secrets is null) verdict = Verdict.Wrong;
            var (result, holdBack) = verdict == Verdict.Undecided ? await AskExternalAsync(proof, account!, stop) : Conclude(proof, account, verdict);
            holdBack -= clock.GetElapsedTime(started);
            if (holdBack > TimeSpan.Zero) await Task.Delay(holdBack, clock, stop);
            return result;
        }
        catch (DirectoryException e)
        {
            Log.DirectoryFailed(logger, e, proof.Claim.Name);
            return new AuthenticationResult.Unavailable();
        }
    }

    private async ValueTask<(Account? Account, AccountSecrets? Secrets)> FindAsync(PasswordProof proof, CancellationToken stop)
    {
        var claim = proof.Claim;
        if (claim.Name.Length == 0) return (null, null);
        var account = await (proof.Find?.Invoke(stop) ?? directory.FindAsync(claim.Domain, claim.Name, proof.Known, stop));
        if (account is not { IsEnabled: true }) return (account, null);
        var secrets = await directory.FindSecretsAsync(account, stop);
        return (account, secrets ?? (proof.AskExternal is null ? null : NoSecrets));
    }

    private async Task<(AuthenticationResult Result, TimeSpan HoldBack)> AskExternalAsync(PasswordProof proof, Account account, CancellationToken stop)
    {
        await elsewhere.WaitAsync(stop);
        try
        {
            if (IsHeldOff(proof.Claim, out var throttled)) return (throttled, TimeSpan.Zero);
            return Conclude(proof, account, await proof.AskExternal!(account, stop) ? Verdict.Right : Verdict.Wrong);
        }
        finally
        {
            elsewhere.Release();
        }
    }

    private (AuthenticationResult Result, TimeSpan HoldBack) Conclude(PasswordProof proof, Account? account, Verdict verdict)
    {
        var claim = proof.Claim;
        switch (verdict)
        {
            case Verdict.Right:
                throttle.CountSuccess(claim);
                return (new AuthenticationResult.Proven(account!, proof.Kind), TimeSpan.Zero);
            case Verdict.Stale:
                return (new AuthenticationResult.Failed(IsStale: true), TimeSpan.Zero);
            default:
                Log.WrongPassword(logger, proof.Kind, claim.Name, claim.Domain, claim.Address);
                return (Wrong, throttle.CountFailure(claim));
        }
    }

    private bool IsHeldOff(Claim claim, out AuthenticationResult.Throttled throttled)
    {
        var wait = throttle.WaitFor(claim);
        throttled = new AuthenticationResult.Throttled(wait);
        if (wait == TimeSpan.Zero) return false;
        Log.HeldOff(logger, claim.Name, claim.Domain, claim.Address);
        return true;
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
