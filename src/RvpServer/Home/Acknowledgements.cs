using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Nodes;

namespace RvpServer.Home;

/// <summary>Waits for the delivery results on which the sender's answer depends, and has a message kept that reached nobody.</summary>
internal sealed class Acknowledgements(NodeTurns turns)
{
    /// <summary>The reply to the caller; what is known already waits for nothing.</summary>
    public NodeReply ReplyTo(RvpUrl node, Request request, TurnResult result, CancellationToken stop)
    {
        if (result.Answer is not Answer.AsDelivered wanted) return new(result.Answer);
        var (type, known, deliveries) = (wanted.AckType, wanted.Known, result.Deliveries);
        if (type == AckType.SingleHop && deliveries.Count > 0)
        {
            if (wanted.CanBeKept) _ = KeepIfLostAsync(node, (Notify)request, wanted, deliveries);
            return new(new Answer.Done());
        }
        if (Acknowledgement.IsDecided(type, known, deliveries.Count)) return new(Acknowledgement.Combine(wanted, known));
        return new(known.Count == 0 && deliveries.Count == 1
            ? AwaitAsync(node, request, wanted, deliveries[0])
            : AwaitAsync(node, request, wanted, [.. known], [.. deliveries], stop));
    }

    // Most messages are for one callback. Without the token: attempts are limited in number and time.
    private async Task<Answer> AwaitAsync(RvpUrl node, Request request, Answer.AsDelivered wanted, Task<DeliveryResult> delivery) =>
        await FinishAsync(node, request, wanted, [await delivery]);

    private async Task<Answer> AwaitAsync(
        RvpUrl node, Request request, Answer.AsDelivered wanted, List<DeliveryResult> results, List<Task<DeliveryResult>> open, CancellationToken stop)
    {
        while (!Acknowledgement.IsDecided(wanted.AckType, results, open.Count))
        {
            var done = open.Count == 1 ? open[0] : await Task.WhenAny(open).WaitAsync(stop);
            open.Remove(done);
            results.Add(await done);
        }
        return await FinishAsync(node, request, wanted, results);
    }

    private async Task KeepIfLostAsync(RvpUrl node, Notify message, Answer.AsDelivered wanted, IReadOnlyList<Task<DeliveryResult>> deliveries) =>
        await FinishAsync(node, message, wanted, [.. wanted.Known, .. await Task.WhenAll(deliveries)]);

    private ValueTask<Answer> FinishAsync(RvpUrl node, Request request, Answer.AsDelivered wanted, IReadOnlyList<DeliveryResult> results) =>
        Acknowledgement.IsLost(wanted, results) ? KeepAsync(node, new KeepMessage((Notify)request)) : new(Acknowledgement.Combine(wanted, results));

    private async ValueTask<Answer> KeepAsync(RvpUrl node, KeepMessage keep)
    {
        var lost = new Answer.Refused(Refusal.NotAvailable);
        if (turns.Find(node) is not { } slot) return lost;
        // Promised only when it is stored; and its sender is owed an answer, whether still waiting for it or not.
        var kept = await turns.TakeOwnAsync(slot, keep, CancellationToken.None);
        return kept.Answer is Answer.AsDelivered done ? Acknowledgement.Combine(done, done.Known) : lost;
    }
}
