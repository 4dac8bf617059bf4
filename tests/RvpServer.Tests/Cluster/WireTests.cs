using System.Net;
using System.Text.Json;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using RvpServer.Cluster;

namespace RvpServer.Tests.Cluster;

public class WireTests
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
    private static readonly RvpUrl Kari = Url("HTTP://IM.Adatum.com:8080/instmsg/aliases/karihensien/");
    private static readonly Caller Caller = new(Jo, Credentials.Digest);
    private static readonly Callback Callback = new Rvp.Engine.Callback.Direct(new Uri("http://10.10.1.98:1051"));
    private static readonly Property[] Busy = [new(PropertyName.State, "<r:busy/>"), new(new PropertyName("", "x"), "")];
    private static readonly byte[] Body = [0, 1, 255];
    private static readonly IPAddress Address = IPAddress.Parse("2001:db8::1");

    // What a process asks of its own nodes alone.
    private static readonly Type[] Own =
    [
        typeof(BeginAnew), typeof(CloseNode), typeof(EndCallback), typeof(EndStale), typeof(EndWatch), typeof(Expire), typeof(HandOver), typeof(Inherit),
        typeof(KeepMessage), typeof(MissOwner), typeof(NoteTaken), typeof(Receive), typeof(TellWatchers),
    ];

    public static TheoryData<string, Request> Requests => new()
    {
        { "sign-in", new SignIn(Caller, Kari, Callback, TimeSpan.FromHours(4), Address) { PasswordStamp = 7 } },
        { "watch", new Watch(Caller, Kari, new Rvp.Engine.Callback.Logical(Kari), null, Address) },
        { "watch", new Watch(Caller.Nobody, Jo, new Rvp.Engine.Callback.Polled(TimeSpan.FromMinutes(10)), null, Address) },
        { "renew", new Renew(Caller, 17, TimeSpan.FromHours(1)) },
        { "unsubscribe", new Unsubscribe(Caller, 17) },
        { "subscriptions", new ListSubscriptions(NotificationType.PropertyChange) },
        { "propfind", new PropFind(Caller, Kari, new PropFindQuery(PropFindKind.Named, [PropertyName.State, new PropertyName("urn:{}", "z")])) },
        { "proppatch", new PropPatch(Caller, Jo, Address, [
            new PropertyEdit(PropertyName.State, false, "<r:busy/>", new LeaseTerms("<r:offline/>", TimeSpan.FromMinutes(20)), 3),
            new PropertyEdit(PropertyName.Email, true, "", null, null),
        ]) },
        { "notify", new Notify(Caller, AckType.DeepAnd, 3, new NotificationHead(Jo, [Kari], null) { IsFleeting = true }, Body)
            { IsWatched = true, RecipientAsWritten = "http://x", IsByProgram = true } },
        { "notify", new Notify(Caller, AckType.SingleHop, 1, new NotificationHead(Jo, [], Busy), Body) },
        { "poll", new Poll([1, int.MaxValue], 12) { Wait = TimeSpan.FromSeconds(60), WaitElsewhere = TimeSpan.FromSeconds(50), Limit = 5, PasswordStamp = 9 } },
        { "leave-poll", new LeavePoll([1, 2]) },
        { "read-acl", new ReadAcl(Caller) },
        { "write-acl", new WriteAcl([
            new AccessEntry(null, Credentials.Any, Rights.Read, Rights.None), new AccessEntry(Kari, Credentials.Ntlm, Rights.None, Rights.SendTo),
        ]) },
        { "messages", new Report.OfMessages(new HistoryQuery("http://x", 1, null, "\u00e9", 50)) },
        { "conversations", new Report.OfConversations(5) },
        { "people", new Report.OfPeople(new PeopleSearch("jo", 20)) },
        { "sent", new NoteSent(new ArchivedMessage(DateTimeOffset.UnixEpoch, true, "with", "other", Body, "text"), true) },
        { "note-watch", new NoteWatch(Kari, TimeSpan.FromHours(1)) },
        { "mark-history", new MarkHistory(new HistoryMark(true, null, 5), true) },
        { "ask-watched", new AskWatched(Kari) },
        { "find-owner", new FindOwner() },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_arrives_as_it_was_sent(string name, Request request)
    {
        var sent = new AskMessage(Kari, new NodeOwner("Kari Hensien", "KariHensien@adatum.com", "17"), request, Caller);
        var written = Wire.Write(sent);
        var read = Wire.Read<AskMessage>(written);

        Assert.Equal(request.GetType(), read.Request.GetType());
        Assert.Equal(Kari.Spelling, read.Node.Spelling);
        // Records compare their lists by reference; what is written compares them by contents.
        Assert.Equal(written, Wire.Write(read));
        Assert.Equal(name, JsonDocument.Parse(written).RootElement.GetProperty("Request").GetProperty("$").GetString());
    }

    [Fact]
    public void Whoever_adds_a_request_says_whether_other_processes_may_ask_it()
    {
        var all = typeof(Request).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Request)) && !type.IsAbstract);

        Assert.Equal(all.OrderBy(type => type.FullName), Wire.Requests.Select(known => known.Type).Concat(Own).OrderBy(type => type.FullName));
        Assert.Equal(
            Wire.Requests.Select(known => known.Name).Order(),
            Requests.Select(row => (string)((object[])row)[0]).Distinct().Order());
    }

    [Fact]
    public void An_answer_arrives_as_it_was_sent()
    {
        var done = AnswerMessage.Of(new Answer.Done(207) { SubscriptionId = 5, Lifetime = TimeSpan.FromHours(4), Cursor = 7, IsDelivered = true, Body = Body });
        var refused = AnswerMessage.Of(new Answer.Refused(Refusal.NotAvailable) { IsForLackOfRoom = true });

        Assert.Equal(Wire.Write(done), Wire.Write(Wire.Read<AnswerMessage>(Wire.Write(done))));
        Assert.Equal(Body, ((Answer.Done)Wire.Read<AnswerMessage>(Wire.Write(done)).Answer!).Body);
        Assert.Equal(refused.Answer, Wire.Read<AnswerMessage>(Wire.Write(refused)).Answer);
        Assert.Equal(AnswerMessage.Pending, Wire.Read<AnswerMessage>(Wire.Write(AnswerMessage.Pending)));
    }

    [Fact]
    public void News_arrive_as_they_were_sent()
    {
        var watch = new Notification(new Rvp.Engine.Callback.Logical(Kari), 3, Jo, Jo.Spelling, 1, Body) { News = new News("from", "to", Busy) };
        NewsMessage[] news = [new NewsMessage(Kari, watch), new NewsMessage(Jo, watch with { Via = watch, TimesOwed = 2 })];

        var read = Wire.Read<NewsMessage[]>(Wire.Write(news));

        Assert.Equal(Wire.Write(news), Wire.Write(read));
        Assert.Equal(Busy, read[1].News.Via!.News!.Changes);
    }

    [Fact]
    public void What_a_newer_version_adds_is_passed_over() => Assert.Equal(
        AnswerMessage.Of(new Answer.Done(204)),
        Wire.Read<AnswerMessage>("""{"Kind":1,"Answer":{"$":"done","Status":204,"Colour":"red"},"Mood":"good"}"""u8.ToArray()));

    private static RvpUrl Url(string text) => RvpUrl.TryParse(text, out var url) ? url : throw new InvalidOperationException(text);
}
