using System.ComponentModel.DataAnnotations;
using System.Net;

namespace RvpServer.Configuration;

/// <summary>Where names are resolved.</summary>
internal sealed record DnsOptions
{
    /// <summary>DNS servers to ask, as address or address:port; the first three are asked, in this order.</summary>
    // None: the system's own resolver configuration.
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [];

    /// <summary>How long one server may take for one question. Each is asked at most twice.</summary>
    // Resolvers answer within a second; a request waits in that time. A question ends after six times this; for an alias the time starts again.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);
}
