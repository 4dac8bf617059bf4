namespace Rvp.Engine;

/// <summary>How one notification fared.</summary>
public enum DeliveryOutcome
{
    /// <summary>The callback has it (2xx), or a durable queue has.</summary>
    Delivered,

    /// <summary>The callback answered with an error: it is alive.</summary>
    Refused,

    /// <summary>Nobody answered; it may or may not have been shown.</summary>
    Unanswered,

    /// <summary>Nobody could be reached in all attempts, or the queue was full.</summary>
    Unreachable,
}

/// <summary>How one notification fared, and the status that a refusing callback gave (else 0).</summary>
public readonly record struct DeliveryResult(DeliveryOutcome Outcome, int Status = 0);
