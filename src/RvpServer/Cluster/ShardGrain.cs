using Orleans;
using Orleans.Concurrency;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Home;
using RvpServer.Nodes;
using RvpServer.Runtime;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Cluster;

/// <summary>Where Orleans and a shard meet: opens it when it is activated here, closes it when it goes.</summary>
/// <remarks>The work itself runs in the thread pool: whatever it begins must not hang on an activation that ends before it.</remarks>
[Reentrant, KeepAlive, ShardPlacement]
internal sealed partial class ShardGrain(ShardOpening opening, NodeLoading loading, Shards shards, NodeTurns turns, LocalNodes nodes, LocalLiveNodes live,
    INodes all, OwedNews owed, Wakers wakers, ShardDoubts doubts, ILogger<ShardGrain> logger) : Grain, IShardGrain
{
    private static readonly InPool Pool = new();

    private Shard? shard;

    private short Number => (short)this.GetPrimaryKeyLong();

    // No store has it, and no node is in it.
    private bool IsRehearsed => Number >= shards.Count;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (IsRehearsed)
        {
            shard = new Shard(Number);
            return;
        }
        shards.Lost += OnLost;
        try
        {
            shard = await Task.Run(() => opening.OpenAsync(Number, cancellationToken), cancellationToken);
        }
        catch
        {
            shards.Lost -= OnLost;
            throw;
        }
        Log.Opened(logger, Number, shard.Slots.Count);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        shards.Lost -= OnLost;
        if (shard is not { } open || IsRehearsed) return;
        try
        {
            await Task.Run(() => loading.CloseAsync(open), CancellationToken.None);
            Log.Closed(logger, Number, reason.ReasonCode);
        }
        catch (StoreException failure)
        {
            // Whoever takes it need not ask.
            Log.NotGivenBack(logger, Number, failure.Message);
        }
    }

    /// <inheritdoc/>
    public async Task<byte[]> AskAsync(byte[] ask, IFront? front, long ticket)
    {
        // What has begun to move is closed already: who asks again is sent where it is then.
        if (shard is not { IsClosed: false }) return Wire.Write(AnswerMessage.Away);
        return Wire.Write(await AnswerInPoolAsync(Wire.Read<AskMessage>(ask), front, ticket));
    }

    /// <inheritdoc/>
    public async Task<byte[]> PollAsync(byte[] ask, IFront front)
    {
        if (shard is not { IsClosed: false }) return Wire.Write(AnswerMessage.Away);
        var message = Wire.Read<AskMessage>(ask);
        var poll = (Poll)message.Request;
        // Before it looks, so that nothing slips through between looking and waiting.
        wakers.Expect(front, message.Node, poll.Ids);
        var answer = await AnswerInPoolAsync(message, null, 0);
        if (answer.Answer is not Answer.Done { Status: StatusCodes.Status204NoContent }) wakers.Forget(front, message.Node, poll.Ids);
        return Wire.Write(answer);
    }

    /// <inheritdoc/>
    public Task TellAsync(byte[] news) => Task.Run(() =>
    {
        foreach (var one in Wire.Read<NewsMessage[]>(news))
        {
            // Those whose shard has moved meanwhile go on from here, and may be overtaken by what their sender sends there itself.
            if (shards.Find(one.Node) is null) owed.Add(one.News);
            all.Receive(one.Node, [one.News]);
        }
    });

    /// <inheritdoc/>
    public Task<bool> OweAsync(string node, Dictionary<int, int>? watches) =>
        Task.Run(async () => shard is { IsClosed: false } && RvpUrl.TryParse(node, out var url) && await nodes.TellWatchersAsync(url, watches, default));

    /// <inheritdoc/>
    public Task<byte[]> LookAsync(string node, int max) => Task.Run(async () =>
        Wire.Write<LiveNode[]>(RvpUrl.TryParse(node, out var url) && await live.LookAsync(url, max, default) is { } found ? [found] : []));

    /// <inheritdoc/>
    public Task<bool> SignOutAsync(string node, int? signIn) =>
        Task.Run(async () => RvpUrl.TryParse(node, out var url) && await live.SignOutAsync(url, signIn, default));

    /// <inheritdoc/>
    public Task<byte[]> GiveEstateAsync(string node, string account) => Task.Run<byte[]>(async () =>
        RvpUrl.TryParse(node, out var url) && await turns.FindEstateAsync(url, account, default) is { } left ? PackedNode.Pack(url, left) : []);

    /// <inheritdoc/>
    public Task EndFormerAsync(string node) => Task.Run(() => RvpUrl.TryParse(node, out var url) ? turns.EndFormerAsync(url) : Task.CompletedTask);

    /// <inheritdoc/>
    public Task TouchAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task MoveAsync()
    {
        this.MigrateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task EndAsync()
    {
        if (IsRehearsed) DeactivateOnIdle();
        return Task.CompletedTask;
    }

    // What is decided at once is answered at once; what waits goes on in the pool.
    private Task<AnswerMessage> AnswerInPoolAsync(AskMessage ask, IFront? front, long ticket)
    {
        SynchronizationContext.SetSynchronizationContext(Pool);
        try
        {
            return AnswerAsync(ask, front, ticket);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private async Task<AnswerMessage> AnswerAsync(AskMessage ask, IFront? front, long ticket)
    {
        try
        {
            var reply = await nodes.AskAsync(ask.Node, ask.Owner, ask.Request, ask.Caller, CancellationToken.None);
            if (reply.Delivered is not { } delivered) return AnswerMessage.Of(reply.Answer);
            if (front is null || delivered.IsCompletedSuccessfully) return AnswerMessage.Of(await delivered);
            _ = AnswerLaterAsync(delivered, front, ticket);
            return AnswerMessage.Pending;
        }
        catch (ShardAwayException)
        {
            return AnswerMessage.Away;
        }
        catch (UnavailableException failure)
        {
            return new AnswerMessage(AnswerKind.Unavailable, Reason: failure.Message);
        }
    }

    private static async Task AnswerLaterAsync(Task<Answer> delivered, IFront front, long ticket)
    {
        AnswerMessage message;
        try
        {
            message = AnswerMessage.Of(await delivered);
        }
        catch (Exception failure)
        {
            message = new AnswerMessage(AnswerKind.Unavailable, Reason: failure.Message);
        }
        await front.AnswerAsync(ticket, Wire.Write(message));
    }

    private void OnLost(Shard lost)
    {
        if (lost != shard) return;
        Log.Lost(logger, Number);
        doubts.Tell();
        DeactivateOnIdle();
    }

    // An await leaves the scheduler of the activation for any context that is not the usual one.
    private sealed class InPool : SynchronizationContext;

    private static partial class Log
    {
        [LoggerMessage(EventName = "ShardOpened", Level = LogLevel.Debug, Message = "Shard {Shard} is here, with {Count} nodes")]
        public static partial void Opened(ILogger logger, int shard, int count);

        [LoggerMessage(EventName = "ShardClosed", Level = LogLevel.Debug, Message = "Shard {Shard} is not here any more: {Reason}")]
        public static partial void Closed(ILogger logger, int shard, DeactivationReasonCode reason);

        [LoggerMessage(EventName = "ShardNotGivenBack", Level = LogLevel.Information, Message = "Shard {Shard} could not be given back: {Reason}")]
        public static partial void NotGivenBack(ILogger logger, int shard, string reason);

        [LoggerMessage(EventName = "ShardLost", Level = LogLevel.Warning, Message = "Shard {Shard} was taken by another process")]
        public static partial void Lost(ILogger logger, int shard);
    }
}
