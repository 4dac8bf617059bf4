using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>Something asked of a node, as a value. <see cref="Decide"/> looks and changes nothing.</summary>
public abstract record Request
{
    /// <summary>Who may ask; checked before <see cref="Decide"/>, once, for every request.</summary>
    public abstract Admission Admission { get; }

    /// <summary>What the request leads to.</summary>
    public abstract Outcome Decide(Node node, DecisionContext context);

    /// <summary>An outcome whose notifications follow from what watchers see after the changes.</summary>
    protected static Outcome Changing(Node node, Answer answer, IReadOnlyList<Change> changes) =>
        new(answer, changes, Watchers.Tell(node, NodeAppearance.Of(node), NodeAppearance.After(node, changes)));
}

/// <summary>Who may make a request.</summary>
/// <param name="MustBeProven">An assertion is not enough.</param>
/// <param name="OwnerOr">The right that someone who is not the owner needs; None where only the owner may, null where the request decides for itself.</param>
public readonly record struct Admission(bool MustBeProven, Rights? OwnerOr)
{
    /// <summary>The proven owner.</summary>
    public static readonly Admission Owner = new(true, Rights.None);

    /// <summary>Anyone who is somebody; the request looks at the access list itself, since blocking is polite.</summary>
    public static readonly Admission Principal = new(false, null);

    /// <summary>The server itself, through no door that a caller could use.</summary>
    public static readonly Admission Server = new(true, null);

    /// <summary>The proven owner, or a proven caller with this right.</summary>
    public static Admission Holder(Rights right) => new(true, right);

    /// <summary>Null where the caller may ask.</summary>
    public Refusal? Check(Node node, Caller caller)
    {
        if (caller.Principal is null || (MustBeProven && !caller.IsProven)) return Refusal.ProofNeeded;
        if (OwnerOr is not { } right || caller.IsProvenAs(node.Url)) return null;
        return right != Rights.None && node.Access.Allows(caller, right) ? null : Refusal.NotAllowed;
    }
}
