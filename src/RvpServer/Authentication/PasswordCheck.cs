using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>What a proof is worth.</summary>
internal enum Verdict
{
    /// <summary>Not made with the account's password.</summary>
    Wrong,

    /// <summary>Made with it, freshly.</summary>
    Right,

    /// <summary>Made with it, but for a nonce that is old, unknown or used.</summary>
    Stale,
}

/// <summary>
/// The road every proof of a password takes, whatever its scheme: (1) whoever failed too often is sent away, (2) the account is looked up,
/// (3) the proof is judged, against made-up secrets where there is no such account, (4) a wrong one waits. An unknown and a disabled account
/// fail like a wrong password and at the same moment.
/// </summary>
internal sealed partial class PasswordCheck(IDirectory directory, Throttle throttle, TimeProvider clock, ILogger logger)
{
    private static readonly AuthenticationResult.Failed Wrong = new(IsStale: false);
    private readonly AccountSecrets _nobody = new(FrozenDictionary<string, byte[]>.Empty, RandomNumberGenerator.GetBytes(16));

    /// <summary>Judges one proof; <paramref name="judge"/> is called once at most and must not wait.</summary>
    public async ValueTask<AuthenticationResult> JudgeAsync(Claim claim, Credentials proof, Func<AccountSecrets, Verdict> judge, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        if (IsHeldOff(claim, out var throttled)) return throttled;

        Account? account;
        AccountSecrets? secrets;
        try
        {
            account = claim.Name.Length == 0 ? null : await directory.FindAsync(claim.Domain, claim.Name, stop);
            secrets = account is { IsEnabled: true } ? await directory.FindSecretsAsync(account, stop) : null;
        }
        catch (DirectoryException e)
        {
            Log.DirectoryFailed(logger, e, claim.Name);
            return new AuthenticationResult.Unavailable();
        }

        // Again: of many requests sent at once, all may have got past the first look while the directory was asked.
        if (IsHeldOff(claim, out throttled)) return throttled;
        var verdict = judge(secrets ?? _nobody);
        if (account is null || secrets is null) verdict = Verdict.Wrong;
        switch (verdict)
        {
            case Verdict.Right:
                throttle.CountSuccess(claim);
                return new AuthenticationResult.Proven(account!, proof);
            case Verdict.Stale:
                return new AuthenticationResult.Failed(IsStale: true);
            default:
                var delay = throttle.CountFailure(claim) - clock.GetElapsedTime(started);
                Log.WrongPassword(logger, proof, claim.Name, claim.Domain, claim.Address);
                if (delay > TimeSpan.Zero) await Task.Delay(delay, clock, stop);
                return Wrong;
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
