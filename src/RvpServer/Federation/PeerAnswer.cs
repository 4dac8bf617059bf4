namespace RvpServer.Federation;

/// <summary>How asking another server ended.</summary>
internal enum PeerOutcome
{
    /// <summary>It answered: <see cref="PeerAnswer.Status"/>.</summary>
    Answered,

    /// <summary>Nothing was sent to anybody: no address may or can be connected to. Worth another try.</summary>
    NotReached,

    /// <summary>Nothing was sent to anybody, for DNS did not say where to. Worth another try.</summary>
    ResolverFailed,

    /// <summary>The request is out, and no sensible answer came in time. It may have been acted on, so it must not go out again.</summary>
    NoAnswer,

    /// <summary>DNS knows no such server. Permanent.</summary>
    NoSuchDomain,

    /// <summary>Referred on too often, to where it has been, to ourselves, or to something that is not this node.</summary>
    BadReferral,
}

/// <summary>What another server said.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Status">HTTP status, where answered.</param>
/// <param name="Location">Where it refers to.</param>
/// <param name="SubscriptionId">As sent, not yet judged.</param>
/// <param name="Lifetime">Subscription-Lifetime as sent.</param>
/// <param name="Body">Bounded.</param>
/// <param name="Detail">What went wrong, for the log.</param>
internal sealed record PeerAnswer(
    PeerOutcome Outcome, int Status = 0, string? Location = null, string? SubscriptionId = null, string? Lifetime = null, byte[]? Body = null,
    string? Detail = null)
{
    public bool IsReferral => Outcome == PeerOutcome.Answered && Status is 301 or 302 or 307 or 308;

    /// <summary>True where nothing was sent, and it may be otherwise soon.</summary>
    public bool IsUnsent => Outcome is PeerOutcome.NotReached or PeerOutcome.ResolverFailed;

    public bool IsDone => Outcome == PeerOutcome.Answered && Status is >= 200 and <= 299;
}
