using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>Combines delivery results into the sender's answer. [spec, RVP-Ack-Type]</summary>
public static class Acknowledgement
{
    private static readonly Answer Success = new Answer.Done();

    /// <summary>True if the answer is known although <paramref name="open"/> results are still missing.</summary>
    public static bool IsDecided(AckType type, IReadOnlyList<DeliveryResult> results, int open) =>
        open == 0
        || (type == AckType.DeepOr && results.Any(result => result.Outcome == DeliveryOutcome.Delivered))
        || (type == AckType.DeepAnd && results.Any(result => result.Outcome != DeliveryOutcome.Delivered));

    /// <summary>
    /// The answer for these results: success, a client's own refusal passed on, or 412, the only other failure that old clients show. [client]
    /// </summary>
    public static Answer Combine(AckType type, IReadOnlyList<DeliveryResult> results)
    {
        var delivered = 0;
        for (var i = 0; i < results.Count; i++) delivered += results[i].Outcome == DeliveryOutcome.Delivered ? 1 : 0;
        if (type == AckType.DeepAnd ? delivered == results.Count && delivered > 0 : delivered > 0) return Success;
        foreach (var result in results)
            if (result.Outcome == DeliveryOutcome.Refused && IsPassedBack(result.Status))
                return new Answer.Refused(Refusal.ByRecipient(result.Status));
        return new Answer.Refused(Refusal.NotAvailable) { IsForLackOfRoom = results.Contains(DeliveryResult.QueueFull) };
    }

    // A 401 or 407 would ask the sender for a proof that this server cannot check.
    private static bool IsPassedBack(int status) => status is >= 400 and <= 599 and not (401 or 407);
}
