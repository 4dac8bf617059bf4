using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>Combines delivery results into the sender's answer. [spec, RVP-Ack-Type]</summary>
public static class Acknowledgement
{
    private static readonly Answer Success = new Answer.Done();
    private static readonly Answer Delivered = new Answer.Done { IsDelivered = true };
    private static readonly Answer Kept = new Answer.Done { IsDelivered = false };

    /// <summary>True if the answer is known although <paramref name="open"/> results are still missing.</summary>
    public static bool IsDecided(AckType type, IReadOnlyList<DeliveryResult> results, int open) =>
        open == 0
        || (type == AckType.DeepOr && results.Any(result => result.Outcome == DeliveryOutcome.Delivered))
        || (type == AckType.DeepAnd && results.Any(result => !IsSafe(result)));

    /// <summary>
    /// The answer for these results: success, a client's own refusal passed on, or 412, the only other failure that old clients show. [client]
    /// </summary>
    public static Answer Combine(Answer.AsDelivered wanted, IReadOnlyList<DeliveryResult> results)
    {
        var type = wanted.AckType;
        var (safe, delivered) = (0, 0);
        for (var i = 0; i < results.Count; i++)
        {
            safe += IsSafe(results[i]) ? 1 : 0;
            delivered += results[i].Outcome == DeliveryOutcome.Delivered ? 1 : 0;
        }
        if (type == AckType.DeepAnd ? safe == results.Count && safe > 0 : safe > 0) return !wanted.CanBeKept ? Success : delivered > 0 ? Delivered : Kept;
        foreach (var result in results)
            if (result.Outcome == DeliveryOutcome.Refused && IsPassedBack(result.Status))
                return new Answer.Refused(Refusal.ByRecipient(result.Status));
        return new Answer.Refused(Refusal.NotAvailable) { IsForLackOfRoom = results.Contains(DeliveryResult.QueueFull) };
    }

    /// <summary>True if the message is to be kept: no client has taken it, none may have shown it, and it was not refused for lack of room.</summary>
    public static bool IsLost(Answer.AsDelivered wanted, IReadOnlyList<DeliveryResult> results)
    {
        if (!wanted.CanBeKept || results.Count == 0) return false;
        foreach (var result in results)
            if (result.Outcome != DeliveryOutcome.Unreachable || result == DeliveryResult.QueueFull) return false;
        return true;
    }

    private static bool IsSafe(DeliveryResult result) => result.Outcome is DeliveryOutcome.Delivered or DeliveryOutcome.Kept;

    // A 401 or 407 would ask the sender for a proof that this server cannot check.
    private static bool IsPassedBack(int status) => status is >= 400 and <= 599 and not (401 or 407);
}
