using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Storage;

/// <summary>Ids that a node got on another home server: clients go on naming them here.</summary>
public sealed class ForeignIdTests : IDisposable
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
    private static readonly RvpUrl Kari = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task They_are_kept_in_the_order_of_making_over_a_restart()
    {
        await using (var store = Open())
        {
            await store.KeepIdsAsync(Jo, [900, 5, 70], CancellationToken.None);
            await store.CommitAsync(Jo, [SignIn(900), SignIn(5), new Change.ViewMade(70, 5), Waiting(900, 5)]);
        }

        await using var again = Open();
        var changes = await ReadAsync(again, Jo);

        Assert.Equal([900, 5], changes.OfType<Change.SubscriptionMade>().Select(made => made.Subscription.Id));
        Assert.Equal(new Change.ViewMade(70, 5), changes.OfType<Change.ViewMade>().Single());
        Assert.Equal([900, 5], changes.OfType<Change.EntryQueued>().Single().Entry.Holders.ToArray());
    }

    [Fact]
    public async Task The_same_id_of_another_node_is_another_row()
    {
        await using var store = Open();
        var id = store.Ids.IdOf(3);
        await store.CommitAsync(Kari, [SignIn(id)]);
        await store.KeepIdsAsync(Jo, [id], CancellationToken.None);
        await store.CommitAsync(Jo, [SignIn(id)]);

        await store.CommitAsync(Jo, [new Change.SubscriptionRenewed(id, Noon.AddHours(1))]);
        Assert.Equal([Noon, Noon.AddHours(1)], await EndsAsync(store));
        await store.CommitAsync(Jo, [new Change.SubscriptionEnded(id)]);

        Assert.Equal([Noon], await EndsAsync(store));
        Assert.Empty(await ReadAsync(store, Jo));

        async Task<DateTimeOffset[]> EndsAsync(IStore from) =>
            [.. (await ReadAsync(from, Kari)).Concat(await ReadAsync(from, Jo)).OfType<Change.SubscriptionMade>().Select(made => made.Subscription.ExpiresAt)];
    }

    [Fact]
    public async Task None_is_given_to_anybody_while_it_is_in_use()
    {
        await using var store = Open();
        var id = store.Ids.IdOf(1);
        await store.KeepIdsAsync(Jo, [id], CancellationToken.None);
        using var source = new RvpServer.Home.IdSource(store);
        await source.EnsureAsync(CancellationToken.None);

        Assert.DoesNotContain(id, Enumerable.Range(0, 4000).Select(_ => source.Take()));
    }

    [Fact]
    public async Task Another_name_of_the_account_inherits_them()
    {
        await using (var store = Open())
        {
            await store.KeepIdsAsync(Jo, [900], CancellationToken.None);
            await store.CommitAsync(Jo, [SignIn(900)]);
            store.InheritIds(Kari, Jo);
            await store.CommitAsync(Kari, [SignIn(900)]);
            await store.CommitAsync(Jo, [new Change.Emptied([900], [])]);
        }

        await using var again = Open();
        Assert.Equal([900], (await ReadAsync(again, Kari)).OfType<Change.SubscriptionMade>().Select(made => made.Subscription.Id));
        Assert.Empty(await ReadAsync(again, Jo));
    }

    [Fact]
    public void A_packed_node_has_all_that_it_had()
    {
        Change[] changes =
        [
            new Change.BelongsTo("0f3a", null), SignIn(900), SignIn(5), new Change.ViewMade(70, 5),
            new Change.ViewValueSet(70, PropertyName.State, new ViewValue("<r:busy/>", "<r:offline/>", Noon, 7)),
            new Change.PropertySet(new PropertyName("urn:x", "note"), "mine"),
            new Change.AccessEntrySet(new AccessEntry(Kari, Credentials.Digest, Rights.None, Rights.Presence)), Waiting(900),
            new Change.ContactWatched(Kari, Noon),
            new Change.WatchersOwed(Noon),
        ];

        var unpacked = PackedNode.Unpack(Jo, PackedNode.Pack(Jo, [.. changes, new Change.SequencesGiven(40)]));

        Assert.Equal([.. changes.Select(Text), Text(new Change.SequencesGiven(40))], unpacked.Select(Text));
    }

    [Fact]
    public void Bytes_that_are_no_packed_node_or_another_persons_are_refused()
    {
        Assert.Throws<StoreException>(() => PackedNode.Unpack(Jo, [1, 2, 3]));
        Assert.Throws<StoreException>(() => PackedNode.Unpack(Kari, PackedNode.Pack(Jo, [SignIn(1)])));
    }

    private static Change.SubscriptionMade SignIn(int id) => new(new Subscription
    {
        Id = id,
        Type = NotificationType.Notify,
        Subscriber = new Subscriber(Jo, new Callback.Direct(new Uri("http://127.0.0.1:1051")), IPAddress.Loopback),
        Proof = Credentials.Digest,
        NodeAsWritten = Jo,
        ExpiresAt = Noon,
    });

    private static Change.EntryQueued Waiting(params int[] holders) =>
        new(new InboxEntry(7, new byte[] { 1 }, null, Noon, Kari.ToString()) { Holders = [.. holders], IsOwed = true });

    private static string Text(Change change) => change is Change.EntryQueued { Entry: var entry }
        ? $"{entry.Sequence} {Convert.ToHexString(entry.Body.Span)} {string.Join(',', entry.Holders)} {entry.IsOwed}" : change.ToString();

    private static async Task<List<Change>> ReadAsync(IStore store, RvpUrl node)
    {
        var changes = new List<Change>();
        await foreach (var (owner, change) in store.ReadAllAsync(CancellationToken.None))
            if (owner.Equals(node)) changes.Add(change);
        return changes;
    }

    private SqliteStore Open() => new(SqliteFile.Prepare(folder.File(SqliteFile.Name)), TimeProvider.System, NullLogger<SqliteStore>.Instance);
}
