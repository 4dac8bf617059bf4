using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>What ends together with subscriptions.</summary>
internal static class SignOff
{
    /// <summary>
    /// Ends some subscriptions. A sign-in also ends its view and a state left by an earlier lease. The last sign-in also ends a state that was set without any
    /// sign-in, or the owner would stay online.
    /// </summary>
    public static IEnumerable<Change> End(Node node, params IReadOnlyCollection<Subscription> subscriptions)
    {
        foreach (var subscription in subscriptions)
        {
            yield return new Change.SubscriptionEnded(subscription.Id);
            if (subscription.Type == NotificationType.Notify && node.FindViewOf(subscription.Id) is { } view) yield return new Change.ViewEnded(view.Id);
        }
        var signIns = subscriptions.Count(subscription => subscription.Type == NotificationType.Notify);
        if (signIns > 0 && node.Properties.ContainsKey(PropertyName.State)) yield return new Change.PropertyRemoved(PropertyName.State);
        if (signIns == 0 || signIns < node.SignIns.Length) yield break;
        foreach (var view in node.Views)
            if (view.SignIn is null) yield return new Change.ViewEnded(view.Id);
    }
}
