using System.Collections.Concurrent;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Domains;
using RvpServer.Nodes;

namespace RvpServer.Delivery;

/// <summary>
/// Sends notifications: to a client's callback, to a watcher's node in this organisation, or to a watcher's server elsewhere. Everything that waits to be sent
/// is in lanes opened here, so all of it is counted, logged and drained in the same way.
/// </summary>
internal sealed partial class Outbox : IAsyncDisposable
{
    /// <summary>Lanes to clients' listeners.</summary>
    public const string Callbacks = "callback";

    /// <summary>Lanes to other servers.</summary>
    public const string Servers = "server";

    // Decision: one slow answer may come from a busy machine; after two in a row, with 10 s each, the client is gone or stuck.
    private static readonly LaneLimits CallbackLimits = new(MaxMessages: 1000, MaxBytes: 4 * 1024 * 1024, MaxUnanswered: 2);

    // Decision: a server that leaves three in a row unanswered is stuck; what is queued would be outdated before it is sent.
    private static readonly LaneLimits ServerLimits =
        new(MaxMessages: 1000, MaxBytes: 4 * 1024 * 1024, MaxUnanswered: 3) { MaxLanes = 10_000, MaxTotalBytes = 128 * 1024 * 1024 };

    private readonly ConcurrentStack<ILanes> all = new();
    private readonly Lanes<Uri> callbacks;
    private readonly RecentUris uris = new();
    private readonly Lanes<PeerLane> servers;
    private readonly Lazy<INodes> nodes;
    private readonly ImDomains domains;
    private readonly LaneParts parts;
    private readonly ILogger<Outbox> logger;

    /// <param name="callbackCarrier">Reaches clients.</param>
    /// <param name="peerCarrier">Reaches other servers.</param>
    /// <param name="nodes">Takes what is for nodes of this organisation; they send through this same outbox, so it is resolved late.</param>
    /// <param name="domains">Tells which nodes these are.</param>
    /// <param name="parts">What all lanes share.</param>
    /// <param name="logger">For notifications that are dropped and receivers that are given up.</param>
    public Outbox(
        CallbackCarrier callbackCarrier, PeerCarrier peerCarrier, Lazy<INodes> nodes, ImDomains domains, LaneParts parts, ILogger<Outbox> logger)
    {
        (this.nodes, this.domains, this.parts, this.logger) = (nodes, domains, parts, logger);
        callbacks = Open(Callbacks, callbackCarrier, CallbackLimits, CallbackComparer.Instance);
        // Whoever has a domain can name any number of servers in it.
        servers = Open(Servers, peerCarrier, ServerLimits, sharerOf: static lane => new Sharer(HostZone.Of(lane.Host.Host)));
        parts.Metrics.Watch(this);
    }

    /// <summary>Kinds of receivers.</summary>
    public IEnumerable<string> Kinds => all.Select(lanes => lanes.Name);

    /// <summary>Number of receivers of a kind with something waiting.</summary>
    public int CountWaiting(string kind) => all.Where(lanes => lanes.Name == kind).Sum(lanes => lanes.Count);

    /// <summary>Notifications that wait for each other server.</summary>
    public IReadOnlyDictionary<string, long> CountByHost() =>
        servers.Waiting.GroupBy(lane => lane.Receiver.Host.ToString()).ToDictionary(host => host.Key, host => host.Sum(lane => (long)lane.Count));

    /// <summary>Opens lanes for another kind of receiver; they are drained before those opened earlier, since they may add to them.</summary>
    public Lanes<TKey> Open<TKey>(
        string name, ICarrier<TKey> carrier, LaneLimits limits, IEqualityComparer<TKey>? comparer = null, Func<TKey, Sharer>? sharerOf = null)
        where TKey : notnull
    {
        var lanes = new Lanes<TKey>(name, carrier, limits, parts, logger, comparer, sharerOf);
        all.Push(lanes);
        return lanes;
    }

    /// <summary>
    /// Sends in order and returns immediately: one task per notification to a client's callback, on which an acknowledgement may depend. Never throws: an error
    /// affects only its own notification.
    /// </summary>
    public IReadOnlyList<Task<DeliveryResult>> Send(IReadOnlyList<Notification> notifications)
    {
        List<Task<DeliveryResult>>? deliveries = null;
        foreach (var notification in notifications)
        {
            try
            {
                if (notification.Callback is Callback.Direct direct) (deliveries ??= new(notifications.Count)).Add(SendToCallback(direct, notification));
                else if (notification.Callback is Callback.Logical { Node: var node } && domains.IsLocal(node.Host))
                {
                    nodes.Value.Receive(domains.Canonical(node), [notification]);
                }
                else SendToServer(notification, home: null);
            }
            catch (Exception bug)
            {
                var isDirect = notification.Callback is Callback.Direct;
                Lose(isDirect ? Callbacks : Servers, bug, notification.Node, notification);
                // An acknowledgement that depends on it must not be told as if it had not been wanted.
                if (isDirect) (deliveries ??= []).Add(Task.FromResult(new DeliveryResult(DeliveryOutcome.Unreachable)));
            }
        }
        return deliveries ?? (IReadOnlyList<Task<DeliveryResult>>)[];
    }

    /// <summary>Sends a notification to a client's listener; the task never faults.</summary>
    public Task<DeliveryResult> SendToCallback(Callback.Direct callback, Notification notification) => callbacks.Enqueue(uris.Of(callback), notification);

    /// <summary>Sends a property change to a watcher's node on another server; the task never faults.</summary>
    /// <param name="notification">What to send; its callback is the watcher's node.</param>
    /// <param name="home">The watcher's home server, if our own directory names it; null: the node's domain is asked.</param>
    public Task<DeliveryResult> SendToServer(Notification notification, HostAndPort? home) =>
        servers.Enqueue(PeerLane.Of(((Callback.Logical)notification.Callback).Node, home), notification);

    /// <summary>Counts and logs a notification that a mistake of this server kept from waiting in any lane.</summary>
    /// <param name="kind">Of its receiver.</param>
    /// <param name="bug">The mistake.</param>
    /// <param name="node">Whose notification it is.</param>
    /// <param name="lost">The notification.</param>
    public void Lose(string kind, Exception bug, RvpUrl node, Notification lost)
    {
        Log.NotSent(logger, bug, node);
        parts.Metrics.NotificationDone(kind, DeliveryOutcome.Unreachable);
        if (lost is { IsPropertyChange: true }) parts.Owed.Add(lost);
    }

    /// <summary>Waits until nothing is queued, or <paramref name="patience"/> is cancelled: for shutdown.</summary>
    public async Task DrainAsync(CancellationToken patience)
    {
        foreach (var lanes in all) await lanes.DrainAsync(patience);
    }

    /// <inheritdoc/>
    // All at once: an attempt may wait for what it has put into other lanes.
    public async ValueTask DisposeAsync() => await Task.WhenAll(all.Select(lanes => lanes.DisposeAsync().AsTask()));

    private static partial class Log
    {
        [LoggerMessage(EventName = "NotificationNotSent", Level = LogLevel.Error,
            Message = "A notification of or for {Node} could not be sent by a mistake of this server")]
        public static partial void NotSent(ILogger logger, Exception bug, RvpUrl node);
    }
}
