using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>The result of checking a proof.</summary>
internal enum Verdict
{
    /// <summary>Not made with the account's password.</summary>
    Wrong,

    /// <summary>Made with it, and not used before.</summary>
    Right,

    /// <summary>Made with it, but for a nonce that is old, unknown or used.</summary>
    Stale,

    /// <summary>The stored secrets cannot decide; an external authenticator can.</summary>
    Undecided,
}

/// <summary>A proof of a password, to be checked.</summary>
/// <param name="Claim">Whose password.</param>
/// <param name="Kind">The credentials it counts as.</param>
/// <param name="Judge">Called once, or once more after it was not right; must not block.</param>
internal sealed record PasswordProof(Claim Claim, Credentials Kind, Func<AccountSecrets, Verdict> Judge)
{
    /// <summary>An account that was looked up already, perhaps the one; null: none was.</summary>
    public Account? Known { get; init; }

    /// <summary>What belongs to the connection on which it came; null if several people may share that.</summary>
    public IDictionary<object, object?>? Connection { get; init; }

    /// <summary>Finds the account; null: by the name of its node.</summary>
    public Func<CancellationToken, ValueTask<Account?>>? Find { get; init; }

    /// <summary>Decides what <see cref="Judge"/> cannot; null: it decides everything.</summary>
    public Func<Account, CancellationToken, Task<bool>>? AskExternal { get; init; }
}
