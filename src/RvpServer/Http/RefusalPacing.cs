using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>
/// Slows down strangers who are refused again and again: each address has a bucket of refusals, each network a larger one; who has used up either gets the
/// answers later, as they refill. The first refusals on a connection have buckets of their own, ten times as large: old clients open a connection for every
/// request and ask first without a proof [client: pidgin-librvp], and must not wait behind a neighbour who goes on asking. A proof gives refusals back. Answers
/// that refuse nothing are never delayed, nor are those to people who have proven who they are, or to servers that are believed.
/// </summary>
internal sealed class RefusalPacing(LimitsOptions limits, AbuseLog abuse, TimeProvider clock)
{
    /// <summary>The longest delay: old clients give up after 30 s. [client: pidgin-librvp]</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    /// <summary>An address has at most this share of its network.</summary>
    private const int NetworkFactor = 4;

    /// <summary>NTLM takes two refusals for a proof.</summary>
    private const int FirstOnes = 2;

    private const int FirstFactor = 10;

    private const int MaxKeys = 20_000;

    private static readonly object RefusedMark = new();

    private readonly Lock gate = new();
    private readonly Senders first = new(FirstFactor * (long)limits.RefusalsPerSecond, FirstFactor * (long)limits.RefusalBurst);
    private readonly Senders further = new(limits.RefusalsPerSecond, limits.RefusalBurst);
    private Func<object, Task>? atStart;

    /// <summary>Delays the answer to this request if it refuses a stranger who was refused too often. To be called before anything answers.</summary>
    public void Watch(HttpContext context) => context.Response.OnStarting(atStart ??= BeforeAnswerAsync, context);

    /// <summary>The request is from another server that is believed.</summary>
    public static void Believe(HttpContext context) => RequestMarks.Of(context).IsBelieved = true;

    /// <summary>Somebody at this address has proven who he is.</summary>
    public void GiveBack(IPAddress address)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            first.GiveBack(address, FirstOnes, now);
            further.GiveBack(address, FirstOnes, now);
        }
    }

    private Task BeforeAnswerAsync(object state)
    {
        var context = (HttpContext)state;
        var isFree = context.Response.StatusCode < StatusCodes.Status400BadRequest
            || RequestMarks.Find(context) is { ProvenName: not null } or { IsBelieved: true } or { IsRouted: true };
        return isFree ? Task.CompletedTask : DelayAsync(context);
    }

    private async Task DelayAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        TimeSpan delay;
        lock (gate) delay = (IsAmongTheFirst(context) ? first : further).Take(address, clock.GetUtcNow());
        if (delay == TimeSpan.Zero) return;
        abuse.Refused(AbuseKind.Refusals, address);
        context.Features.Get<Seat>()?.Dispose();
        if (delay == LongestDelay) context.Response.Headers.Connection = "close";
        await Task.Delay(delay, clock, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Of this connection; a proxy's is everybody's.
    private static bool IsAmongTheFirst(HttpContext context)
    {
        if (FrontProxies.CameThroughProxy(context) || context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items) return false;
        var before = items.TryGetValue(RefusedMark, out var count) ? (int)count! : 0;
        if (before == FirstOnes) return false;
        items[RefusedMark] = before + 1;
        return true;
    }

    /// <summary>The buckets of addresses and of their networks.</summary>
    private sealed class Senders(long perSecond, long burst)
    {
        private readonly TokenBuckets<IPAddress> addresses = Buckets(perSecond, burst);
        private readonly TokenBuckets<IPAddress> networks = Buckets(NetworkFactor * perSecond, NetworkFactor * burst);

        /// <summary>Takes a refusal and gives the time until it may be told.</summary>
        public TimeSpan Take(IPAddress address, DateTimeOffset now)
        {
            var (sender, network) = (SenderAddress.Of(address), SenderAddress.NetworkOf(address));
            var wait = addresses.WaitFor(sender, now);
            var others = networks.WaitFor(network, now);
            if (others > wait) wait = others;
            if (wait >= LongestDelay) return LongestDelay;
            addresses.Borrow(sender, now);
            networks.Borrow(network, now);
            return wait;
        }

        public void GiveBack(IPAddress address, int count, DateTimeOffset now)
        {
            if (networks.IsEmpty) return;
            var (sender, network) = (SenderAddress.Of(address), SenderAddress.NetworkOf(address));
            for (var i = 0; i < count; i++)
            {
                addresses.GiveBack(sender, now);
                networks.GiveBack(network, now);
            }
        }

        private static TokenBuckets<IPAddress> Buckets(long perSecond, long burst) =>
            new(burst, TimeSpan.FromTicks(TimeSpan.TicksPerSecond / perSecond), MaxKeys);
    }
}
