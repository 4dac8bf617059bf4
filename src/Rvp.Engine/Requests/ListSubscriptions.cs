using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>SUBSCRIPTIONS: lists who watches this node, or where its owner is signed in. [KB 298421]</summary>
public sealed record ListSubscriptions(NotificationType Type) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Holder(Rights.Subscriptions);

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        IReadOnlyList<Subscription> subscriptions = Type == NotificationType.Notify ? node.SignIns : node.Watches;
        var listed = subscriptions
            .Where(subscription => subscription.ExpiresAt > context.Now)
            .Select(subscription => new ListedSubscription(subscription.Id, subscription.Principal.Spelling, subscription.ExpiresAt - context.Now))
            .ToList();
        return new Answer.Done { Body = SubscriptionsXml.Write(listed) };
    }
}
