namespace RvpServer.Federation;

/// <summary>The result of asking another server.</summary>
internal enum PeerOutcome
{
    /// <summary>It answered with <see cref="PeerAnswer.Status"/>.</summary>
    Answered,

    /// <summary>Nothing was sent: no address may be connected to, or no connection was possible. Trying again may help.</summary>
    NotReached,

    /// <summary>Nothing was sent, since DNS did not answer. Trying again may help.</summary>
    ResolverFailed,

    /// <summary>The request was sent, but no valid answer came in time. The server may have acted on it, so it must not be sent again.</summary>
    NoAnswer,

    /// <summary>According to DNS there is no such server. Permanent.</summary>
    NoSuchDomain,

    /// <summary>Too many referrals, or one to a place that was asked already, to ourselves, or to another node.</summary>
    BadReferral,
}

/// <summary>Another server's answer.</summary>
/// <param name="Outcome">The result.</param>
/// <param name="Status">HTTP status, if it answered.</param>
/// <param name="Location">Where it refers to.</param>
/// <param name="SubscriptionId">As sent, not checked.</param>
/// <param name="Lifetime">Subscription-Lifetime as sent.</param>
/// <param name="Body">The document, limited in size.</param>
/// <param name="IsRvp">True if it names its version, as every RVP server does in every answer.</param>
/// <param name="Delivered">RVP-Delivered as sent.</param>
/// <param name="Detail">What went wrong, for the log.</param>
internal sealed record PeerAnswer(
    PeerOutcome Outcome, int Status = 0, string? Location = null, string? SubscriptionId = null, string? Lifetime = null, byte[]? Body = null,
    bool IsRvp = false, string? Delivered = null, string? Detail = null)
{
    public bool IsReferral => Outcome == PeerOutcome.Answered && Status is 301 or 302 or 307 or 308;

    /// <summary>True if nothing was sent and trying again may help.</summary>
    public bool IsUnsent => Outcome is PeerOutcome.NotReached or PeerOutcome.ResolverFailed;

    public bool IsDone => Outcome == PeerOutcome.Answered && Status is >= 200 and <= 299;
}
