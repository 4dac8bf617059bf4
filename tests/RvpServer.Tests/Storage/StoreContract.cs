using System.Globalization;
using System.Net;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Storage;

namespace RvpServer.Tests.Storage;

/// <summary>What every store must do; one class per store runs it.</summary>
public abstract class StoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
    private static readonly RvpUrl Kari = RvpUrl.ForAlias("im.adatum.com", 8080, "KariHensien");

    /// <summary>Opens the store; again after a dispose, with what it had.</summary>
    private protected abstract IStore Open();

    public static TheoryData<string, Change[]> RoundTrips => new()
    {
        { "a sign-in", [new Change.SubscriptionMade(SignIn(17))] },
        { "a watch with a logical callback in its own letters", [new Change.SubscriptionMade(Watch(18))] },
        { "a polled watch over IPv6", [new Change.SubscriptionMade(Polled(int.MaxValue))] },
        { "a sign-in that polls every ten minutes and has fallen silent", [new Change.SubscriptionMade(Polled(19, TimeSpan.FromMinutes(10), isSilent: true))] },
        { "a view of a sign-in", [new Change.ViewMade(3, 17)] },
        { "a view of no sign-in", [new Change.ViewMade(4, null)] },
        { "a leased value and a lasting one", [
            new Change.ViewValueSet(3, PropertyName.State, new ViewValue("<r:busy/>", "<r:offline/>", Noon.AddSeconds(1200), 7)),
            new Change.ViewValueSet(3, new PropertyName("", "x"), new ViewValue("", null, null, long.MaxValue)),
        ] },
        { "a watch as most are", [new Change.SubscriptionMade(PlainWatch(20))] },
        { "what is empty, and a text longer than most", [
            new Change.PropertySet(new PropertyName("urn:z", "empty"), ""),
            new Change.PropertySet(new PropertyName("urn:z", "long"), new string('\u00e9', 10_000)),
            new Change.EntryQueued(new InboxEntry(7, Array.Empty<byte>(), "", Noon) { IsOwed = true }),
        ] },
        { "properties in the order they were set", [
            new Change.PropertySet(new PropertyName("urn:z", "z"), "<a xmlns=\"urn:z\">1 &lt; 2</a>"),
            new Change.PropertySet(PropertyName.DisplayName, "Jo Brown \ud83d\ude00"),
        ] },
        { "what waits for three sign-ins, and what is kept for the next one", [
            new Change.EntryQueued(new InboxEntry(7, new byte[] { 1, 2 }, null, Noon, Kari.ToString()) { Holders = [17, 5, int.MaxValue], IsOwed = true }),
            new Change.EntryQueued(new InboxEntry(8, new byte[] { 3 }, Kari.ToString(), Noon) { Holders = [17] }),
            new Change.EntryQueued(new InboxEntry(9, new byte[] { 4 }, null, Noon, Kari.ToString()) { IsOwed = true }),
        ] },
        { "whose state it is, and since when that account is missing", [new Change.BelongsTo("0f3a", Noon)] },
        { "that it has moved", [
            new Change.MoveNoted(new Move(new Guid("79fc61b5-1234-1234-8a10-941f33ca4c90"), MoveStage.Left, "imhomeserver2.adatum.com:8080",
                ["imhomeserver1.adatum.com", "imhomeserver3.adatum.com"], Noon)),
        ] },
        { "that watchers are owed news", [new Change.WatchersOwed(Noon)] },
        { "access entries for someone and for everyone", [
            new Change.AccessEntrySet(new AccessEntry(
                Url("HTTP://IM.Adatum.com:8080/instmsg/aliases/karihensien/"), Credentials.Digest | Credentials.Ntlm, Rights.None, Rights.Presence)),
            new Change.AccessEntrySet(new AccessEntry(null, Credentials.Any, Rights.List | Rights.Read, Rights.None)),
        ] },
    };

    [Theory]
    [MemberData(nameof(RoundTrips))]
    public async Task What_is_written_is_read_after_a_restart(string what, Change[] changes)
    {
        await CommitAsync(Jo, changes);

        Assert.Equal((what, string.Join('\n', changes.Select(Text))), (what, string.Join('\n', (await ReadAsync(Jo)).Select(Text))));
    }

    [Fact]
    public async Task Renewals_move_leases_and_nothing_else()
    {
        await CommitAsync(Jo, [
            new Change.SubscriptionMade(SignIn(1)),
            new Change.ViewMade(2, 1),
            new Change.ViewValueSet(2, PropertyName.State, new ViewValue("<r:away/>", "<r:offline/>", Noon, 5)),
            new Change.SubscriptionRenewed(1, Noon.AddHours(9)),
            new Change.ViewValueRenewed(2, PropertyName.State, Noon.AddHours(8)),
        ]);

        var moved = SignIn(1, Noon.AddHours(9));
        Change[] expected = [
            new Change.SubscriptionMade(moved),
            new Change.ViewMade(2, 1),
            new Change.ViewValueSet(2, PropertyName.State, new ViewValue("<r:away/>", "<r:offline/>", Noon.AddHours(8), 5)),
        ];
        Assert.Equal(expected.Select(Text), (await ReadAsync(Jo)).Select(Text));
    }

    [Fact]
    public async Task What_has_ended_is_not_read()
    {
        await CommitAsync(Jo, [
            new Change.SubscriptionMade(SignIn(1)),
            new Change.ViewMade(2, 1),
            new Change.ViewMade(3, 1),
            new Change.ViewValueSet(2, PropertyName.State, new ViewValue("<r:away/>", null, null, 1)),
            new Change.ViewValueSet(3, PropertyName.State, new ViewValue("<r:busy/>", null, null, 2)),
            new Change.PropertySet(PropertyName.MobileState, "1"),
            new Change.AccessEntrySet(new AccessEntry(Kari, Credentials.Digest, Rights.Read, Rights.None)),
            new Change.AccessEntrySet(new AccessEntry(null, Credentials.Any, Rights.Read, Rights.None)),
            new Change.ContactWatched(Kari, Noon),
            new Change.WatchersOwed(Noon),
            new Change.PropertySet(PropertyName.MobileDescription, "stays"),
        ]);
        await CommitAsync(Jo, [
            new Change.ViewValueEnded(3, PropertyName.State),
            new Change.ViewEnded(2),
            new Change.ViewEnded(3),
            new Change.SubscriptionEnded(1),
            new Change.PropertyRemoved(PropertyName.MobileState),
            new Change.AccessEntryRemoved(Url("http://im.adatum.com:8080/instmsg/aliases/KARIHENSIEN")),
            new Change.AccessEntryRemoved(null),
            new Change.ContactUnwatched(Url("http://im.adatum.com:8080/instmsg/aliases/KARIHENSIEN")),
            new Change.WatchersTold(Noon),
        ]);

        Assert.Equal([new Change.PropertySet(PropertyName.MobileDescription, "stays")], await ReadAsync(Jo));
    }

    [Fact]
    public async Task Watchers_who_were_told_of_what_was_before_are_still_owed_what_came_after()
    {
        await CommitAsync(Jo, [new Change.WatchersOwed(Noon), new Change.WatchersOwed(Noon.AddSeconds(1)), new Change.WatchersTold(Noon)]);

        Assert.Equal([new Change.WatchersOwed(Noon.AddSeconds(1))], await ReadAsync(Jo));
    }

    [Fact]
    public async Task What_waits_changes_hands_and_goes()
    {
        await CommitAsync(Jo, [
            new Change.SubscriptionMade(Polled(1)),
            new Change.EntryQueued(new InboxEntry(7, new byte[] { 1 }, null, Noon, Kari.ToString()) { Holders = [1], IsOwed = true }),
            new Change.EntryQueued(new InboxEntry(8, new byte[] { 2 }, null, Noon, Kari.ToString()) { Holders = [1], IsOwed = true }),
        ]);
        await CommitAsync(Jo, [
            new Change.SubscriptionSilenced(1, IsSilent: true), new Change.SubscriptionHeard(1, Noon), new Change.EntryHeld(7, [1, 2], IsOwed: false),
            new Change.EntryRemoved(8),
        ]);

        Change[] expected = [
            new Change.SubscriptionMade(Polled(1, isSilent: true)),
            new Change.EntryQueued(new InboxEntry(7, new byte[] { 1 }, null, Noon, Kari.ToString()) { Holders = [1, 2] }),
        ];
        Assert.Equal(expected.Select(Text), (await ReadAsync(Jo)).Select(Text));
    }

    [Fact]
    public async Task The_highest_sequence_is_known_when_nothing_waits_any_more()
    {
        await CommitAsync(Jo, [new Change.EntryQueued(new InboxEntry(900, new byte[] { 1 }, null, Noon) { Holders = [1] }), new Change.EntryRemoved(900)]);
        await CommitAsync(Kari, [new Change.EntryQueued(new InboxEntry(20, new byte[] { 1 }, null, Noon) { Holders = [1] })]);

        await using var store = Open();

        // Or a little more, where several processes note it in advance.
        Assert.InRange(store.LastPollSequence, 900, 100_000);
    }

    [Fact]
    public async Task What_was_emptied_is_not_read_and_what_came_after_is()
    {
        await CommitAsync(Kari, [new Change.PropertySet(PropertyName.MobileState, "of another node")]);
        await CommitAsync(Jo, [
            new Change.BelongsTo("before", null),
            new Change.SubscriptionMade(SignIn(1)),
            new Change.ViewMade(2, 1),
            new Change.ViewValueSet(2, PropertyName.State, new ViewValue("<r:away/>", null, null, 1)),
            new Change.PropertySet(PropertyName.MobileState, "1"),
            new Change.AccessEntrySet(new AccessEntry(Kari, Credentials.Digest, Rights.Read, Rights.None)),
            new Change.EntryQueued(new InboxEntry(1, new byte[] { 1 }, null, Noon) { Holders = [1], IsOwed = true }),
        ]);

        await CommitAsync(Jo, [new Change.Emptied([1], [2]), new Change.BelongsTo("after", null), new Change.PropertySet(PropertyName.MobileState, "2")]);

        await using var store = Open();
        var all = await ReadAllAsync(store);
        Assert.Equal([new Change.BelongsTo("after", null), new Change.PropertySet(PropertyName.MobileState, "2")],
            all.Where(row => row.Node.Equals(Jo)).Select(row => row.Change));
        Assert.Single(all, row => row.Node.Equals(Kari));
        Assert.True(await store.KnowsAsync(Jo, default));
        Assert.False(await store.KnowsAsync(Kari, default));
    }

    [Fact]
    public async Task A_second_write_replaces_the_first()
    {
        await CommitAsync(Jo, [
            new Change.SubscriptionMade(SignIn(1)),
            new Change.ViewMade(2, null),
            new Change.ViewValueSet(2, PropertyName.State, new ViewValue("<r:away/>", null, null, 1)),
            new Change.PropertySet(PropertyName.MobileState, "1"),
            new Change.AccessEntrySet(new AccessEntry(Kari, Credentials.Digest, Rights.Read, Rights.None)),
            new Change.ContactWatched(Kari, Noon),
        ]);
        Change[] second = [
            new Change.SubscriptionMade(Watch(1)),
            new Change.ViewMade(2, 1),
            new Change.ViewValueSet(2, PropertyName.State, new ViewValue("<r:busy/>", "<r:offline/>", Noon, 2)),
            new Change.PropertySet(PropertyName.MobileState, "0"),
            new Change.AccessEntrySet(new AccessEntry(Url("http://im.adatum.com:8080/instmsg/aliases/KARIhensien"), Credentials.Any, Rights.None, Rights.All)),
            new Change.ContactWatched(Url("http://im.adatum.com:8080/instmsg/aliases/KARIhensien"), Noon.AddHours(1)),
        ];

        await CommitAsync(Jo, second);

        Assert.Equal(second.Select(Text), (await ReadAsync(Jo)).Select(Text));
    }

    [Fact]
    public async Task Nodes_are_kept_apart_and_each_is_read_in_an_order_in_which_it_can_be_applied()
    {
        await using (var store = Open())
        {
            await store.CommitAsync(Kari, [new Change.PropertySet(PropertyName.MobileState, "k")]);
            await store.CommitAsync(Jo, [new Change.PropertySet(PropertyName.MobileState, "j"), new Change.ViewMade(1, null)]);
            await store.CommitAsync(Url("http://im.adatum.com/instmsg/aliases/JOBROWN"), [new Change.PropertySet(PropertyName.MobileState, "same node")]);
            await store.CommitAsync(Kari, [new Change.ViewMade(2, null)]);
        }

        await using var reopened = Open();
        var all = await ReadAllAsync(reopened);
        Assert.Equal([new Change.ViewMade(1, null), new Change.PropertySet(PropertyName.MobileState, "same node")], Of(Jo));
        Assert.Equal([new Change.ViewMade(2, null), new Change.PropertySet(PropertyName.MobileState, "k")], Of(Kari));

        IEnumerable<Change> Of(RvpUrl node) => all.Where(row => row.Node.Equals(node)).Select(row => row.Change);
    }

    [Fact]
    public async Task What_another_node_has_inherited_stays_when_the_first_is_emptied()
    {
        await CommitAsync(Jo, [new Change.SubscriptionMade(Watch(1)), new Change.SubscriptionMade(Watch(2))]);
        await CommitAsync(Kari, [new Change.SubscriptionMade(Watch(1))]);

        await CommitAsync(Jo, [new Change.Emptied([1, 2], [])]);

        Assert.Equal([Text(new Change.SubscriptionMade(Watch(1)))], (await ReadAsync(Kari)).Select(Text));
    }

    [Fact]
    public async Task The_same_url_is_the_same_object_each_time()
    {
        await CommitAsync(Jo, [new Change.SubscriptionMade(Watch(1)), new Change.SubscriptionMade(Watch(2)), new Change.SubscriptionMade(SignIn(3))]);

        var read = (await ReadAsync(Jo)).Cast<Change.SubscriptionMade>().Select(made => made.Subscription).OrderBy(subscription => subscription.Id).ToList();

        Assert.Same(read[0].Principal, read[1].Principal);
        Assert.Same(read[0].Callback, read[1].Callback);
        Assert.Same(read[0].NodeAsWritten, read[1].NodeAsWritten);
        Assert.Same(read[0].Address, read[1].Address);
        Assert.NotSame(read[0].NodeAsWritten, read[2].NodeAsWritten);
    }

    [Fact]
    public async Task A_principal_on_another_name_of_its_domain_keeps_identity_and_spelling()
    {
        var principal = Url("http://LocalHost:8080/instmsg/aliases/kh").WithDomain("im.adatum.com", 8080).WithAlias("KariHensien");

        await CommitAsync(Jo, [new Change.AccessEntrySet(new AccessEntry(principal, Credentials.Digest, Rights.Read, Rights.None))]);

        var read = Assert.IsType<Change.AccessEntrySet>(Assert.Single(await ReadAsync(Jo))).Entry.Principal;
        Assert.Equal(Kari, read);
        Assert.Equal("http://LocalHost:8080/instmsg/aliases/kh", read!.Spelling);
    }

    [Fact]
    public async Task Changes_of_a_node_are_stored_in_the_order_of_the_calls()
    {
        await using (var store = Open())
        {
            var writes = Enumerable.Range(0, 500).Select(i =>
            {
                Change[] change = [new Change.PropertySet(PropertyName.MobileDescription, i.ToString(CultureInfo.InvariantCulture))];
                if (i % 3 != 0) return store.CommitAsync(Jo, change);
                store.TryEnqueue(Jo, change);
                return Task.CompletedTask;
            }).ToArray();
            await Task.WhenAll(writes);
        }

        Assert.Equal([new Change.PropertySet(PropertyName.MobileDescription, "499")], await ReadAsync(Jo));
    }

    /// <summary>Where only the last change of each row is written, that must be the same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Many_changes_at_once_are_the_same_as_one_after_the_other(int seed)
    {
        await using var store = Open();
        var random = new Random(seed);
        var changes = Enumerable.Range(0, 120).Select(_ => Any(random)).ToList();
        foreach (var change in changes) await store.CommitAsync(Jo, [change]);
        var oneByOne = await TextsAsync();
        await store.CommitAsync(Jo, [new Change.Emptied([1, 2, 3], [11, 12, 13])]);
        Assert.Empty(await TextsAsync());

        await store.CommitAsync(Jo, changes[..60]);
        await store.CommitAsync(Jo, changes[60..]);

        Assert.Equal(oneByOne, await TextsAsync());

        async Task<List<string>> TextsAsync() => [.. (await ReadAllAsync(store)).Select(row => Text(row.Change)).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task What_nobody_waits_for_is_written_at_the_end_at_the_latest()
    {
        await using (var store = Open()) store.TryEnqueue(Jo, [new Change.PropertySet(PropertyName.MobileState, "1")]);

        Assert.Single(await ReadAsync(Jo));
    }

    [Fact]
    public async Task Ids_are_never_given_twice()
    {
        var given = new List<int>();
        for (var restart = 0; restart < 3; restart++)
        {
            await using var store = Open();
            foreach (var reserved in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => store.ReserveIdsAsync(10, CancellationToken.None))))
                given.AddRange(Numbers(reserved));
        }

        Assert.Equal(Enumerable.Range(1, 120), given.Order());
    }

    [Fact]
    public async Task Ids_are_the_same_after_a_restart()
    {
        int first;
        await using (var store = Open()) first = store.Ids.IdOf(1);
        await using var again = Open();

        Assert.Equal(first, again.Ids.IdOf(1));
    }

    [Fact]
    public async Task What_was_made_first_is_read_first_whatever_its_id()
    {
        await using var store = Open();
        var ids = Numbers(await store.ReserveIdsAsync(50, CancellationToken.None)).Select(store.Ids.IdOf).ToArray();
        foreach (var id in ids) await store.CommitAsync(Jo, [new Change.SubscriptionMade(SignIn(id)), new Change.ViewMade(id, id)]);

        var read = await ReadAllAsync(store);

        Assert.Equal(ids, read.Select(row => row.Change).OfType<Change.SubscriptionMade>().Select(made => made.Subscription.Id));
        Assert.Equal(ids, read.Select(row => row.Change).OfType<Change.ViewMade>().Select(made => made.Id));
        Assert.NotEqual(ids.Order(), ids);
    }

    [Fact]
    public async Task A_closed_store_refuses()
    {
        var store = Open();
        await store.CheckAsync(CancellationToken.None);
        await store.DisposeAsync();

        await Assert.ThrowsAsync<StoreException>(() => store.CommitAsync(Jo, [new Change.PropertyRemoved(PropertyName.State)]));
    }

    private protected static async Task<List<(RvpUrl Node, Change Change)>> ReadAllAsync(IStore store)
    {
        var all = new List<(RvpUrl, Change)>();
        await foreach (var row in store.ReadAllAsync(CancellationToken.None)) all.Add(row);
        return all;
    }

    private protected static IEnumerable<int> Numbers(IReadOnlyList<IdRange> reserved) =>
        reserved.SelectMany(range => Enumerable.Range((int)range.First, range.Count));

    private async Task CommitAsync(RvpUrl node, Change[] changes)
    {
        await using var store = Open();
        await store.CommitAsync(node, changes);
    }

    private async Task<List<Change>> ReadAsync(RvpUrl node)
    {
        await using var store = Open();
        var all = await ReadAllAsync(store);
        Assert.All(all, row => Assert.Equal(node, row.Node));
        return [.. all.Select(row => row.Change)];
    }

    // Any change of a few rows, some of which may not be there.
    private static Change Any(Random random)
    {
        var (id, at, name) = (random.Next(1, 4), Noon.AddMinutes(random.Next(5)), random.Next(2) == 0 ? PropertyName.State : PropertyName.MobileState);
        return random.Next(24) switch
        {
            0 => new Change.SubscriptionMade(SignIn(id, at)),
            1 => new Change.SubscriptionMade(Watch(id)),
            2 => new Change.SubscriptionRenewed(id, at),
            3 => new Change.SubscriptionSilenced(id, random.Next(2) == 0),
            4 => new Change.SubscriptionEnded(id),
            5 => new Change.ViewMade(10 + id, random.Next(2) == 0 ? id : null),
            6 => new Change.ViewEnded(10 + id),
            7 or 8 => new Change.ViewValueSet(10 + id, name, new ViewValue("<r:away/>", null, at, id)),
            9 => new Change.ViewValueRenewed(10 + id, name, at),
            10 => new Change.ViewValueEnded(10 + id, name),
            11 => new Change.PropertySet(name, at.ToString("O", CultureInfo.InvariantCulture)),
            12 => new Change.PropertyRemoved(name),
            13 => new Change.AccessEntrySet(new AccessEntry(random.Next(2) == 0 ? Kari : null, Credentials.Digest, (Rights)id, Rights.None)),
            14 => new Change.AccessEntryRemoved(random.Next(2) == 0 ? Kari : null),
            15 => new Change.EntryQueued(new InboxEntry(id, new byte[] { 1 }, null, at) { Holders = [id], IsOwed = true }),
            16 => new Change.EntryHeld(id, [1, 2], IsOwed: false),
            17 => new Change.EntryRemoved(id),
            18 => new Change.ContactWatched(Kari, at),
            19 => new Change.ContactUnwatched(Kari),
            20 => new Change.WatchersOwed(at),
            21 => new Change.WatchersTold(at),
            22 => random.Next(2) == 0 ? new Change.MoveNoted(new Move(Guid.Empty, MoveStage.Leaving, "home", [], at)) : new Change.MoveForgotten(),
            _ => random.Next(4) == 0 ? new Change.Emptied([1, 2, 3], [11, 12, 13]) : new Change.BelongsTo("account", random.Next(2) == 0 ? at : null),
        };
    }

    private static Subscription SignIn(int id, DateTimeOffset? expiresAt = null) => new()
    {
        Id = id,
        Type = NotificationType.Notify,
        Subscriber = new Subscriber(Jo, new Callback.Direct(new Uri("http://10.10.1.98:1051")), IPAddress.Parse("10.10.1.98"), long.MinValue),
        Proof = Credentials.Digest,
        NodeAsWritten = Url("http://im.adatum.com/instmsg/aliases/jobrown/"),
        ExpiresAt = expiresAt ?? Noon.AddHours(4),
    };

    private static Subscription Watch(int id) => new()
    {
        Id = id,
        Type = NotificationType.PropertyChange,
        Subscriber = new Subscriber(Url("http://IM.adatum.com:8080/instmsg/aliases/karihensien"),
            new Callback.Logical(Url("http://im.adatum.com:8080/instmsg/aliases/KariHENSIEN")), IPAddress.Parse("192.0.2.7")),
        Proof = Credentials.Assertion,
        NodeAsWritten = Jo,
        ExpiresAt = Noon.AddMilliseconds(1),
    };

    private static Subscription PlainWatch(int id) => new()
    {
        Id = id,
        Type = NotificationType.PropertyChange,
        Subscriber = new Subscriber(Kari, new Callback.Logical(Kari), IPAddress.Parse("10.10.1.98"), 7),
        Proof = Credentials.Digest,
        NodeAsWritten = Jo,
        ExpiresAt = Noon,
    };

    private static Subscription Polled(int id, TimeSpan interval = default, bool isSilent = false) => new()
    {
        Id = id,
        Type = NotificationType.PropertyChange,
        Subscriber = new Subscriber(Url("im.contoso.com"), new Callback.Polled(interval), IPAddress.Parse("fe80::1%2")),
        Proof = Credentials.None,
        NodeAsWritten = Jo,
        ExpiresAt = DateTimeOffset.MaxValue.AddTicks(-9999),
        IsSilent = isSilent,
    };

    private static RvpUrl Url(string text) => RvpUrl.TryParse(text, out var url) ? url : throw new ArgumentException(text);

    // URLs ignore spelling: compare all.
    private static string Text(Change change) => change switch
    {
        Change.SubscriptionMade(var s) =>
            string.Join(" ", "subscription", s.Id, s.Type, Text(s.Principal), s.Proof, Text(s.NodeAsWritten), Text(s.Callback), s.Address, Text(s.ExpiresAt),
                s.PasswordStamp, s.IsSilent),
        Change.EntryQueued(var entry) =>
            string.Join(" ", "waits", entry.Sequence, Convert.ToHexString(entry.Body.Span), entry.Contact, Text(entry.QueuedAt), entry.Sender, entry.IsOwed,
                "for", string.Join(',', entry.Holders)),
        Change.AccessEntrySet(var entry) => string.Join(" ", "entry", Text(entry.Principal), entry.Credentials, entry.Grant, entry.Deny),
        Change.MoveNoted(var move) => string.Join(" ", "move", move.Id, move.Stage, move.Home, string.Join(',', move.Formers), Text(move.At)),
        _ => change.ToString(),
    };

    private static string Text(Callback callback) => callback switch
    {
        Callback.Direct direct => direct.Text,
        Callback.Logical logical => Text(logical.Node),
        Callback.Polled polled => "polled " + polled.Interval,
        _ => throw new ArgumentException(callback.ToString()),
    };

    private static string Text(RvpUrl? url) => url is null ? "everyone" : url.ToString().ToLowerInvariant() + "=" + url.Spelling;

    private static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);
}
