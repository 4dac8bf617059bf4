using System.Globalization;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Administration;
using RvpServer.Tests.Webhooks;

namespace RvpServer.Tests.Verbs;

/// <summary>With <c>Rvp:Messages:Archive</c>: what Jo and Kari say is in the history of each, whatever device they use; and in nobody else's.</summary>
public sealed class HistoryTests : HomeServerTest
{
    private static readonly XNamespace History = "urn:rvpserver:history";

    private protected override FakeTimeProvider? Clock { get; } = new(new DateTimeOffset(2026, 11, 27, 9, 30, 5, TimeSpan.Zero));

    private protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Messages:Offline"] = "true",
        ["Messages:Archive"] = "true",
        ["Messages:ArchiveLifetime"] = "30.00:00:00",
    };

    [Fact]
    public async Task Both_have_both_halves_in_order_with_their_times()
    {
        await Kari.SignsInToPoll();
        await Jo.SignsIn();
        await Jo.Says(Kari, "Lunch?");
        Clock!.Advance(TimeSpan.FromMinutes(1));
        await Kari.Says(Jo, "At noon, <in> the \"Café\" & bar");
        await Jo.Types(Kari);

        var (jos, karis) = (await Entries(Jo), await Entries(Kari));

        Assert.Equal(["me: Lunch?", "them: At noon, <in> the \"Café\" & bar"], jos.Select(Told));
        Assert.Equal(["them: Lunch?", "me: At noon, <in> the \"Café\" & bar"], karis.Select(Told));
        Assert.Equal(["2026-11-27T09:30:05.000Z", "2026-11-27T09:31:05.000Z"], jos.Select(entry => entry.Element(History + "at")!.Value));
        Assert.All(jos, entry => Assert.Equal(Kari.Url, entry.Element(History + "with")!.Value, ignoreCase: true));
        Assert.All(karis, entry => Assert.Equal(Jo.Url, entry.Element(History + "with")!.Value, ignoreCase: true));
    }

    [Fact]
    public async Task What_waits_for_somebody_who_is_away_is_there_already_and_survives_a_power_cut()
    {
        await Jo.Says(Kari, "Read me later");
        await using var after = await Server.AfterPowerCutAsync();
        (Jo.Server, Kari.Server) = (after, after);

        Assert.Equal(["them: Read me later"], (await Entries(Kari)).Select(Told));
    }

    [Fact]
    public async Task What_a_program_sends_in_somebodys_name_is_in_the_history_of_both()
    {
        var programs = new HookOwner(Server, Jo);
        var path = await programs.MakesAsync("""{"name":"CI","to":"KariHensien@adatum.com"}""");

        await programs.PostsAsync(path, "build is green");

        Assert.Equal(["them: [CI] build is green"], (await Entries(Kari)).Select(Told));
        // The program does not wait for the sender's own.
        await Deadline.Until(() => Entries(Jo).GetAwaiter().GetResult().Count > 0, "an entry", () => "none");
        Assert.Equal(["me: [CI] build is green"], (await Entries(Jo)).Select(Told));
    }

    [Fact]
    public async Task It_is_read_in_pages()
    {
        foreach (var i in Enumerable.Range(1, 7)) await Jo.Says(Kari, $"Number {i}");

        var newest = await Asks(Kari, "<h:limit>3</h:limit>");
        var before = await Asks(Kari, $"<h:limit>3</h:limit><h:before>{IdOf(newest.Elements(History + "entry").First())}</h:before>");
        var after = await Asks(Kari, $"<h:limit>3</h:limit><h:after>{IdOf(before.Elements(History + "entry").Last())}</h:after>");

        Assert.Equal(["them: Number 5", "them: Number 6", "them: Number 7"], newest.Elements(History + "entry").Select(Told));
        Assert.Equal(["them: Number 2", "them: Number 3", "them: Number 4"], before.Elements(History + "entry").Select(Told));
        Assert.Equal(["them: Number 5", "them: Number 6", "them: Number 7"], after.Elements(History + "entry").Select(Told));
        Assert.Equal((true, true, false), (HasMore(newest), HasMore(before), HasMore(after)));
        Assert.Equal("30", newest.Element(History + "kept-days")!.Value);
    }

    [Theory]
    [InlineData("cafe", "Let's meet at the Café")]
    [InlineData("MEET caf", "Let's meet at the Café")]
    [InlineData("eet", null)]
    [InlineData("meet tomorrow", null)]
    [InlineData("図書", "図書館で会いましょう")]
    [InlineData("会い", "図書館で会いましょう")]
    [InlineData("館図", null)]
    [InlineData("\" OR words:* NEAR(", null)]
    [InlineData("%", null)]
    public async Task Words_are_found_in_ones_own_messages_alone(string match, string? found)
    {
        await Jo.Says(Kari, "Let's meet at the Café");
        await Jo.Says(Kari, "図書館で会いましょう");
        var don = await DonJoins();
        await don.Says(don, "Let's meet at the Café, 図書館で会いましょう, without Kari");

        var entries = (await Asks(Kari, $"<h:match>{match}</h:match>")).Elements(History + "entry").Select(Told);

        Assert.Equal(found is null ? [] : ["them: " + found], entries);
    }

    [Fact]
    public async Task Words_are_found_in_one_conversation_and_from_a_place_on()
    {
        var don = await DonJoins();
        await Jo.Says(Kari, "A needle of Jo's");
        await don.Says(Kari, "A needle of Don's");
        await Jo.Says(Kari, "Another needle of Jo's");

        var all = (await Asks(Kari, "<h:match>needle</h:match>")).Elements(History + "entry").ToList();
        var ofJo = await Asks(Kari, $"<h:match>needle</h:match><h:with>{Jo.Url}</h:with>");
        var earlier = await Asks(Kari, $"<h:match>needle</h:match><h:with>{Jo.Url}</h:with><h:before>{IdOf(all[2])}</h:before>");
        var one = await Asks(Kari, $"<h:match>needle</h:match><h:with>{Jo.Url}</h:with><h:limit>1</h:limit>");

        Assert.Equal(3, all.Count);
        Assert.Equal(["them: A needle of Jo's", "them: Another needle of Jo's"], ofJo.Elements(History + "entry").Select(Told));
        Assert.Equal(["them: A needle of Jo's"], earlier.Elements(History + "entry").Select(Told));
        Assert.Equal((true, "them: Another needle of Jo's"), (HasMore(one), Told(one.Elements(History + "entry").Single())));
    }

    [Fact]
    public async Task Conversations_are_listed_newest_first_with_what_is_unread_and_reading_is_shared()
    {
        var don = await DonJoins();
        await Jo.Says(Kari, "One");
        await don.Says(Kari, "Two");
        await Jo.Says(Kari, "Three");
        await Kari.Says(Jo, "Four");

        Assert.Equal([(Jo.Url, 2, "me: Four"), (don.Url, 1, "them: Two")], await Conversations(Kari));

        await Does(Kari, $"<h:read xmlns:h='{History}'><h:with>http://IM.adatum.com:80/instmsg/aliases/JOBROWN</h:with></h:read>");
        await Jo.Says(Kari, "Five");

        Assert.Equal([(Jo.Url, 1, "them: Five"), (don.Url, 1, "them: Two")], await Conversations(Kari));
    }

    [Fact]
    public async Task The_read_marker_goes_forward_only_and_not_past_the_end()
    {
        await Jo.Says(Kari, "One");
        await Jo.Says(Kari, "Two");
        var ids = (await Entries(Kari)).Select(IdOf).ToList();

        await Does(Kari, $"<h:read xmlns:h='{History}'><h:with>{Jo.Url}</h:with><h:until>999999999999</h:until></h:read>");
        await Does(Kari, $"<h:read xmlns:h='{History}'><h:with>{Jo.Url}</h:with><h:until>{ids[0]}</h:until></h:read>");
        Assert.Equal(0, (await Conversations(Kari)).Single().Unread);

        await Jo.Says(Kari, "Three");
        Assert.Equal(1, (await Conversations(Kari)).Single().Unread);
    }

    [Fact]
    public async Task What_the_owner_deletes_is_gone_from_search_too_and_stays_with_the_other()
    {
        await Jo.Says(Kari, "Please forget the surprise");
        await Jo.Says(Kari, "And the cake");
        var first = IdOf((await Entries(Kari))[0]);

        await Does(Kari, $"<h:forget xmlns:h='{History}'><h:with>{Jo.Url}</h:with><h:until>{first}</h:until></h:forget>");

        Assert.Equal(["them: And the cake"], (await Entries(Kari)).Select(Told));
        Assert.Empty((await Asks(Kari, "<h:match>surprise</h:match>")).Elements(History + "entry"));
        Assert.Equal(2, (await Entries(Jo)).Count);

        await Does(Kari, $"<h:forget xmlns:h='{History}'/>");
        Assert.Empty(await Entries(Kari));
    }

    [Fact]
    public async Task A_message_to_several_is_in_the_senders_history_once_and_said_twice_is_there_twice()
    {
        var don = await DonJoins();
        foreach (var time in (string[])["first", "second"])
        {
            foreach (var recipient in (Person[])[Kari, don])
                await Jo.Asks("NOTIFY", recipient.Path, "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n", ToSeveral(Jo, [Kari, don], "Hello all"));
            Clock!.Advance(TimeSpan.FromSeconds(1));
            Assert.NotEmpty(time);
        }

        var (jos, dons) = (await Entries(Jo), await Entries(don));

        Assert.Equal(["me: Hello all", "me: Hello all"], jos.Select(Told));
        Assert.Equal(["them: Hello all", "them: Hello all"], dons.Select(Told));
        Assert.All([.. jos, .. dons], entry => Assert.Equal("{79fc61b5-1234-1234-8a10-941f33ca4c90}", entry.Element(History + "with")!.Value));
    }

    [Fact]
    public async Task Other_devices_hear_that_something_was_sent_or_read()
    {
        await Jo.SignsInToPoll();
        var phone = Comes("JoBrown");
        await phone.SignsInToPoll();

        await Jo.Says(Kari, "Sent from the desk");

        var news = await phone.Polls(headers: "Prefer: wait=30\r\n");
        Assert.Contains("urn:rvpserver:history", news.Body, StringComparison.Ordinal);
        Assert.Contains($"<r:notification-from><r:contact><d:href>{Jo.Url}<", news.Body, StringComparison.Ordinal);
        await Does(phone, $"<h:read xmlns:h='{History}'><h:with>{Kari.Url}</h:with></h:read>");
        Assert.Equal(200, (await phone.Polls(news["RVP-Poll-Cursor"], "Prefer: wait=30\r\n")).Status);
    }

    [Fact]
    public async Task What_is_refused_is_in_nobodys_history()
    {
        await Kari.Blocks(Jo);
        await Jo.Says(Kari, "Blocked");

        Assert.Empty(await Entries(Kari));
    }

    [Fact]
    public async Task Nobody_else_reads_or_changes_it()
    {
        await Jo.Says(Kari, "Between us");
        var don = await DonJoins();

        var reading = await don.Asks("REPORT", Kari.Path, "", $"<h:history-query xmlns:h='{History}'/>");
        var deleting = await don.Asks("POST", Kari.Path, "", $"<h:forget xmlns:h='{History}'/>");

        Assert.Equal((403, 403), (reading.Status, deleting.Status));
        Assert.DoesNotContain("Between us", reading.Body, StringComparison.Ordinal);
        Assert.Single(await Entries(Kari));
    }

    [Fact]
    public async Task An_administrator_deletes_what_no_administrator_can_read_and_it_is_noted()
    {
        await Jo.Says(Kari, "Between us");
        var admin = Server.Services.GetRequiredService<AdminServices>();
        var root = Administrator.OfOperatingSystem("root");

        await admin.AccountsFor(root).ForgetHistoryAsync(await Server.FindAccountAsync("KariHensien@adatum.com"), CancellationToken.None);

        Assert.Empty(await Entries(Kari));
        Assert.Empty((await Asks(Kari, "<h:match>between</h:match>")).Elements(History + "entry"));
        Assert.Single(await Entries(Jo));
        var noted = Assert.Single(await admin.AuditFor(root).ReadAsync(new AuditQuery(), CancellationToken.None));
        Assert.Equal(("account.forget-history", "KariHensien@adatum.com"), (noted.Action, noted.Target));
    }

    [Fact]
    public async Task Messages_are_kept_as_long_as_the_configuration_says()
    {
        await Jo.Says(Kari, "Old");
        await Passes(TimeSpan.FromDays(29));
        await Jo.Says(Kari, "New");

        await Passes(TimeSpan.FromDays(2));

        await Deadline.Until(
            async () =>
            {
                Clock!.Advance(TimeSpan.FromMinutes(10));
                return (await Entries(Kari)).Count == 1;
            },
            "one message", () => "two");
        Assert.Equal(["them: New"], (await Entries(Kari)).Select(Told));
    }

    [Theory]
    [InlineData("<h:history-query xmlns:h='urn:rvpserver:history'><h:limit>0</h:limit></h:history-query>", "h:limit must be from 1 to 200.")]
    [InlineData("<h:history-query xmlns:h='urn:rvpserver:history'><h:limit>201</h:limit></h:history-query>", "h:limit must be from 1 to 200.")]
    [InlineData("<h:history-query xmlns:h='urn:rvpserver:history'><h:before>-1</h:before></h:history-query>", "h:before must be a number.")]
    [InlineData("<h:history-query xmlns:h='urn:rvpserver:history'><h:after>99999999999999999999</h:after></h:history-query>", "h:after must be a number.")]
    [InlineData("<x/>", "The root of a REPORT must be h:history-query, h:conversations-query or p:people-query.")]
    [InlineData("", "The body is empty.")]
    public async Task A_question_that_makes_no_sense_is_told_why(string question, string line)
    {
        var answer = await Kari.Asks("REPORT", Kari.Path, "", question);

        Assert.Equal((400, line), (answer.Status, answer.Body.Trim()));
    }

    [Theory]
    [InlineData("<h:read xmlns:h='urn:rvpserver:history'/>", "h:read must say which conversation: h:with is missing.")]
    [InlineData("<h:write xmlns:h='urn:rvpserver:history'/>", "The root of a POST to a node must be h:read or h:forget.")]
    public async Task A_mark_that_makes_no_sense_is_told_why(string mark, string line)
    {
        var answer = await Kari.Asks("POST", Kari.Path, "", mark);

        Assert.Equal((400, line), (answer.Status, answer.Body.Trim()));
    }

    private async Task<Person> DonJoins()
    {
        await Server.AddAccountAsync("DonHall@adatum.com", "Don Hall");
        return Comes("DonHall");
    }

    private static async Task<XElement> Asks(Person who, string question)
    {
        var answer = await who.Asks("REPORT", who.Path, "", $"<h:history-query xmlns:h='{History}'>{question}</h:history-query>");
        return answer.Status == 200 ? XElement.Parse(answer.Body) : throw new InvalidOperationException($"{answer.Status} {answer.Body}");
    }

    private static async Task<List<XElement>> Entries(Person who) => [.. (await Asks(who, "")).Elements(History + "entry")];

    private static async Task<List<(string With, int Unread, string Last)>> Conversations(Person who)
    {
        var answer = await who.Asks("REPORT", who.Path, "", $"<h:conversations-query xmlns:h='{History}'/>");
        return
        [
            .. XElement.Parse(answer.Body).Elements(History + "conversation").Select(conversation => (
                conversation.Element(History + "with")!.Value,
                int.Parse(conversation.Element(History + "unread")!.Value, CultureInfo.InvariantCulture),
                Told(conversation.Element(History + "entry")!))),
        ];
    }

    private static async Task Does(Person who, string mark) => Assert.Equal(200, (await who.Asks("POST", who.Path, "", mark)).Status);

    private static string Told(XElement entry)
    {
        var mime = entry.Descendants(XName.Get("mime-data", "http://schemas.microsoft.com/rvp/")).Single().Value;
        return (entry.Element(History + "from-me") is null ? "them: " : "me: ") + mime[(mime.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
    }

    private static long IdOf(XElement entry) => long.Parse(entry.Element(History + "id")!.Value, CultureInfo.InvariantCulture);

    private static bool HasMore(XElement history) => history.Element(History + "more") is not null;

    private static string ToSeveral(Person from, Person[] to, string text)
    {
        var contacts = string.Concat(to.Append(from).Select(person => $"<r:contact><d:href>{person.Url}</d:href></r:contact>"));
        var single = from.MessageTo(to[0], text);
        var begin = single.IndexOf("<r:notification-to>", StringComparison.Ordinal) + "<r:notification-to>".Length;
        return single[..begin] + contacts + single[single.IndexOf("</r:notification-to>", StringComparison.Ordinal)..];
    }
}
