namespace Rvp.Engine;

/// <summary>What happened to one notification.</summary>
public enum DeliveryOutcome
{
    /// <summary>The callback accepted it (2xx), or it is stored in a poll queue.</summary>
    Delivered,

    /// <summary>No client has it: it is kept for the next sign-in.</summary>
    Kept,

    /// <summary>The callback answered with an error, so it is alive.</summary>
    Refused,

    /// <summary>Nobody answered; the message may have been shown or not.</summary>
    Unanswered,

    /// <summary>No attempt reached the receiver, or the queue was full.</summary>
    Unreachable,
}

/// <summary>What happened to one notification, and the status of a callback that refused it (otherwise 0).</summary>
public readonly record struct DeliveryResult(DeliveryOutcome Outcome, int Status = 0)
{
    /// <summary>The recipient's poll queue has no room, at least not for this sender.</summary>
    public static readonly DeliveryResult QueueFull = new(DeliveryOutcome.Unreachable, 507);
}
