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
    private View[] views = [];
    private Dictionary<PropertyName, string>? properties;
    private Inbox? inbox;
    private Dictionary<RvpUrl, DateTimeOffset>? contacts;
    private OptionalTime missingSince;
    private OptionalTime nextDue;
    private WrittenAccess access;

    /// <summary>A node without any state yet.</summary>
    public Node(RvpUrl url, NodeOwner owner, NewAccountAccess access = NewAccountAccess.Everyone)
    {
        Url = url;
        Owner = owner;
        this.access = WrittenAccess.OfNewAccount(access);
    }

    /// <summary>The logical URL on its canonical domain.</summary>
    public RvpUrl Url { get; }

    /// <summary>What the directory says; replaced as a whole when it changes.</summary>
    public NodeOwner Owner { get; set; }

    /// <summary>The id of the account that this state belongs to, empty if the directory has no ids; null: not known yet.</summary>
    public string? AccountId { get; private set; }

    /// <summary>Since when the directory has not known the account; null: it does.</summary>
    public DateTimeOffset? MissingSince => missingSince;

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
    public AccessList Access => new(Url, access);

    /// <summary>The order of the value that was set last.</summary>
    public long LastOrder { get; private set; }

    /// <summary>What waits for the owner.</summary>
    public Inbox Inbox => inbox ?? NoInbox;

    /// <summary>The sequence of the entry of the inbox that was queued last.</summary>
    public long LastPollSequence { get; private set; }

    /// <summary>No lease ends before this; it may be earlier than the first end. Null: no lease.</summary>
    public DateTimeOffset? NextDue => nextDue;

    /// <summary>True for a node that need not stay in memory: it can be made again from the directory.</summary>
    public bool IsBlank => SignIns.IsEmpty && watches.Count == 0 && views.Length == 0;

    /// <summary>True for a node of which there is nothing to keep.</summary>
    public bool IsUntouched =>
        IsBlank && Inbox.Entries.Count == 0 && properties is not { Count: > 0 } && ReferenceEquals(access, WrittenAccess.OfNewAccount(access.NewAccount));

    /// <summary>False if the state is that of another account, which had the same name. What has no id cannot be told apart.</summary>
    public bool BelongsTo(NodeOwner owner) => string.IsNullOrEmpty(AccountId) || owner.AccountId.Length == 0 || AccountId == owner.AccountId;

    /// <summary>The sign-in or watch with this id, or null.</summary>
    public Subscription? FindSubscription(int id)
    {
        if (IndexOfSignIn(id) is >= 0 and var signIn) return SignIns[signIn];
        var index = IndexOfWatch(id);
        return index >= 0 ? watches[index] : null;
    }

    /// <summary>The change that leaves nothing; it names what the store finds by ids.</summary>
    public Change.Emptied Emptying() => new([.. SignIns.Concat(watches).Select(subscription => subscription.Id)], [.. views.Select(view => view.Id)]);

    /// <summary>The view with this id, or null.</summary>
    public View? FindView(int id) => Array.Find(views, view => view.Id == id);

    /// <summary>The view that belongs to a sign-in, or null.</summary>
    public View? FindViewOf(int signIn) => Array.Find(views, view => view.SignIn == signIn);

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
                Renew(renewed.Id, renewed.ExpiresAt);
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
                views = [.. views, new View(made.Id, made.SignIn)];
                if (made.SignIn is { } spokenFor && IndexOfSignIn(spokenFor) is >= 0 and var index) Set(index, SignIns[index] with { HasHadView = true });
                break;
            case Change.ViewEnded ended:
                views = Array.FindAll(views, view => view.Id != ended.Id);
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
                access = access.With(set.Entry);
                break;
            case Change.AccessEntryRemoved removed:
                access = access.Without(removed.Principal);
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
                missingSince = belongs.MissingSince;
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
        for (var i = 0; i < SignIns.Length; i++)
        {
            // Neither does a polled sign-in fall silent before.
            if (SignIns[i].SilentAt is { } silentAt && silentAt < end) Set(i, SignIns[i] with { ExpiresAt = SignIns[i].ExpiresAt + (end - silentAt) });
            if (SignIns[i].ExpiresAt < end) Set(i, SignIns[i] with { ExpiresAt = end });
        }
        for (var i = 0; i < watches.Count; i++)
            if (watches[i].ExpiresAt < end) watches[i] = watches[i] with { ExpiresAt = end };
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
        nextDue = null;
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
        views = [];
        properties = null;
        inbox = null;
        contacts = null;
        access = WrittenAccess.OfNewAccount(access.NewAccount);
        (AccountId, missingSince, nextDue) = (null, null, null);
    }

    // It may be earlier than before.
    private void Hear(Change.SubscriptionHeard heard)
    {
        Renew(heard.Id, heard.ExpiresAt);
        if (FindSubscription(heard.Id) is { } signIn) Expect(signIn.SilentAt ?? signIn.ExpiresAt);
    }

    private void Silence(Change.SubscriptionSilenced silenced)
    {
        if (IndexOfSignIn(silenced.Id) is not (>= 0 and var index)) return;
        Set(index, SignIns[index] with { IsSilent = silenced.IsSilent });
        Expect(SignIns[index].SilentAt);
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
            case Change.SequencesGiven given:
                LastPollSequence = Math.Max(LastPollSequence, given.Last);
                break;
            case Change.EntryRemoved removed:
                inbox?.Remove(removed.Sequence);
                if (Inbox.Entries.Count == 0) inbox = null;
                break;
        }
    }

    private void Expect(DateTimeOffset? end)
    {
        if (end is { } at && !(NextDue <= at)) nextDue = end;
    }

    private void Add(Subscription subscription)
    {
        if (subscription.Type == NotificationType.Notify)
        {
            SignIns = SignIns.Add(subscription);
            return;
        }
        // By an eighth instead of doubling: unused room stays allocated for every account.
        if (watches.Count == watches.Capacity) watches.Capacity += Math.Max(watches.Count / 8, 1);
        watches.Add(subscription);
    }

    private void Renew(int id, DateTimeOffset end)
    {
        if (IndexOfSignIn(id) is >= 0 and var signIn) Set(signIn, SignIns[signIn] with { ExpiresAt = end });
        else if (IndexOfWatch(id) is >= 0 and var watch) watches[watch] = watches[watch] with { ExpiresAt = end };
    }

    private void Set(int index, Subscription signIn) => SignIns = SignIns.SetItem(index, signIn);

    private void Remove(int id)
    {
        SignIns = SignIns.RemoveAll(signIn => signIn.Id == id);
        var index = IndexOfWatch(id);
        if (index >= 0) watches.RemoveAt(index);
    }

    private int IndexOfSignIn(int id)
    {
        for (var i = 0; i < SignIns.Length; i++)
            if (SignIns[i].Id == id) return i;
        return -1;
    }

    // In the order of making, which ids do not show. A node has some twenty; those that end early are often the oldest.
    private int IndexOfWatch(int id)
    {
        for (var i = 0; i < watches.Count; i++)
            if (watches[i].Id == id) return i;
        return -1;
    }
}
