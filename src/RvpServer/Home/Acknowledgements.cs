using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Nodes;

namespace RvpServer.Home;

/// <summary>Waits for the delivery results on which the sender's answer depends.</summary>
internal static class Acknowledgements
{
    /// <summary>The reply to the caller.</summary>
    public static NodeReply ReplyTo(TurnResult result, CancellationToken stop) =>
        result.Answer is Answer.AsDelivered wanted ? new(AwaitAsync(wanted, result.Deliveries, stop)) : new(result.Answer);

    private static async Task<Answer> AwaitAsync(Answer.AsDelivered wanted, IReadOnlyList<Task<DeliveryResult>> deliveries, CancellationToken stop)
    {
        var type = wanted.AckType;
        if (type == AckType.SingleHop && deliveries.Count > 0) return new Answer.Done();

        var results = wanted.Known.ToList();
        var open = deliveries.ToList();
        while (!Acknowledgement.IsDecided(type, results, open.Count))
        {
            var done = open.Count == 1 ? open[0] : await Task.WhenAny(open).WaitAsync(stop);
            open.Remove(done);
            // Without the token: attempts are limited in number and time, and another task per message would cost something.
            results.Add(await done);
        }
        return Acknowledgement.Combine(type, results);
    }
}
