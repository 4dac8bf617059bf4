using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>
/// The account has another name now: what belongs to it goes on under this one, and so do the watches of others, which see it under the name that they know.
/// Sign-ins do not, since their clients use the earlier name.
/// </summary>
/// <param name="Former">The node of the earlier name.</param>
/// <param name="Properties">Permanent properties.</param>
/// <param name="Entries">What the owner has written into the access list.</param>
/// <param name="Watches">Of others.</param>
public sealed record Inherit(
    RvpUrl Former, IReadOnlyList<Property> Properties, IReadOnlyList<AccessEntry> Entries, IReadOnlyList<Subscription> Watches) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <summary>What the node of the earlier name leaves; in its turn.</summary>
    public static Inherit From(Node former) => new(
        former.Url,
        [.. former.Properties.Where(property => property.Key != PropertyName.State).Select(property => new Property(property.Key, property.Value))],
        former.Access.Written, [.. former.Watches]);

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context) =>
        node.IsUntouched
            ? new Outcome(new Answer.Done(),
                [
                    .. Properties.Select(property => new Change.PropertySet(property.Name, property.InnerXml)),
                    .. Entries.Select(entry => new Change.AccessEntrySet(entry)),
                    .. Watches.Select(watch => new Change.SubscriptionMade(watch)),
                    new Change.BelongsTo(node.Owner.AccountId, null),
                    new Change.BelongingsInherited(Former),
                ],
                [])
            : new Answer.Done();
}
