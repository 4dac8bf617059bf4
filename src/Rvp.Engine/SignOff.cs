using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>What ends with a subscription.</summary>
internal static class SignOff
{
    /// <summary>The end of a subscription; of a sign-in also its view and a state that an earlier lease left behind.</summary>
    public static IEnumerable<Change> End(Node node, Subscription subscription)
    {
        yield return new Change.SubscriptionEnded(subscription.Id);
        if (subscription.Type != NotificationType.Notify) yield break;
        if (node.FindViewOf(subscription.Id) is { } view) yield return new Change.ViewEnded(view.Id);
        if (node.Properties.ContainsKey(PropertyName.State)) yield return new Change.PropertyRemoved(PropertyName.State);
    }
}
