using System.ComponentModel.DataAnnotations;
using Rvp.Engine;

namespace RvpServer.Configuration;

/// <summary>What a blocked watcher or sender sees.</summary>
internal enum Blocking
{
    /// <summary>The watcher always sees offline, the sender gets "not available".</summary>
    Polite,

    /// <summary>403.</summary>
    Forbid,
}

/// <summary>How long presence lasts, and who sees what.</summary>
internal sealed record PresenceOptions
{
    /// <summary>Lease of a state that names no timeout.</summary>
    // Exchange's standard, 1200 s. [white paper]
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan StateLease { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Longest lease of a subscription, also the default for one that names none.</summary>
    // Exchange's standard, 14400 s. The minimum is 1800 s: with less, one client renews every second. [client]
    [Range(typeof(TimeSpan), "00:30:00", "7.00:00:00")]
    public TimeSpan SubscriptionLifetime { get; init; } = TimeSpan.FromHours(4);

    /// <summary>What others may do with an account whose owner has not written an access entry for everyone.</summary>
    // Everyone: Exchange's. [spec, ACL]
    public NewAccountAccess NewAccountAccess { get; init; } = NewAccountAccess.Everyone;

    // Decision: being blocked should not show.
    public Blocking Blocking { get; init; } = Blocking.Polite;
}
