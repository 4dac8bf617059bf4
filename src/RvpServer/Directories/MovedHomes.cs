using System.Collections.Concurrent;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Domains;

namespace RvpServer.Directories;

/// <summary>
/// Nodes that go to another home server or have just come from one, as the store notes them. A directory is changed after the node has moved, and what servers
/// remember of it lasts for minutes: until all know, a home server that the node was on before means the one that it is on now.
/// </summary>
internal sealed class MovedHomes
{
    private readonly ConcurrentDictionary<RvpUrl, Entry> all = new();

    // Nearly always there are none, and every request asks.
    private volatile bool isUsed;

    /// <summary>Told of each note that this process makes or removes; null: it is removed.</summary>
    public event Action<RvpUrl, Move?>? Changed;

    /// <summary>Those that this process has noted.</summary>
    public IEnumerable<KeyValuePair<RvpUrl, Move>> All =>
        all.Where(entry => !entry.Value.IsElsewhere).Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Move));

    /// <summary>The move of a node; null: none is known.</summary>
    public Move? Find(RvpUrl node) => isUsed && all.TryGetValue(node, out var entry) ? entry.Move : null;

    /// <summary>True for a node that has left: whoever still asks for it here has to find it again.</summary>
    public bool IsAway(RvpUrl node) => Find(node) is { Stage: MoveStage.Left };

    /// <summary>Where a node is.</summary>
    /// <param name="node">Its canonical URL.</param>
    /// <param name="domain">Its domain.</param>
    /// <param name="named">Where the directory says.</param>
    public NodeLocation LocationOf(RvpUrl node, ImDomain domain, NodeLocation named) =>
        Find(node) is { Stage: not MoveStage.Leaving } move && move.Formers.Any(former => domain.LocationOf(former).Equals(named))
            ? domain.LocationOf(move.Home)
            : named;

    /// <summary>A move was noted in the store.</summary>
    public void Note(RvpUrl node, Move move)
    {
        Set(node, move, isElsewhere: false);
        Changed?.Invoke(node, move);
    }

    /// <summary>A note was removed from the store.</summary>
    public void Forget(RvpUrl node)
    {
        Set(node, null, isElsewhere: false);
        Changed?.Invoke(node, null);
    }

    /// <summary>Another process of this home server has made a note, or removed it: null.</summary>
    public void NoteElsewhere(RvpUrl node, Move? move)
    {
        // What this process knows of its own is newer.
        if (!all.TryGetValue(node, out var entry) || entry.IsElsewhere) Set(node, move, isElsewhere: true);
    }

    /// <summary>The node is another process's of this home server from now on, with its note.</summary>
    public void HandOver(RvpUrl node)
    {
        if (isUsed && all.TryGetValue(node, out var entry)) all[node] = entry with { IsElsewhere = true };
    }

    /// <summary>Completes when it is known where a node is that is leaving; null: it is not leaving.</summary>
    public Task? SettlingOf(RvpUrl node) => isUsed && all.TryGetValue(node, out var entry) ? entry.Settled?.Task : null;

    private void Set(RvpUrl node, Move? move, bool isElsewhere)
    {
        isUsed = true;
        all.TryGetValue(node, out var before);
        if (move is null) all.TryRemove(node, out _);
        else
        {
            var settled = move.Stage == MoveStage.Leaving ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
            all[node] = new Entry(move, settled, isElsewhere);
        }
        before.Settled?.TrySetResult();
    }

    private readonly record struct Entry(Move Move, TaskCompletionSource? Settled, bool IsElsewhere);
}
