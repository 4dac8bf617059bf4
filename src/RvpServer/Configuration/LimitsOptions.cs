using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>Limits on what strangers can make the server hold.</summary>
internal sealed record LimitsOptions
{
    /// <summary>Requests in progress at a time; one more gets 503.</summary>
    // The value of Exchange. [KB 318158]
    [Range(1, 1_000_000)]
    public int MaxOutstandingRequests { get; init; } = 1024;

    /// <summary>Largest body of a request.</summary>
    // An instant message has a few kB; 128 kB leaves room for long access lists.
    [Range(4096, 16_777_216)]
    public int MaxBodyBytes { get; init; } = 131_072;

    /// <summary>Largest set of header lines of a request.</summary>
    // Kerberos tickets of people in many groups reach 16 kB and more.
    [Range(4096, 1_048_576)]
    public int MaxHeaderBytes { get; init; } = 32_768;

    /// <summary>Connections at a time; further ones are closed.</summary>
    // Three for each of the 10,000 people that Exchange kept online per home server. [KB 318158]
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 30_000;

    /// <summary>How long the header lines of a request may take.</summary>
    // A modem needs a second; a client that sends them very slowly would hold a connection for nothing.
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may stay without a request.</summary>
    // Longer than common front proxies keep their connections, so that the proxy closes an idle one first.
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);
}
