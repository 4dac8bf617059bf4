using System.Text;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using RvpServer.Storage;

namespace RvpServer.Tests.Storage;

/// <summary>What the history of every store must do; one class per store runs it.</summary>
public abstract class HistoryContract
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
    private static readonly RvpUrl Kari = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");
    private static readonly RvpUrl Don = RvpUrl.ForAlias("im.adatum.com", 80, "DonHall");
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly HistoryQuery All = new(null, null, null, null, 50);

    private protected abstract (IStore Store, IHistory History) Open();

    [Fact]
    public async Task Pages_go_back_from_the_newest_and_forward_from_any()
    {
        var (store, history) = Open();
        await using var _ = store;
        await store.CommitAsync(Jo, [.. Enumerable.Range(1, 10).Select(i => Said($"text {i}", i % 2 == 0 ? Kari : Don))]);
        await store.CommitAsync(Kari, [Said("another's", Jo)]);

        var newest = await history.ReadAsync(Jo, All with { Limit = 4 }, default);
        var before = await history.ReadAsync(Jo, All with { Limit = 4, Before = newest.Items[0].Id }, default);
        var after = await history.ReadAsync(Jo, All with { Limit = 4, After = before.Items[0].Id }, default);
        var rest = await history.ReadAsync(Jo, All with { Before = before.Items[0].Id }, default);

        Assert.Equal(["text 7", "text 8", "text 9", "text 10"], Texts(newest));
        Assert.Equal(["text 3", "text 4", "text 5", "text 6"], Texts(before));
        Assert.Equal(["text 4", "text 5", "text 6", "text 7"], Texts(after));
        Assert.Equal(["text 1", "text 2"], Texts(rest));
        Assert.Equal((true, true, true, false), (newest.HasMore, before.HasMore, after.HasMore, rest.HasMore));
    }

    [Fact]
    public async Task One_conversation_is_read_by_any_spelling_of_its_person()
    {
        var (store, history) = Open();
        await using var _ = store;
        await store.CommitAsync(Jo, [Said("to Kari", Kari), Said("to Don", Don)]);
        await store.CommitAsync(Jo, [Said("to Kari again", RvpUrl.ForAlias("im.adatum.com", 80, "KARIhensien"))]);

        var page = await history.ReadAsync(Jo, All with { With = "http://IM.adatum.com/instmsg/aliases/kariHENSIEN" }, default);

        Assert.Equal(["to Kari", "to Kari again"], Texts(page));
        Assert.All(page.Items, item => Assert.Equal(Kari.ToString(), item.With));
        Assert.Equal(2, (await history.ListAsync(Jo, 10, default)).Count);
    }

    [Theory]
    [InlineData("lunch")]
    [InlineData("LUNCH")]
    [InlineData("lun")]
    [InlineData("tomorrow lunch")]
    [InlineData("meet@adatum")]
    [InlineData("adatum.com")]
    [InlineData("cafe")]
    [InlineData("Café")]
    [InlineData("2027")]
    [InlineData("明日")]
    [InlineData("日の")]
    [InlineData("ПРИВЕТ")]
    [InlineData("o'clock")]
    public async Task A_text_is_found_by_the_beginnings_of_its_words(string match)
    {
        var (store, history) = Open();
        await using var _ = store;
        const string text = "Lunch tomorrow at the café? meet@adatum.com, 12 o'clock, 2027-03-01. 明日の昼 Привет";
        await store.CommitAsync(Jo, [Said("nothing of it", Kari), Said(text, Kari), Said("", Don)]);
        await store.CommitAsync(Kari, [Said(text, Jo)]);

        Assert.Equal([text], Texts(await history.ReadAsync(Jo, All with { Match = match }, default)));
        Assert.Equal([text], Texts(await history.ReadAsync(Jo, All with { Match = match, With = Kari.ToString() }, default)));
        Assert.Empty((await history.ReadAsync(Jo, All with { Match = match, With = Don.ToString() }, default)).Items);
        Assert.Empty((await history.ReadAsync(Don, All with { Match = match }, default)).Items);
    }

    [Theory]
    [InlineData("unch")]
    [InlineData("lunch nothing")]
    [InlineData("日明")]
    [InlineData("明の")]
    [InlineData("' | 'x")]
    [InlineData("\" OR \"lunch")]
    [InlineData("!lunch!x")]
    [InlineData("...")]
    [InlineData("\\")]
    public async Task What_is_not_there_is_not_found(string match)
    {
        var (store, history) = Open();
        await using var _ = store;
        await store.CommitAsync(Jo, [Said("Lunch tomorrow 明日の昼", Kari), Said("nothing", Kari)]);

        Assert.Empty((await history.ReadAsync(Jo, All with { Match = match }, default)).Items);
    }

    [Fact]
    public async Task What_is_sent_to_several_is_kept_once()
    {
        const string session = "{79fc61b5-1234-1234-8a10-941f33ca4c90}";
        var (store, history) = Open();
        await using var _ = store;
        await store.CommitAsync(Jo, [ToSeveral("hello all", Kari, Noon), ToSeveral("hello all", Don, Noon)]);
        await store.CommitAsync(Jo, [ToSeveral("again", Kari, Noon.AddSeconds(1))]);
        await store.CommitAsync(Jo, [ToSeveral("again", Don, Noon.AddSeconds(1))]);
        // The same person hears the same twice: that was said twice. Later it is another message.
        await store.CommitAsync(Jo, [ToSeveral("ok", Kari, Noon.AddSeconds(2)), ToSeveral("ok", Kari, Noon.AddSeconds(3))]);
        await store.CommitAsync(Jo, [ToSeveral("again", Don, Noon.AddHours(1))]);

        Assert.Equal(["hello all", "again", "ok", "ok", "again"], Texts(await history.ReadAsync(Jo, All with { With = session }, default)));

        static Change ToSeveral(string text, RvpUrl other, DateTimeOffset at) => new Change.MessageArchived(
            new ArchivedMessage(at, IsMine: true, session, other.ToString(), Encoding.UTF8.GetBytes(text), text));
    }

    [Fact]
    public async Task Conversations_come_newest_first_with_what_is_unread()
    {
        var (store, history) = Open();
        await using var _ = store;
        await store.CommitAsync(Jo, [Said("1", Kari), Said("2", Don), Said("3", Kari, isMine: true), Said("4", Kari)]);

        var before = await history.ListAsync(Jo, 10, default);
        await store.CommitAsync(Jo, [new Change.HistoryRead(Kari.ToString(), before[0].Last.Id - 1)]);
        var some = await history.ListAsync(Jo, 10, default);
        // Back again it does not go.
        await store.CommitAsync(Jo, [new Change.HistoryRead(Kari.ToString(), null), new Change.HistoryRead(Kari.ToString(), 1), Said("5", Kari)]);
        var after = await history.ListAsync(Jo, 1, default);

        Assert.Equal([(Kari.ToString(), 2, "4"), (Don.ToString(), 1, "2")], before.Select(one => (one.With, one.Unread, TextOf(one.Last))));
        Assert.Equal(1, some[0].Unread);
        Assert.Equal((Kari.ToString(), 1, "5"), after.Select(one => (one.With, one.Unread, TextOf(one.Last))).Single());
        Assert.Empty(await history.ListAsync(Kari, 10, default));
    }

    [Fact]
    public async Task What_is_forgotten_is_gone_up_to_a_message_of_a_conversation_or_all_of_it()
    {
        var (store, history) = Open();
        await using var _ = store;
        await store.CommitAsync(Jo, [Said("1", Kari), Said("2", Don), Said("3", Kari), Said("4", Kari)]);
        var third = (await history.ReadAsync(Jo, All, default)).Items[2].Id;

        await store.CommitAsync(Jo, [new Change.HistoryForgotten(Kari.ToString(), third), Said("5", Kari)]);
        Assert.Equal(["2", "4", "5"], Texts(await history.ReadAsync(Jo, All, default)));
        await store.CommitAsync(Jo, [Said("6", Don), new Change.HistoryForgotten(Don.ToString(), null), Said("7", Don)]);
        Assert.Equal(["4", "5", "7"], Texts(await history.ReadAsync(Jo, All, default)));
        await store.CommitAsync(Jo, [new Change.HistoryForgotten(null, null)]);

        Assert.Empty((await history.ReadAsync(Jo, All, default)).Items);
        Assert.Empty((await history.ReadAsync(Jo, All with { Match = "4" }, default)).Items);
    }

    [Fact]
    public async Task The_next_name_of_an_account_inherits_what_was_kept_and_an_emptied_node_keeps_nothing()
    {
        var (store, history) = Open();
        await using var _ = store;
        await store.CommitAsync(Jo, [Said("lunch tomorrow", Don)]);
        await store.CommitAsync(Don, [Said("another's lunch", Jo)]);

        await store.CommitAsync(Kari, [new Change.BelongingsInherited(Jo)]);
        await store.CommitAsync(Jo, [new Change.Emptied([], [])]);

        Assert.Equal(["lunch tomorrow"], Texts(await history.ReadAsync(Kari, All with { Match = "lunch" }, default)));
        Assert.Empty((await history.ReadAsync(Jo, All, default)).Items);
        Assert.Empty((await history.ReadAsync(Jo, All with { Match = "lunch" }, default)).Items);
        await store.CommitAsync(Kari, [new Change.Emptied([], []) { KeepsBelongings = true }]);
        Assert.Single((await history.ReadAsync(Kari, All, default)).Items);
        await store.CommitAsync(Kari, [Said("one more", Don), new Change.Emptied([], [])]);
        Assert.Empty((await history.ReadAsync(Kari, All, default)).Items);
        Assert.Single((await history.ReadAsync(Don, All, default)).Items);
    }

    [Fact]
    public async Task What_is_too_old_or_too_much_goes_oldest_first()
    {
        var (store, history) = Open();
        await using var _ = store;
        await store.CommitAsync(Jo, [.. Enumerable.Range(0, 1200).Select(i => Said($"text {i}", i % 2 == 0 ? Kari : Don, at: Noon.AddMinutes(i)))]);
        await store.CommitAsync(Kari, [.. Enumerable.Range(0, 10).Select(i => Said($"hers {i}", Jo, at: Noon.AddDays(10)))]);

        while (await history.TrimAsync(Noon.AddMinutes(700), 400, default))
        {
            // Some at a time.
        }

        var left = Texts(await history.ReadAsync(Jo, All with { Limit = 1000 }, default));
        Assert.Equal(Enumerable.Range(800, 400).Select(i => $"text {i}"), left);
        Assert.Equal(10, (await history.ReadAsync(Kari, All, default)).Items.Count);
        Assert.Empty((await history.ReadAsync(Jo, All with { Match = "799" }, default)).Items);
        Assert.Single((await history.ReadAsync(Jo, All with { Match = "800" }, default)).Items);
    }

    [Fact]
    public async Task A_packed_history_is_the_same_elsewhere()
    {
        var (store, history) = Open();
        await using var _ = store;
        await store.CommitAsync(Jo, [Said("lunch", Kari), Said("read", Don, isMine: true)]);
        await store.CommitAsync(Jo, [new Change.HistoryRead(Kari.ToString(), null), Said("unread", Kari)]);
        Assert.Null(await history.PackAsync(Kari, default));

        var packed = await history.PackAsync(Jo, default);
        await history.DropAsync(Jo, default);
        Assert.Empty((await history.ReadAsync(Jo, All, default)).Items);
        await store.CommitAsync(Jo, [Said("in between", Kari)]);
        await history.UnpackAsync(Jo, packed!, default);

        Assert.Equal(["lunch", "read", "unread"], Texts(await history.ReadAsync(Jo, All, default)));
        Assert.Equal([true, false], (await history.ReadAsync(Jo, All with { Limit = 2 }, default)).Items.Select(item => item.IsMine));
        Assert.Equal(["lunch"], Texts(await history.ReadAsync(Jo, All with { Match = "lunch" }, default)));
        Assert.Equal([(Kari.ToString(), 1), (Don.ToString(), 0)], (await history.ListAsync(Jo, 10, default)).Select(one => (one.With, one.Unread)));
        Assert.Equal(packed, await history.PackAsync(Jo, default));
    }

    private protected static Change.MessageArchived Said(string text, RvpUrl with, bool isMine = false, DateTimeOffset? at = null) =>
        new(new ArchivedMessage(at ?? Noon, isMine, with.ToString(), with.ToString(), Encoding.UTF8.GetBytes(text), text));

    private static IEnumerable<string> Texts(HistoryPage page) => page.Items.Select(TextOf);

    private static string TextOf(HistoryItem item) => Encoding.UTF8.GetString(item.Body.Span);
}
