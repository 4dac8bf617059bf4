using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>
/// The state of one node. Only <see cref="Apply"/> changes it, whether the change is live, an expiry or read back from the store. One writer at a time; only
/// <see cref="SignIns"/> may be read by anyone at any time.
/// </summary>
public sealed class Node
{
    private static readonly IReadOnlyDictionary<PropertyName, string> NoProperties = new Dictionary<PropertyName, string>();
    private static readonly Inbox NoInbox = new();
    private static readonly IReadOnlyDictionary<RvpUrl, DateTimeOffset> NoContacts = new Dictionary<RvpUrl, DateTimeOffset>();

    private Subscription[] signIns = [];
    private readonly List<Subscription> watches = [];
    private readonly List<View> views = new(1);
    private Dictionary<PropertyName, string>? properties;
    private Inbox? inbox;
    private Dictionary<RvpUrl, DateTimeOffset>? contacts;
    private readonly AccessList newAccess;

    /// <summary>A node without any state yet.</summary>
    public Node(RvpUrl url, NodeOwner owner, NewAccountAccess access = NewAccountAccess.Everyone)
    {
        Url = url;
        Owner = owner;
        Access = newAccess = AccessList.ForNewAccount(url, access);
    }

    /// <summary>The logical URL on its canonical domain.</summary>
    public RvpUrl Url { get; }

    /// <summary>What the directory says; replaced as a whole when it changes.</summary>
    public NodeOwner Owner { get; set; }

    /// <summary>The id of the account that this state belongs to, empty if the directory has no ids; null: not known yet.</summary>
    public string? AccountId { get; private set; }

    /// <summary>Since when the directory has not known the account; null: it does.</summary>
    public DateTimeOffset? MissingSince { get; private set; }

    /// <summary>
    /// Sign-ins, oldest first. The array is replaced, never changed. Code outside the node's turn must read this property once and keep the result. The read is
    /// volatile, so that the compiler cannot read it twice.
    /// </summary>
    public ImmutableArray<Subscription> SignIns
    {
        get => ImmutableCollectionsMarshal.AsImmutableArray(Volatile.Read(ref signIns));
        private set => Volatile.Write(ref signIns, ImmutableCollectionsMarshal.AsArray(value)!);
    }

    /// <summary>Watches, oldest first.</summary>
    public IReadOnlyList<Subscription> Watches => watches;

    /// <summary>Views, oldest first.</summary>
    public IReadOnlyList<View> Views => views;

    /// <summary>
    /// The nodes elsewhere that the owner watches through this server, with the end of each watch: their servers hold the watches, but only their changes may
    /// be passed on to the owner.
    /// </summary>
    public IReadOnlyDictionary<RvpUrl, DateTimeOffset> WatchedElsewhere => contacts ?? NoContacts;

    /// <summary>Permanent properties.</summary>
    public IReadOnlyDictionary<PropertyName, string> Properties => properties ?? NoProperties;

    /// <summary>Who may do what.</summary>
    public AccessList Access { get; private set; }

    /// <summary>The order of the value that was set last.</summary>
    public long LastOrder { get; private set; }

    /// <summary>What waits for the owner.</summary>
    public Inbox Inbox => inbox ?? NoInbox;

    /// <summary>The sequence of the entry of the inbox that was queued last.</summary>
    public long LastPollSequence { get; private set; }

    /// <summary>No lease ends before this; it may be earlier than the first end. Null: no lease.</summary>
    public DateTimeOffset? NextDue { get; private set; }

    /// <summary>True for a node that need not stay in memory: it can be made again from the directory.</summary>
    public bool IsBlank => SignIns.IsEmpty && watches.Count == 0 && views.Count == 0;

    /// <summary>True for a node of which there is nothing to keep.</summary>
    public bool IsUntouched => IsBlank && Inbox.Entries.Count == 0 && properties is not { Count: > 0 } && ReferenceEquals(Access, newAccess);

    /// <summary>False if the state is that of another account, which had the same name. What has no id cannot be told apart.</summary>
    public bool BelongsTo(NodeOwner owner) => string.IsNullOrEmpty(AccountId) || owner.AccountId.Length == 0 || AccountId == owner.AccountId;

    /// <summary>The sign-in or watch with this id, or null.</summary>
    public Subscription? FindSubscription(int id)
    {
        foreach (var signIn in SignIns)
            if (signIn.Id == id) return signIn;
        var index = IndexOfWatch(id);
        return index >= 0 ? watches[index] : null;
    }

    /// <summary>The view with this id, or null.</summary>
    public View? FindView(int id) => views.Find(view => view.Id == id);

    /// <summary>The view that belongs to a sign-in, or null.</summary>
    public View? FindViewOf(int signIn) => views.Find(view => view.SignIn == signIn);

    /// <summary>Changes the node without any decision: a change to something that does not exist has no effect.</summary>
    public void Apply(Change change)
    {
        switch (change)
        {
            case Change.SubscriptionMade made:
                Add(made.Subscription);
                Expect(made.Subscription.SilentAt ?? made.Subscription.ExpiresAt);
                break;
            case Change.SubscriptionRenewed renewed:
                if (FindSubscription(renewed.Id) is { } subscription) subscription.ExpiresAt = renewed.ExpiresAt;
                break;
            case Change.SubscriptionHeard heard:
                Hear(heard);
                break;
            case Change.SubscriptionSilenced silenced:
                Silence(silenced);
                break;
            case Change.SubscriptionEnded ended:
                Remove(ended.Id);
                break;
            case Change.ViewMade made:
                views.Add(new View(made.Id, made.SignIn));
                if (made.SignIn is { } spokenFor && FindSubscription(spokenFor) is { } signIn) signIn.HasHadView = true;
                break;
            case Change.ViewEnded ended:
                views.RemoveAll(view => view.Id == ended.Id);
                break;
            case Change.ViewValueSet set:
                FindView(set.View)?.Set(set.Name, set.Value);
                LastOrder = Math.Max(LastOrder, set.Value.Order);
                Expect(set.Value.ExpiresAt);
                break;
            case Change.ViewValueRenewed renewed:
                FindView(renewed.View)?.Renew(renewed.Name, renewed.ExpiresAt);
                break;
            case Change.ViewValueEnded ended:
                FindView(ended.View)?.Remove(ended.Name);
                break;
            case Change.PropertySet set:
                (properties ??= [])[set.Name] = set.InnerXml;
                break;
            case Change.PropertyRemoved removed:
                properties?.Remove(removed.Name);
                break;
            case Change.AccessEntrySet set:
                Access = Access.With(set.Entry);
                break;
            case Change.AccessEntryRemoved removed:
                Access = Access.Without(removed.Principal);
                break;
            case Change.ContactWatched watched:
                (contacts ??= [])[watched.Contact] = watched.Until;
                Expect(watched.Until);
                break;
            case Change.ContactUnwatched unwatched:
                contacts?.Remove(unwatched.Contact);
                break;
            case Change.BelongsTo belongs:
                AccountId = belongs.AccountId;
                MissingSince = belongs.MissingSince;
                break;
            case Change.Emptied:
                Empty();
                break;
            default:
                ApplyToInbox(change);
                break;
        }
    }

    /// <summary>After a restart: no lease ends before <paramref name="end"/>, so that nobody is signed off for the time in which the server was down.</summary>
    public void GrantGrace(DateTimeOffset end, Rules rules)
    {
        foreach (var subscription in SignIns.Concat(watches))
        {
            // Neither does a polled sign-in fall silent before.
            if (subscription.SilentAt is { } silentAt && silentAt < end) subscription.ExpiresAt += end - silentAt;
            if (subscription.ExpiresAt < end) subscription.ExpiresAt = end;
        }
        foreach (var view in views)
            foreach (var (name, value) in view.Values.ToArray())
                if (value.ExpiresAt < end) view.Renew(name, end);
        foreach (var (contact, until) in WatchedElsewhere.ToArray())
            if (until < end) contacts![contact] = end;
        FindNextDue(rules);
    }

    /// <summary>Finds the exact end of the earliest lease; called when <see cref="NextDue"/> has come.</summary>
    public void FindNextDue(Rules rules)
    {
        NextDue = null;
        foreach (var signIn in SignIns) Expect(signIn.SilentAt ?? signIn.ExpiresAt);
        foreach (var watch in watches) Expect(watch.ExpiresAt);
        foreach (var view in views)
            foreach (var value in view.Values.Values) Expect(value.ExpiresAt);
        foreach (var until in WatchedElsewhere.Values) Expect(until);
        if (Inbox.OldestMessage is { } oldest) Expect(oldest.QueuedAt + rules.Polling.MaxAge);
    }

    // The counters stay, so that nothing is numbered twice.
    private void Empty()
    {
        SignIns = [];
        watches.Clear();
        views.Clear();
        properties = null;
        inbox = null;
        contacts = null;
        Access = newAccess;
        (AccountId, MissingSince, NextDue) = (null, null, null);
    }

    // It may be earlier than before.
    private void Hear(Change.SubscriptionHeard heard)
    {
        if (FindSubscription(heard.Id) is not { } signIn) return;
        signIn.ExpiresAt = heard.ExpiresAt;
        Expect(signIn.SilentAt ?? signIn.ExpiresAt);
    }

    private void Silence(Change.SubscriptionSilenced silenced)
    {
        if (FindSubscription(silenced.Id) is not { } signIn) return;
        signIn.FallSilent(silenced.IsSilent);
        Expect(signIn.SilentAt);
    }

    private void ApplyToInbox(Change change)
    {
        switch (change)
        {
            case Change.EntryQueued queued:
                (inbox ??= new Inbox()).Add(queued.Entry);
                LastPollSequence = Math.Max(LastPollSequence, queued.Entry.Sequence);
                break;
            case Change.EntryHeld held:
                inbox?.Hold(held.Sequence, held.Holders, held.IsOwed);
                break;
            case Change.EntryRemoved removed:
                inbox?.Remove(removed.Sequence);
                if (Inbox.Entries.Count == 0) inbox = null;
                break;
        }
    }

    private void Expect(DateTimeOffset? end)
    {
        if (end is { } at && !(NextDue <= at)) NextDue = at;
    }

    private void Add(Subscription subscription)
    {
        if (subscription.Type == NotificationType.Notify)
        {
            SignIns = SignIns.Add(subscription);
            return;
        }
        // Grow by half instead of doubling: unused room stays allocated for every account.
        if (watches.Count == watches.Capacity) watches.Capacity += Math.Max(watches.Count / 2, 4);
        watches.Add(subscription);
    }

    private void Remove(int id)
    {
        SignIns = SignIns.RemoveAll(signIn => signIn.Id == id);
        var index = IndexOfWatch(id);
        if (index >= 0) watches.RemoveAt(index);
    }

    // In the order of making, which ids do not show. A node has some twenty; those that end early are often the oldest.
    private int IndexOfWatch(int id)
    {
        for (var i = 0; i < watches.Count; i++)
            if (watches[i].Id == id) return i;
        return -1;
    }
}
