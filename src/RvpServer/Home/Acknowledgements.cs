using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>Waits for as many delivery results as the sender's answer depends on.</summary>
internal static class Acknowledgements
{
    /// <summary>What the caller gets.</summary>
    public static async ValueTask<Answer> AnswerAsync(TurnResult result, CancellationToken stop) =>
        result.Answer is Answer.AsDelivered wanted ? await AwaitAsync(wanted, result.Deliveries, stop) : result.Answer;

    private static async ValueTask<Answer> AwaitAsync(Answer.AsDelivered wanted, IReadOnlyList<Task<DeliveryResult>> deliveries, CancellationToken stop)
    {
        var type = wanted.AckType;
        if (type == AckType.SingleHop && deliveries.Count > 0) return new Answer.Done();

        var results = wanted.Known.ToList();
        var open = deliveries.ToList();
        while (!Acknowledgement.IsDecided(type, results, open.Count))
        {
            var done = open.Count == 1 ? open[0] : await Task.WhenAny(open).WaitAsync(stop);
            open.Remove(done);
            // Without the token: attempts and their time are bounded, and a second promise for each message is not free.
            results.Add(await done);
        }
        return Acknowledgement.Combine(type, results);
    }
}
