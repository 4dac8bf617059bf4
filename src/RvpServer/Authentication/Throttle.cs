using System.Net;
using RvpServer.Collections;

namespace RvpServer.Authentication;

/// <summary>
/// Makes guessing passwords slow: failures are counted per account name and per address, and a caller with too many must wait. At an address where an account
/// has signed in before, only the failures of that account at that address count, so nobody else can lock its owner out. Unknown names are counted like others:
/// a difference would show which accounts exist. Everything is bounded and in memory.
/// </summary>
internal sealed class Throttle(TimeProvider clock)
{
    // Ten failures without waiting, then 120 an hour: far too slow for guessing, and a saved wrong password costs its owner half a minute at most.
    private const int AccountBurst = 10;

    // More, because a whole office may share one address.
    private const int AddressBurst = 50;
    private const int MaxKeys = 20_000;
    private const int MaxKnown = 100_000;
    private static readonly TimeSpan AccountRefill = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AddressRefill = TimeSpan.FromSeconds(5);

    // A quarter of a second is hardly noticed after a typing error; it doubles three times, to two seconds.
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(250);
    private const int MaxDoublings = 3;

    private readonly Lock gate = new();
    private readonly TokenBuckets<(string Domain, string Name)> accounts = new(AccountBurst, AccountRefill, MaxKeys);
    private readonly TokenBuckets<IPAddress> addresses = new(AddressBurst, AddressRefill, MaxKeys);
    private readonly TokenBuckets<Claim> known = new(AccountBurst, AccountRefill, MaxKeys);
    private readonly LruMap<Claim, bool> succeeded = new(MaxKnown);

    /// <summary>How long this claim must wait before its password is checked; zero: no wait.</summary>
    public TimeSpan WaitFor(Claim claim)
    {
        var now = clock.GetUtcNow();
        lock (gate)
        {
            if (IsKnown(claim)) return known.WaitFor(claim, now);
            var account = accounts.WaitFor((claim.Domain, claim.Name), now);
            var address = addresses.WaitFor(claim.Address, now);
            return account > address ? account : address;
        }
    }

    /// <summary>Counts a wrong password and returns how long its 401 is delayed: twice as long each time.</summary>
    public TimeSpan CountFailure(Claim claim)
    {
        var now = clock.GetUtcNow();
        int failures;
        lock (gate)
        {
            failures = IsKnown(claim)
                ? known.Take(claim, now)
                : Math.Max(accounts.Take((claim.Domain, claim.Name), now), addresses.Take(claim.Address, now));
        }
        return ShortestDelay * (1 << Math.Min(failures - 1, MaxDoublings));
    }

    /// <summary>
    /// Remembers that the account signs in from here. Does not clear the counts of others: an attacker with an account must not be able to do that.
    /// </summary>
    public void CountSuccess(Claim claim)
    {
        lock (gate)
        {
            succeeded.Set(claim, true);
            known.Refill(claim);
        }
    }

    private bool IsKnown(Claim claim) => succeeded.TryGet(claim, out _);
}
