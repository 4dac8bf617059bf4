namespace Rvp.Engine;

/// <summary>The sign-ins that are silent after some changes: what they have said is not shown.</summary>
internal readonly struct Absence
{
    private readonly HashSet<int>? silent;

    private Absence(HashSet<int> silent, bool isOfAll) => (this.silent, IsOfAll) = (silent, isOfAll);

    /// <summary>True if there are sign-ins and none of them is heard of.</summary>
    public bool IsOfAll { get; }

    public static Absence After(Node node, IReadOnlyList<Change> changes)
    {
        HashSet<int>? silent = null;
        foreach (var signIn in node.SignIns)
            if (signIn.IsSilent) (silent ??= []).Add(signIn.Id);
        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i] is not Change.SubscriptionSilenced silenced) continue;
            if (silenced.IsSilent) (silent ??= []).Add(silenced.Id);
            else silent?.Remove(silenced.Id);
        }
        return silent is { Count: > 0 } ? new Absence(silent, IsAllOf(node, silent, changes)) : default;
    }

    /// <summary>True if a view is that of a silent sign-in.</summary>
    public bool Includes(View view) => view.SignIn is { } signIn && silent?.Contains(signIn) == true;

    private static bool IsAllOf(Node node, HashSet<int> silent, IReadOnlyList<Change> changes)
    {
        var left = node.SignIns.Select(signIn => signIn.Id).ToHashSet();
        foreach (var change in changes)
        {
            if (change is Change.SubscriptionMade { Subscription: { Type: Rvp.Protocol.NotificationType.Notify } made }) left.Add(made.Id);
            else if (change is Change.SubscriptionEnded ended) left.Remove(ended.Id);
        }
        return left.Count > 0 && left.IsSubsetOf(silent);
    }
}
