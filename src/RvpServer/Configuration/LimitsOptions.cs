using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>Limits on what strangers can make the server hold.</summary>
internal sealed record LimitsOptions
{
    /// <summary>Requests in progress at a time; one more gets 503.</summary>
    // The value of Exchange. [KB 318158]
    [Range(1, 1_000_000)]
    public int MaxOutstandingRequests { get; init; } = 1024;

    /// <summary>
    /// Requests in progress of one sender: a proven principal, a domain of others, or an address; two such shares for a network. Never more than what is free.
    /// </summary>
    // A quarter. A person has a handful; another organisation's server keeps up to 64 connections to this one.
    [Range(1, 1_000_000)]
    public int MaxRequestsPerSender { get; init; } = 256;

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

    /// <summary>
    /// Connections from one address on which nobody has proven who they are; two such shares for a network. Never more than what is free: one more closes the
    /// oldest.
    /// </summary>
    // Half. Ten thousand clients behind one address may all connect before the first of them signs in.
    [Range(1, 1_000_000)]
    public int MaxConnectionsPerSender { get; init; } = 15_000;

    /// <summary>How slowly a body may arrive, in bytes a second after the first five seconds.</summary>
    // Half of what the slowest modem manages; who sends less holds a place for nothing.
    [Range(1, 1_048_576)]
    public int MinBodyRate { get; init; } = 2048;

    /// <summary>How long a whole body may take.</summary>
    // The largest one over a modem.
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Refusals a second for strangers at one address; further ones are delayed. Four times as many for a network.</summary>
    // Old clients send every request without a proof first; each proof that follows gives one back, so this counts only those who never prove anything.
    [Range(1, 1_000_000)]
    public int RefusalsPerSecond { get; init; } = 100;

    /// <summary>How many of them may come at once.</summary>
    // An office whose people all sign in at nine.
    [Range(1, 10_000_000)]
    public int RefusalBurst { get; init; } = 1000;

    /// <summary>Domains that DNS may be asked for at a time because one address asserts them; one more is not believed.</summary>
    // A server speaks for one domain or, at a provider, for some hundred, whose answers are cached.
    [Range(1, 100_000)]
    public int MaxLookupsPerSender { get; init; } = 64;

    /// <summary>How long the header lines of a request may take.</summary>
    // A modem needs a second; a client that sends them very slowly would hold a connection for nothing.
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may stay without a request.</summary>
    // Longer than common front proxies keep their connections, so that the proxy closes an idle one first.
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);
}
