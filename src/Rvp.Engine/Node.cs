using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>The state of one node; <see cref="Apply"/> is its only mutator.</summary>
public sealed class Node(RvpUrl url)
{
    private readonly List<Change> applied = [];

    /// <summary>The logical URL on its canonical domain.</summary>
    public RvpUrl Url { get; } = url;

    /// <summary>Applies a change: live, expired or read back from the store, the same line.</summary>
    public void Apply(Change change) => applied.Add(change);
}
