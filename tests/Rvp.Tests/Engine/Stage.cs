using System.Net;
using System.Text;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Engine;

/// <summary>Kari's node, with Jo and the clock beside it: takes requests the same way as the server does, without store and sockets.</summary>
internal sealed class Stage
{
    public static readonly IPAddress Desk = IPAddress.Parse("10.10.1.98");
    public static readonly IPAddress Laptop = IPAddress.Parse("10.10.1.99");

    private int lastId = 1000;

    public Stage(Rules? rules = null)
    {
        Rules = rules ?? new Rules();
        Kari = Url("KariHensien");
        Jo = Url("JoBrown");
        Node = new Node(Kari, new NodeOwner("Kari Hensien", "KariHensien@adatum.com"), Rules.NewAccountAccess);
    }

    public Rules Rules { get; }

    public RvpUrl Kari { get; }

    public RvpUrl Jo { get; }

    public Node Node { get; private set; }

    public DateTimeOffset Now { get; private set; } = new(2003, 4, 1, 9, 0, 0, TimeSpan.Zero);

    public List<Change> Journal { get; } = [];

    /// <summary>What the store knew at the start.</summary>
    public long LastPollSequence { get; set; }

    /// <summary>Whether there is room in what all inboxes share.</summary>
    public bool HasRoom { get; set; } = true;

    public Caller KariProven => new(Kari, Credentials.Digest);

    public Caller JoProven => new(Jo, Credentials.Digest);

    public static RvpUrl Url(string name) => RvpUrl.ForAlias("im.adatum.com", 80, name);

    public static Callback CallbackAt(int port) => new Callback.Direct(new Uri($"http://10.10.1.98:{port}"));

    public Outcome Take(Request request, Caller caller)
    {
        if (request.Admission.Check(Node, caller) is { } refusal) return refusal;
        var context = new DecisionContext(Now, Rules, () => ++lastId) { LastPollSequence = LastPollSequence, TakeRoom = (_, _) => HasRoom };
        var outcome = request.Decide(Node, context);
        foreach (var change in outcome.Changes) Node.Apply(change);
        Journal.AddRange(outcome.Changes);
        return outcome;
    }

    public Outcome Later(TimeSpan time)
    {
        Now += time;
        return Take(new Expire(), new Caller(Kari, Credentials.Internal));
    }

    public int KariSignsIn(int port = 1051, IPAddress? from = null, TimeSpan? lifetime = null) =>
        Done(Take(new SignIn(KariProven, Kari, CallbackAt(port), lifetime, from ?? Desk), KariProven)).SubscriptionId!.Value;

    public Answer.Done JoWatches(Caller? caller = null, RvpUrl? spelt = null) =>
        Done(Take(new Watch(caller ?? JoProven, spelt ?? Kari, new Callback.Logical(Jo), null, Laptop), caller ?? JoProven));

    /// <summary>Sets a leased state with default offline; gives the view id.</summary>
    public int KariSets(PresenceState state, int? view = null, TimeSpan? lease = null, IPAddress? from = null)
    {
        var edit = new PropertyEdit(PropertyName.State, false, PresenceStates.ElementOf(state), new LeaseTerms("<r:offline/>", lease), view);
        Done(Take(new PropPatch(KariProven, Kari, from ?? Desk, [edit]), KariProven));
        return view ?? Node.Views.MaxBy(candidate => candidate.Values[PropertyName.State].Order)!.Id;
    }

    public Outcome KariSetsFlat(PresenceState state, int? view = null) =>
        Take(new PropPatch(KariProven, Kari, Desk, [new PropertyEdit(PropertyName.State, false, PresenceStates.ElementOf(state), null, view)]), KariProven);

    public Outcome KariSetsName(string name) =>
        Take(new PropPatch(KariProven, Kari, Desk, [new PropertyEdit(PropertyName.DisplayName, false, name, null, null)]), KariProven);

    public Outcome KariWrites(params AccessEntry[] entries) => Take(new WriteAcl(entries), KariProven);

    public Outcome KariBlocksJo() => KariWrites(new AccessEntry(Jo, Credentials.Any, Rights.None, Rights.SendTo | Rights.Presence));

    public Outcome JoSends(Caller? caller = null, RvpUrl? from = null)
    {
        caller ??= JoProven;
        return Take(new Notify(caller, AckType.DeepOr, 1, new NotificationHead(from ?? Jo, [Kari], Changes: null), "hi"u8.ToArray()), caller);
    }

    public int KariSignsInToPoll(TimeSpan interval = default, IPAddress? from = null) =>
        Done(Take(new SignIn(KariProven, Kari, new Callback.Polled(interval), null, from ?? Desk) { PasswordStamp = 1 }, KariProven)).SubscriptionId!.Value;

    /// <summary>Polls and acknowledges nothing: what waits, as texts; news as "contact: what changed".</summary>
    public string[] KariPolls(int signIn, long? cursor = null) => KariPolls(signIn, cursor, out _);

    public string[] KariPolls(int signIn, long? cursor, out long? next)
    {
        var done = Done(Take(new Poll([signIn], cursor), KariProven));
        next = done.Cursor;
        return done.Body is null ? [] : [.. NotificationsXml.Read(done.Body).Select(Text)];
    }

    /// <summary>Says something to Kari; gives the answer's known results, or null if it was refused.</summary>
    public Answer Says(string text, RvpUrl? sender = null, bool isFleeting = false)
    {
        var from = sender ?? Jo;
        var caller = new Caller(from, Credentials.Digest);
        var body = NotificationXml.WriteMessage(from.Spelling, "", [(Kari.Spelling, "")], text);
        return Take(new Notify(caller, AckType.DeepOr, 1, new NotificationHead(from, [Kari], Changes: null) { IsFleeting = isFleeting }, body), caller).Answer;
    }

    /// <summary>A change of somebody whom Kari watches.</summary>
    public Outcome Changes(string contact, params Property[] properties)
    {
        var from = Url(contact).Spelling;
        var body = NotificationXml.WritePropertyChange(from, Kari.Spelling, properties);
        var news = new Notification(new Callback.Logical(Kari), 1, Url(contact), from, 2, body, IsPropertyChange: true);
        return Take(new Receive(news), new Caller(Kari, Credentials.Internal));
    }

    /// <summary>What Jo sees when looking.</summary>
    public string JoSees()
    {
        var found = Done(Take(new PropFind(JoProven, Kari, new PropFindQuery(PropFindKind.Named, [PropertyName.State])), JoProven));
        var text = Encoding.UTF8.GetString(found.Body!);
        var start = text.IndexOf("<r:state><r:", StringComparison.Ordinal) + 12;
        return text[start..text.IndexOf("/>", start, StringComparison.Ordinal)];
    }

    /// <summary>The node as it would be after a restart: its changes applied to a fresh one.</summary>
    public void Restart()
    {
        var node = new Node(Kari, Node.Owner, Rules.NewAccountAccess);
        foreach (var change in Journal) node.Apply(change);
        Node = node;
        Node.GrantGrace(Now + TimeSpan.FromMinutes(5), Rules);
    }

    public static Answer.Done Done(Outcome outcome) => Assert.IsType<Answer.Done>(outcome.Answer);

    public static Refusal Refused(Outcome outcome) => Assert.IsType<Answer.Refused>(outcome.Answer).Refusal;

    private static string Text(Notice notice) => notice is PropertyChangeNotice change
        ? $"{change.From[(change.From.LastIndexOf('/') + 1)..]}: {string.Join(' ', change.Properties.Select(property => property.InnerXml))}"
        : ((MessageNotice)notice).MimeData;

    public static string Text(Notification notification) => Encoding.UTF8.GetString(notification.Body.Span);
}
