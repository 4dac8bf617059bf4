using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>A request to a node, as a value. <see cref="Decide"/> changes nothing.</summary>
public abstract record Request
{
    /// <summary>Who may make the request; checked once, before <see cref="Decide"/>.</summary>
    public abstract Admission Admission { get; }

    /// <summary>The result of the request.</summary>
    public abstract Outcome Decide(Node node, DecisionContext context);

    /// <summary>An outcome whose notifications follow from what watchers see after the changes.</summary>
    protected static Outcome Changing(Node node, Answer answer, IReadOnlyList<Change> changes) =>
        new(answer, changes, Watchers.Tell(node, NodeAppearance.Of(node), NodeAppearance.After(node, changes)));

    /// <summary>An outcome that passes something on; watchers are told if sign-ins have ended for lack of room.</summary>
    protected static Outcome Forwarding(Node node, Answer answer, IReadOnlyList<Change> changes, IReadOnlyList<Notification> forwarded)
    {
        if (!changes.Any(change => change is Change.SubscriptionEnded)) return new Outcome(answer, changes, forwarded);
        var changing = Changing(node, answer, changes);
        return changing with { Notifications = [.. changing.Notifications, .. forwarded] };
    }
}

/// <summary>Who may make a request.</summary>
/// <param name="MustBeProven">An assertion is not enough.</param>
/// <param name="OwnerOr">The right that anyone except the owner needs; None if only the owner may, null if the request decides for itself.</param>
public readonly record struct Admission(bool MustBeProven, Rights? OwnerOr)
{
    /// <summary>The proven owner.</summary>
    public static readonly Admission Owner = new(true, Rights.None);

    /// <summary>Any known principal; the request checks the access list itself, since blocking may be polite.</summary>
    public static readonly Admission Principal = new(false, null);

    /// <summary>Only the server itself; no caller can make such a request.</summary>
    public static readonly Admission Server = new(true, null);

    /// <summary>The proven owner, or a proven caller with this right.</summary>
    public static Admission Holder(Rights right) => new(true, right);

    /// <summary>Null if the caller may make the request.</summary>
    public Refusal? Check(Node node, Caller caller)
    {
        if (caller.Principal is null || (MustBeProven && !caller.IsProven)) return Refusal.ProofNeeded;
        if (OwnerOr is not { } right || caller.IsProvenAs(node.Url)) return null;
        return right != Rights.None && node.Access.Allows(caller, right) ? null : Refusal.NotAllowed;
    }
}
