using System.Net;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Storage;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Storage;

/// <summary>A node as it travels to another home server.</summary>
public class PackedNodeTests
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
    private static readonly RvpUrl Kari = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

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
}
