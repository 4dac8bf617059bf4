using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>What ends with subscriptions.</summary>
internal static class SignOff
{
    /// <summary>
    /// The end of some subscriptions; of a sign-in also its view and a state that an earlier lease left behind. With the last sign-in a state
    /// set without any ends too, or the owner would stay online.
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
