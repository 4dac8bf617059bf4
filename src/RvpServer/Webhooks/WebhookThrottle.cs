using System.Net;
using RvpServer.Collections;
using RvpServer.Network;

namespace RvpServer.Webhooks;

/// <summary>How often a hook is used, and how often somebody tries any: a program that has gone mad does not bury a person, and guessing is slow.</summary>
internal sealed class WebhookThrottle(TimeProvider clock)
{
    /// <summary>Messages of one hook at once.</summary>
    // A build with many jobs; then one in two seconds is more than anybody reads.
    public const int HookBurst = 60;

    /// <summary>Requests from one address at once, to whatever hook.</summary>
    // A machine may send for many people.
    public const int AddressBurst = 240;

    private const int MaxKeys = 20_000;

    private static readonly TimeSpan HookRefill = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AddressRefill = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly TokenBuckets<Guid> hooks = new(HookBurst, HookRefill, MaxKeys);
    private readonly TokenBuckets<IPAddress> addresses = new(AddressBurst, AddressRefill, MaxKeys);

    /// <summary>Takes a token of an address; else how long until there is one.</summary>
    public TimeSpan? WaitAt(IPAddress address) => Take(addresses, SenderAddress.Of(address));

    /// <summary>Takes a token of a hook; else how long until there is one.</summary>
    public TimeSpan? WaitOf(Webhook hook) => Take(hooks, hook.Id);

    private TimeSpan? Take<TKey>(TokenBuckets<TKey> buckets, TKey key)
        where TKey : notnull
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            return buckets.TryTake(key, now) ? null : buckets.WaitFor(key, now);
        }
    }
}
