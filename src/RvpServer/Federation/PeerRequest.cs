using System.Globalization;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Federation;

/// <summary>A request of this server to a node on another server.</summary>
/// <param name="Verb">The method.</param>
/// <param name="Node">The node's logical URL.</param>
/// <param name="From">RVP-From-Principal.</param>
/// <param name="Headers">The verb's own headers.</param>
/// <param name="Body">The document, byte for byte; may be empty.</param>
/// <param name="AnswerTime">How long the other server may take for the whole answer.</param>
internal sealed record PeerRequest(
    string Verb, RvpUrl Node, string From, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body, TimeSpan AnswerTime)
{
    /// <summary>
    /// The other server waits for its client's answer: its attempts take 15 s and one callback 10 s. Old clients give up after 30. [client: pidgin-librvp]
    /// </summary>
    private static readonly TimeSpan RelayTime = TimeSpan.FromSeconds(25);

    /// <summary>For requests that a server answers without waiting for a client.</summary>
    private static readonly TimeSpan QuickTime = TimeSpan.FromSeconds(10);

    /// <summary>A property change for a watcher elsewhere.</summary>
    public static PeerRequest Of(Notification news)
    {
        var node = ((Callback.Logical)news.Callback).Node;
        // The first hop's answer is enough: nobody waits for the watcher's client.
        return new(RvpVerbs.Notify, node, news.From, [new(RvpHeaders.AckType, nameof(AckType.SingleHop)), new(RvpHeaders.HopCount, Number(news.HopCount))],
            news.Body, QuickTime);
    }

    /// <summary>A request of one of our own users, relayed as that principal; null for one that is not relayed.</summary>
    public static PeerRequest? Of(Request request, RvpUrl node, RvpUrl principal, ReadOnlyMemory<byte> body)
    {
        var from = IdentityOf(principal);
        return request switch
        {
            Watch watch => new(RvpVerbs.Subscribe, node, from,
                [new(RvpHeaders.NotificationType, "update/propchange"), new(RvpHeaders.CallBack, from), .. Lifetime(watch.Lifetime)], default,
                QuickTime),
            Renew renew => new(RvpVerbs.Subscribe, node, from, [new(RvpHeaders.SubscriptionId, Number(renew.Id)), .. Lifetime(renew.Lifetime)], default,
                QuickTime),
            Unsubscribe end => new(RvpVerbs.Unsubscribe, node, from, [new(RvpHeaders.SubscriptionId, Number(end.Id))], default, QuickTime),
            PropFind => new(RvpVerbs.PropFind, node, from, [new(RvpHeaders.Depth, "0")], body, QuickTime),
            Notify { Head.IsPropertyChange: false } notify => new(RvpVerbs.Notify, node, from,
                [new(RvpHeaders.AckType, notify.AckType.ToString()), new(RvpHeaders.HopCount, Number(notify.HopCount + 1))], notify.Body, RelayTime),
            _ => null,
        };
    }

    /// <summary>The principal in its own spelling, if strangers read the same identity in it; otherwise the canonical URL.</summary>
    public static string IdentityOf(RvpUrl principal) =>
        RvpUrl.TryParseIdentity(principal.Spelling, out var read) && read.Equals(principal) ? principal.Spelling : principal.ToString();

    private static IEnumerable<KeyValuePair<string, string>> Lifetime(TimeSpan? lifetime) =>
        lifetime is { } time ? [new(RvpHeaders.SubscriptionLifetime, Number((long)Math.Min(time.TotalSeconds, int.MaxValue)))] : [];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
