using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Nodes;

namespace RvpServer.Home;

/// <summary>Waits for the delivery results on which the sender's answer depends.</summary>
internal static class Acknowledgements
{
    /// <summary>The reply to the caller; what is known already waits for nothing.</summary>
    public static NodeReply ReplyTo(TurnResult result, CancellationToken stop)
    {
        if (result.Answer is not Answer.AsDelivered wanted) return new(result.Answer);
        var (type, known, deliveries) = (wanted.AckType, wanted.Known, result.Deliveries);
        if (type == AckType.SingleHop && deliveries.Count > 0) return new(new Answer.Done());
        if (Acknowledgement.IsDecided(type, known, deliveries.Count)) return new(Acknowledgement.Combine(type, known));
        return new(known.Count == 0 && deliveries.Count == 1 ? AwaitAsync(type, deliveries[0]) : AwaitAsync(type, [.. known], [.. deliveries], stop));
    }

    // Most messages are for one callback. Without the token: attempts are limited in number and time.
    private static async Task<Answer> AwaitAsync(AckType type, Task<DeliveryResult> delivery) => Acknowledgement.Combine(type, [await delivery]);

    private static async Task<Answer> AwaitAsync(AckType type, List<DeliveryResult> results, List<Task<DeliveryResult>> open, CancellationToken stop)
    {
        while (!Acknowledgement.IsDecided(type, results, open.Count))
        {
            var done = open.Count == 1 ? open[0] : await Task.WhenAny(open).WaitAsync(stop);
            open.Remove(done);
            results.Add(await done);
        }
        return Acknowledgement.Combine(type, results);
    }
}
