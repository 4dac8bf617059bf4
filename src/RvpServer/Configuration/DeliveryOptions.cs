using System.ComponentModel.DataAnnotations;
using System.Net;

namespace RvpServer.Configuration;

/// <summary>How notifications reach callbacks, and which callbacks a client may name.</summary>
internal sealed record DeliveryOptions
{
    /// <summary>How often a callback is tried before it counts as dead.</summary>
    // The value of Exchange. [KB 318158]
    [Range(1, 20)]
    public int Attempts { get; init; } = 4;

    /// <summary>How long one attempt may take.</summary>
    // A client on a slow line answers in a second or two; a dead one should not block its queue for long.
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan CallbackTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Lowest port allowed in a client's callback.</summary>
    // Clients listen on ports from 1025 up; lower ports belong to services that clients must not be able to reach through this server. [white paper]
    [Range(1, 65535)]
    public int MinCallbackPort { get; init; } = 1025;

    /// <summary>Ranges that callbacks may point to, besides the address that the request came from.</summary>
    // None: every further address lets a client make this server connect to its neighbours.
    public IReadOnlyList<IPNetwork> CallbackAddresses { get; init; } = [];
}
