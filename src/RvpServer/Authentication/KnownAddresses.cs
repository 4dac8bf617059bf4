using System.Net;
using RvpServer.Collections;

namespace RvpServer.Authentication;

/// <summary>Where accounts have signed in from: the guesses of others do not count there. Bounded; <see cref="KnownAddressesLoop"/> stores it.</summary>
internal sealed class KnownAddresses
{
    /// <summary>Addresses of one account; the one not used for longest makes room.</summary>
    public const int MaxPerAccount = 16;

    private const int MaxAccounts = 50_000;

    // What does not fit is stored at the next sign-in.
    private const int MaxUnstored = 10_000;

    // Often enough to know which are in use.
    private static readonly TimeSpan WorthStoring = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private readonly LruMap<string, KnownAddress[]> known = new(MaxAccounts);
    private readonly LruMap<IPAddress, bool> anyones = new(MaxAccounts);
    private List<(string Account, KnownAddress Address)> unstored = [];

    /// <summary>Whether the account has signed in from there.</summary>
    public bool Contains(string account, IPAddress address)
    {
        lock (gate) return known.TryGet(account, out var places) && Array.Exists(places, place => place.Address.Equals(address));
    }

    /// <summary>Those of an account, the newest first.</summary>
    public IReadOnlyList<KnownAddress> Of(string account)
    {
        lock (gate) return known.TryGet(account, out var places) ? places : [];
    }

    /// <summary>Whether any account has signed in from there.</summary>
    public bool IsAnyones(IPAddress address)
    {
        lock (gate) return anyones.TryGet(address, out _);
    }

    /// <summary>The account has signed in from there.</summary>
    public void Add(string account, IPAddress address, DateTimeOffset now)
    {
        lock (gate)
        {
            var places = known.TryGet(account, out var before) ? before : [];
            if (places is [var newest, ..] && newest.Address.Equals(address) && now - newest.SeenAt < WorthStoring) return;
            var index = Array.FindIndex(places, other => other.Address.Equals(address));
            var isStored = index >= 0 && now - places[index].SeenAt < WorthStoring;
            var place = isStored ? places[index] : new KnownAddress(address, now);
            anyones.Set(address, true);
            known.Set(account, [place, .. places.Where(other => !other.Address.Equals(address)).Take(MaxPerAccount - 1)]);
            if (!isStored && unstored.Count < MaxUnstored) unstored.Add((account, place));
        }
    }

    /// <summary>What was stored; call it with the oldest first.</summary>
    public void Restore(string account, IPAddress address, DateTimeOffset seenAt)
    {
        lock (gate)
        {
            var places = known.TryGet(account, out var before) ? before : [];
            anyones.Set(address, true);
            known.Set(account, [new KnownAddress(address, seenAt), .. places.Take(MaxPerAccount - 1)]);
        }
    }

    /// <summary>What is new since the last time.</summary>
    public IReadOnlyList<(string Account, KnownAddress Address)> TakeUnstored()
    {
        lock (gate)
        {
            if (unstored.Count == 0) return [];
            var taken = unstored;
            unstored = [];
            return taken;
        }
    }
}

/// <summary>An address that an account has signed in from.</summary>
/// <param name="Address">The address.</param>
/// <param name="SeenAt">When, to the day.</param>
internal readonly record struct KnownAddress(IPAddress Address, DateTimeOffset SeenAt)
{
    private readonly long seenAt = SeenAt.UtcTicks;

    /// <summary>When, to the day.</summary>
    public DateTimeOffset SeenAt => new(seenAt, TimeSpan.Zero);
}
