using Microsoft.Extensions.Time.Testing;
using Rvp.Client.Messages;
using Rvp.Client.Naming;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client.Tests;

public sealed class ConversationTests
{
    [Fact]
    public async Task Several_people_share_one_conversation()
    {
        await using var home = await Home.StartAsync();
        await home.Server.AddAccountAsync("Third@adatum.com", "Third");
        var third = Home.Address("Third@adatum.com");
        var jo = await home.SignedIn(Home.Jo);
        var kari = await home.SignedIn(Home.Kari);
        var other = await home.SignedIn(third);

        var conversation = await jo.Client.ConverseAsync([Home.Kari, third]);
        var results = await conversation.SendAsync("lunch for three?");
        var atKari = await kari.Hears<RvpEvent.MessageReceived>();
        await atKari.Conversation.SendAsync("yes");

        Assert.All(results, result => Assert.True(result.Result.IsDelivered));
        Assert.Equal(conversation.Id, atKari.Conversation.Id);
        Assert.Equal([Home.Jo, third], atKari.Conversation.Members);
        Assert.Equal("lunch for three?", (await other.Hears<RvpEvent.MessageReceived>()).Text);
        Assert.Equal((Home.Kari, "yes"), await Heard(other));
        var atJo = await jo.Hears<RvpEvent.MessageReceived>();
        Assert.Same(conversation, atJo.Conversation);
    }

    [Fact]
    public async Task Each_message_has_an_id_and_the_time_at_which_it_was_sent()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 27, 9, 30, 0, TimeSpan.Zero));
        await using var home = await Home.StartAsync(new Dictionary<string, string?> { ["Messages:Offline"] = "true" }, clock);
        await home.Client(Home.Jo).Client.SendAsync(Home.Kari, "Kept");
        clock.Advance(TimeSpan.FromHours(1));
        var kari = await home.SignedIn(Home.Kari);
        var kept = await kari.Hears<RvpEvent.MessageReceived>();
        await home.Client(Home.Jo).Client.SendAsync(Home.Kari, "Now");
        var now = await kari.Hears<RvpEvent.MessageReceived>();

        Assert.Equal(new DateTimeOffset(2026, 11, 27, 9, 30, 0, TimeSpan.Zero), kept.SentAt);
        Assert.InRange(now.SentAt, kept.SentAt + TimeSpan.FromHours(1), kept.SentAt + TimeSpan.FromHours(2));
        Assert.Matches("^<[0-9a-f-]{36}@adatum.com>$", kept.Id);
        Assert.NotEqual(kept.Id, now.Id);
    }

    [Fact]
    public async Task Typing_is_told_once_in_four_seconds_and_leaving_is_told()
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo);
        var kari = await home.SignedIn(Home.Kari);
        var conversation = await jo.Client.ConverseAsync([Home.Kari]);

        await conversation.TypingAsync();
        await conversation.TypingAsync();
        await conversation.LeaveAsync();

        Assert.Equal(Home.Jo, (await kari.Hears<RvpEvent.Typing>()).From);
        var left = await kari.Hears<RvpEvent.Left>();
        Assert.Equal(("Jo Brown", conversation.Id), (left.Name, left.Conversation.Id));
        Assert.Equal(1, kari.Count<RvpEvent.Typing>());
    }

    [Fact]
    public async Task A_stranger_with_a_session_id_does_not_get_into_the_conversation()
    {
        await using var home = await Home.StartAsync();
        await home.Server.AddAccountAsync("Third@adatum.com", "Third");
        var jo = await home.SignedIn(Home.Jo);
        await using var kari = home.Server.Person("KariHensien");
        await using var third = home.Server.Person("Third");
        await using var joAsPerson = home.Server.Person("JoBrown");

        // Both write with the same Session-Id, to Jo alone.
        await kari.Says(joAsPerson, "from Kari");
        await third.Says(joAsPerson, "from a stranger");

        var first = await jo.Hears<RvpEvent.MessageReceived>();
        var second = await jo.Hears<RvpEvent.MessageReceived>();
        Assert.Equal(["KariHensien"], first.Conversation.Members.Select(member => member.Name));
        Assert.Equal(["Third"], second.Conversation.Members.Select(member => member.Name));
    }

    [Theory]
    [InlineData("http://im.adatum.com/instmsg/local/evil.example/instmsg/aliases/KariHensien")]
    [InlineData("http://evil.example/x?/instmsg/aliases/KariHensien")]
    public async Task A_sender_whose_url_others_read_differently_is_shown_by_that_url(string url)
    {
        var options = new RvpClientOptions { Address = Home.Jo, Password = "x", Server = new Uri("http://127.0.0.1:9") };
        await using var client = new RvpClient(options);
        var receiver = new Receiver(client, new AddressBook(options, new ServiceRecords(options)));
        byte[] Message(string from, string contentType) => NotificationXml.WriteMessage(from, "Kari Hensien",
            [("http://im.adatum.com/instmsg/aliases/JoBrown", "")], $"Content-Type: {contentType}\r\nSession-Id: {{1}}\r\n\r\nhello");

        Assert.Equal(200, await receiver.TakeAsync(Message(url, "text/plain"), CancellationToken.None));
        Assert.Equal(400, await receiver.TakeAsync(Message(url, "text/x-imleave"), CancellationToken.None));
        Assert.Equal(200, await receiver.TakeAsync(Message("http://im.adatum.com/instmsg/aliases/KariHensien", "text/plain"), CancellationToken.None));

        await using var events = receiver.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal((url, "hello"), events.Current is RvpEvent.UnnamedReceived unnamed ? (unnamed.Url, unnamed.Text) : default);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("KariHensien", Assert.IsType<RvpEvent.MessageReceived>(events.Current).From.Name);
    }

    [Fact]
    public async Task A_message_that_comes_again_is_told_once()
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo);
        var kari = await home.SignedIn(Home.Kari);
        var conversation = await kari.Client.ConverseAsync([Home.Jo]);
        Task SayAsync(string text, string? id) => kari.Client.SendAsync(
            conversation.Urls, new MimeMessage(MimeMessage.Plain, conversation.Id, null, text) { Id = id }, CancellationToken.None);

        await SayAsync("one", "<1@adatum.com>");
        await SayAsync("one", "<1@adatum.com>");
        await SayAsync("one", "<2@adatum.com>");
        await SayAsync("two", null);
        await SayAsync("two", null);

        foreach (var expected in (string[])["one", "one", "two", "two"])
            Assert.Equal(expected, (await jo.Hears<RvpEvent.MessageReceived>()).Text);
        Assert.Equal(4, jo.Count<RvpEvent.MessageReceived>());
    }

    [Fact]
    public async Task A_message_whose_reader_stopped_at_it_comes_again_and_so_does_one_of_a_thousand_ago()
    {
        var options = new RvpClientOptions { Address = Home.Jo, Password = "x", Server = new Uri("http://127.0.0.1:9") };
        await using var client = new RvpClient(options);
        var receiver = new Receiver(client, new AddressBook(options, new ServiceRecords(options)));

        await TakeAsync(0, 0, 0);
        await using (var stopped = receiver.ReadAsync(CancellationToken.None).GetAsyncEnumerator()) Assert.Equal(0, await NextAsync(stopped));
        await using var events = receiver.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.Equal(0, await NextAsync(events));
        for (var i = 1; i <= 999; i++)
        {
            await TakeAsync(i, 0);
            Assert.Equal(i, await NextAsync(events));
        }
        await TakeAsync(1000, 1001, 0);

        Assert.Equal(1000, await NextAsync(events));
        Assert.Equal(1001, await NextAsync(events));
        Assert.Equal(0, await NextAsync(events));

        async Task TakeAsync(params int[] ids)
        {
            foreach (var id in ids)
            {
                var text = $"Content-Type: text/plain\r\nMessage-Id: <{id}>\r\nSession-Id: {{1}}\r\n\r\n{id}";
                var message = NotificationXml.WriteMessage("http://im.adatum.com/instmsg/aliases/KariHensien", "Kari Hensien",
                    [("http://im.adatum.com/instmsg/aliases/JoBrown", "")], text);
                Assert.Equal(200, await receiver.TakeAsync(message, CancellationToken.None));
            }
        }

        static async Task<int> NextAsync(IAsyncEnumerator<RvpEvent> events)
        {
            Assert.True(await events.MoveNextAsync());
            return int.Parse(Assert.IsType<RvpEvent.MessageReceived>(events.Current).Text, System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task A_time_to_come_is_when_it_came()
    {
        var now = new DateTimeOffset(2026, 11, 27, 9, 30, 0, TimeSpan.Zero);
        var options = new RvpClientOptions
        {
            Address = Home.Jo,
            Password = "x",
            Server = new Uri("http://127.0.0.1:9"),
            Clock = new FakeTimeProvider(now),
        };
        await using var client = new RvpClient(options);
        var receiver = new Receiver(client, new AddressBook(options, new ServiceRecords(options)));
        await receiver.TakeAsync(
            NotificationXml.WriteMessage("http://im.adatum.com/instmsg/aliases/KariHensien", "", [("http://im.adatum.com/instmsg/aliases/JoBrown", "")],
                "Date: Fri, 31 Dec 9999 23:59:59 GMT\r\nSession-Id: {1}\r\n\r\nhello"),
            CancellationToken.None);

        await using var events = receiver.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(now, Assert.IsType<RvpEvent.MessageReceived>(events.Current).SentAt);
    }

    [Fact]
    public async Task What_was_not_delivered_says_why()
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo);

        var away = await jo.Client.SendAsync(Home.Kari, "hello");
        var unknown = await jo.Client.SendAsync(Home.Address("nobody@adatum.com"), "hello");

        Assert.Equal(new MessageResult(MessageOutcome.NotAvailable, "KariHensien@adatum.com is not available."), away);
        Assert.Equal(new MessageResult(MessageOutcome.NoSuchPerson, "There is no nobody@adatum.com."), unknown);
    }

    [Fact]
    public async Task Who_is_blocked_cannot_tell()
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo);
        var kari = await home.SignedIn(Home.Kari);

        await jo.Client.BlockAsync(Home.Kari);

        Assert.Equal([Home.Kari], await jo.Client.GetBlockedAsync());
        Assert.Equal(PresenceState.Offline, (await kari.Client.WatchAsync(Home.Jo)).State);
        Assert.Equal(MessageOutcome.NotAvailable, (await kari.Client.SendAsync(Home.Jo, "hello")).Outcome);

        await jo.Client.UnblockAsync(Home.Kari);

        Assert.Equal(PresenceState.Online, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        Assert.Empty(await jo.Client.GetBlockedAsync());
    }

    [Fact]
    public async Task Watchers_contact_list_and_properties_are_kept_at_the_server()
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo);
        var kari = await home.SignedIn(Home.Kari);
        await kari.Client.WatchAsync(Home.Jo);
        var note = new PropertyName("urn:test", "note");

        await jo.Client.SetContactListAsync([Home.Kari, Home.Address("x&y@contoso.com".Replace('&', '+'))]);
        await jo.Client.SetPropertyAsync(note, "a &amp; b");

        Assert.Equal([Home.Kari], await jo.Client.GetWatchersAsync());
        Assert.Equal(["KariHensien@adatum.com"], await jo.Client.DescribeWatchersAsync());
        Assert.Equal(["KariHensien@adatum.com", "x+y@contoso.com"], (await jo.Client.GetContactListAsync()).Select(contact => contact.ToString()));
        Assert.Equal("a &amp; b", await jo.Client.GetPropertyAsync(note));
        // The form that the web client shares.
        Assert.StartsWith("<r:contact><d:href>http://im.adatum.com/instmsg/aliases/KariHensien</d:href><r:email>KariHensien@adatum.com</r:email>"
            + "<r:description></r:description></r:contact>",
            await jo.Client.GetPropertyAsync(new PropertyName(PropertyName.PrivateNamespace, "contacts")), StringComparison.Ordinal);
        Assert.Empty(await kari.Client.GetContactListAsync());
    }

    [Fact]
    public async Task Two_thousand_contacts_are_in_several_properties_and_what_other_clients_noted_stays()
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo);
        var all = Enumerable.Range(0, 2000).Select(i => Home.Address($"person{i}@adatum.com")).ToList();
        var second = new PropertyName(PropertyName.PrivateNamespace, "contacts-2");
        await jo.Client.SetContactListAsync(all);
        const string end = "</r:contact>";
        var marked = (await jo.Client.GetPropertyAsync(second))!.Replace(end, "<f:star xmlns:f='urn:test'/>" + end, StringComparison.Ordinal);
        await jo.Client.SetPropertyAsync(second, marked);
        var stored = await jo.Client.GetPropertyAsync(second);

        await jo.Client.SetContactListAsync([.. all.Skip(1), Home.Kari]);

        Assert.Equal([.. all.Skip(1), Home.Kari], (await jo.Client.GetContactListAsync()).OrderBy(address => address == Home.Kari));
        Assert.Contains("star", stored, StringComparison.Ordinal);
        Assert.Equal(stored, await jo.Client.GetPropertyAsync(second));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("für alle", "für alle")]
    [InlineData("fÃ¼r alle", "für alle")]
    [InlineData("日本", "日本")]
    public void Text_encoded_twice_is_read_right(string written, string read) => Assert.Equal(read, MimeMessage.Undouble(written));

    [Fact]
    public void A_long_session_id_is_cut_to_what_is_read_again_as_the_same()
    {
        var message = MimeMessage.Parse("Session-Id: " + new string('x', 127) + " y\n\nHello");

        Assert.Equal(new string('x', 127), message.SessionId);
        Assert.Equal(message.SessionId, MimeMessage.Parse(message.ToString()).SessionId);
    }

    [Fact]
    public void A_message_is_written_as_clients_expect()
    {
        var message = new MimeMessage(MimeMessage.Plain, "{79FC61B5-1234-1234-8A10-941F33CA4C90}", null, "two\nlines");

        Assert.Equal("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0\r\n"
            + "Session-Id: {79FC61B5-1234-1234-8A10-941F33CA4C90}\r\n\r\ntwo\r\nlines", message.ToString());
        Assert.Equal(message, MimeMessage.Parse(message.ToString()));
    }

    private static async Task<(ImAddress, string)> Heard(Listening who)
    {
        var message = await who.Hears<RvpEvent.MessageReceived>();
        return (message.From, message.Text);
    }
}
