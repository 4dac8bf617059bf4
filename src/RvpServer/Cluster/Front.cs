using System.Collections.Concurrent;
using Orleans;
using Rvp.Protocol;
using RvpServer.Home;

namespace RvpServer.Cluster;

/// <summary>What clients of this process wait for that comes from other processes.</summary>
internal sealed class Front(IGrainFactory grains, PollWaiters polls) : IFront
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<AnswerMessage>> pending = new();
    private IFront? self;
    private long lastTicket;

    /// <summary>This process, as others can call it.</summary>
    public IFront Self => self ??= grains.CreateObjectReference<IFront>(this);

    /// <summary>A request whose answer may come later; must be given back.</summary>
    public (long Ticket, Task<AnswerMessage> Answer) Expect()
    {
        var ticket = Interlocked.Increment(ref lastTicket);
        var answer = pending[ticket] = new TaskCompletionSource<AnswerMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        return (ticket, answer.Task);
    }

    /// <summary>Nobody waits for it any more.</summary>
    public void Forget(long ticket) => pending.TryRemove(ticket, out _);

    /// <inheritdoc/>
    public Task WakeAsync(string node, int subscription)
    {
        if (RvpUrl.TryParse(node, out var url)) polls.Wake(url, subscription);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task AnswerAsync(long ticket, byte[] answer)
    {
        if (pending.TryRemove(ticket, out var waiting)) waiting.TrySetResult(Wire.Read<AnswerMessage>(answer));
        return Task.CompletedTask;
    }
}
