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

    /// <summary>The secrets cannot tell; somebody else can.</summary>
    Undecided,
}

/// <summary>A proof of a password, to be judged.</summary>
/// <param name="Claim">Whose.</param>
/// <param name="Kind">As what it counts.</param>
/// <param name="Judge">Called once at most, must not wait.</param>
internal sealed record PasswordProof(Claim Claim, Credentials Kind, Func<AccountSecrets, Verdict> Judge)
{
    /// <summary>An account that was looked up already, perhaps the one; null: none was.</summary>
    public Account? Known { get; init; }

    /// <summary>Finds the account; null: by the name of its node.</summary>
    public Func<CancellationToken, ValueTask<Account?>>? Find { get; init; }

    /// <summary>Whom to ask what <see cref="Judge"/> cannot decide; null: it decides everything.</summary>
    public Func<Account, CancellationToken, Task<bool>>? AskExternal { get; init; }
}
