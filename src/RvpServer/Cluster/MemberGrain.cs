using Orleans;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Home;
using RvpServer.Home.Moves;
using RvpServer.Nodes;

namespace RvpServer.Cluster;

/// <summary>This process, as the others ask it.</summary>
[Reentrant, KeepAlive, MemberPlacement]
internal sealed class MemberGrain(StoreWatch watch, NewsJournal journal, LocalLiveNodes nodes, Throttle throttle, MoveService moves, MovedHomes moved,
    Rehearsal rehearsal, RvpSettings settings) : Grain, IMemberGrain
{
    /// <inheritdoc/>
    public Task<TimeSpan> StoreSilenceAsync() => Task.FromResult(watch.Silence);

    /// <inheritdoc/>
    public Task DoubtAsync()
    {
        journal.OweAll();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task NoteWrongAsync(byte[] guesses)
    {
        foreach (var guess in Wire.Read<WrongGuess[]>(guesses)) throttle.WrongElsewhere(guess.Account, guess.Sender);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<byte[]> AnswerMoveAsync(byte[] message, string server)
    {
        var here = settings.VirtualServers.First(one => one.Name == server);
        return Wire.Write(await Task.Run(() => moves.AnswerAsync(Wire.Read<MoveMessage>(message), here, CancellationToken.None)));
    }

    /// <inheritdoc/>
    public Task NoteMoveAsync(byte[] note)
    {
        var (node, move) = Wire.Read<MoveNote>(note);
        moved.NoteElsewhere(node, move);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<string[]> FindSignedInAsync(string[] some)
    {
        var wanted = new Dictionary<RvpUrl, string>();
        foreach (var node in some)
            if (RvpUrl.TryParse(node, out var url)) wanted[url] = node;
        var found = await nodes.FindSignedInAsync(wanted.Keys, CancellationToken.None);
        return [.. found.Select(node => wanted[node])];
    }

    /// <inheritdoc/>
    public Task<int> CountSignedInAsync() => nodes.CountSignedInAsync(CancellationToken.None);

    /// <inheritdoc/>
    public Task RehearseAsync(short shard) => rehearsal.AskAsync(shard);
}

/// <summary>A member's grain is in the process that it stands for.</summary>
[Serializable]
internal sealed class MemberPlacement : PlacementStrategy;

/// <summary>Has grains of a class placed so.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class MemberPlacementAttribute() : PlacementAttribute(new MemberPlacement());

/// <summary>Places them.</summary>
internal sealed class MemberPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var wanted = target.GrainIdentity.Key.ToString();
        return context.GetCompatibleSilos(target).FirstOrDefault(silo => silo.ToParsableString() == wanted) is { } found
            ? Task.FromResult(found)
            : throw new OrleansException($"There is no member {wanted} any more.");
    }
}
