using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Nodes;
using RvpServer.Outbound;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Home.Moves;

/// <summary>Takes people that come from other home servers, one at a time. What was refused once is not taken when it comes again.</summary>
internal sealed partial class Arrivals(NodeTurns turns, MovedHomes moved, NodeLocator locator, IDirectory directory, IStore store,
    IEnumerable<IBelongings> belongings, CallbackGuard callbacks, TimeProvider clock, ILogger<Arrivals> logger) : IDisposable
{
    // A move is sent again within minutes.
    private const int MaxRefused = 10_000;

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly LruMap<Guid, bool> refused = new(MaxRefused);

    /// <summary>Answers another home server.</summary>
    public async Task<MoveAnswer> AnswerAsync(RvpUrl node, MoveMessage message, VirtualServer here, CancellationToken stop)
    {
        await gate.WaitAsync(stop);
        try
        {
            if (message.Request == MoveRequest.Take && await store.HasTakenAsync(message.Id, stop)) return new MoveAnswer();
            var refusal = refused.TryGet(message.Id, out _) ? "It was refused before." : await FindObstacleAsync(node, message, here, stop);
            if (refusal is null && message.Request == MoveRequest.Take) refusal = await TakeAsync(node, message, here, stop);
            if (refusal is not null && message.Request == MoveRequest.Take) refused.Set(message.Id, true);
            return new MoveAnswer(refusal);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    // Throws when store or directory do not answer: what was not refused may be sent again.
    private async Task<string?> FindObstacleAsync(RvpUrl node, MoveMessage message, VirtualServer here, CancellationToken stop)
    {
        if (node.Host != here.Domain) return $"{here.PublicHost} is no home server of {node.Host}.";
        if (message.Format != PackedNode.Format) return $"{here.PublicHost} runs another version: people move when both run the same.";
        if (moved.Find(node) is { Stage: MoveStage.Leaving }) return $"{node} is about to leave {here.PublicHost}.";
        var account = (await locator.LocateAsync(node, stop)).Account;
        return account is { IsEnabled: true } && account.Id == message.AccountId ? null
            : $"The directory of {here.PublicHost} does not know this account: both servers must have one directory. Accounts of the local directory belong to "
                + "one server.";
    }

    private async Task<string?> TakeAsync(RvpUrl node, MoveMessage message, VirtualServer here, CancellationToken stop)
    {
        IReadOnlyList<Change> changes;
        try
        {
            changes = PackedNode.Unpack(node, message.Packed);
        }
        catch (StoreException failure)
        {
            return failure.Message;
        }
        var entry = await locator.LocateAsync(node, stop);
        foreach (var part in belongings)
            if (message.Belongings.TryGetValue(part.Name, out var packed)) await part.UnpackAsync(entry.Account!, packed, stop);
        var stamps = await StampsAsync(entry.Url, changes, stop);
        var by = clock.GetUtcNow() - message.Now;
        var own = changes.Select(change => Estate.Here(change, by, made => stamps.GetValueOrDefault(made.Principal))).ToList();
        var move = new Move(message.Id, MoveStage.Arrived, here.PublicHost.ToString(), message.Formers, clock.GetUtcNow());
        await turns.ArriveAsync(entry.Url, NodeLocator.OwnerOf(entry.Account!), own, move, callbacks.Remember);
        Log.Arrived(logger, node);
        return null;
    }

    // Where a password is kept by a server alone its stamp is that server's. The owner's comes along; watchers have another here, or none.
    private async Task<Dictionary<RvpUrl, long>> StampsAsync(RvpUrl node, IReadOnlyList<Change> changes, CancellationToken stop)
    {
        var stamps = new Dictionary<RvpUrl, long>();
        foreach (var made in changes.OfType<Change.SubscriptionMade>().Select(change => change.Subscription).Where(made => made.PasswordStamp != 0))
        {
            if (stamps.ContainsKey(made.Principal)) continue;
            stamps[made.Principal] = made.Principal.Equals(node) ? made.PasswordStamp : await StampAsync(made.Principal, stop);
        }
        return stamps;
    }

    private async Task<long> StampAsync(RvpUrl principal, CancellationToken stop)
    {
        if ((await locator.LocateAsync(principal, stop)).Account is not { IsEnabled: true } account) return 0;
        var isKnown = account.PasswordMark.Length > 0 || await directory.FindSecretsAsync(account, stop) is not null;
        return isKnown ? await directory.FindStampAsync(account, stop) : 0;
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "NodeArrived", Level = LogLevel.Information, Message = "{Node} has come from another home server")]
        public static partial void Arrived(ILogger logger, RvpUrl node);
    }
}
