using System.Net;

namespace RvpServer.Dns;

/// <summary>The result of looking for a domain's servers.</summary>
internal enum ResolveStatus
{
    /// <summary>At least one endpoint has an address.</summary>
    Found,

    /// <summary>DNS answered that there is no server: no such name, no address, no usable target, or "not offered". Permanent.</summary>
    NoSuchDomain,

    /// <summary>DNS did not answer. Temporary.</summary>
    ResolverFailed,
}

/// <summary>A server to try.</summary>
/// <param name="Host">Its name, lower case without trailing dot; or an address as it was written.</param>
/// <param name="Port">Its port.</param>
/// <param name="Addresses">At least one: IPv4 first, each kind shuffled (several routers share one name [white paper]); never IPv4-mapped.</param>
internal sealed record ServerEndpoint(string Host, int Port, IReadOnlyList<IPAddress> Addresses);

/// <summary>What DNS says about a domain.</summary>
/// <param name="Endpoints">To be tried in this order; empty unless found.</param>
/// <param name="Status">The result.</param>
internal sealed record DomainEndpoints(IReadOnlyList<ServerEndpoint> Endpoints, ResolveStatus Status);
