using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.Requests;

/// <summary>Who a request is from, as far as that was shown.</summary>
/// <param name="Caller">Whom it counts as from.</param>
/// <param name="Authentication">What came of its credentials.</param>
internal sealed record CallerIdentity(Caller Caller, AuthenticationResult Authentication)
{
    /// <summary>Of a request that nobody has looked at yet.</summary>
    public static readonly CallerIdentity Nobody = new(Caller.Nobody, new AuthenticationResult.NoCredentials());

    /// <summary>Why the request goes no further; null: it does.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>When it is worth another try, where it was refused for too many.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whom RVP-From-Principal names where nothing was proven, or whom the proof is of; null where there is neither.</summary>
    public NodeEntry? Principal { get; init; }

    /// <summary>True where a server signs with its own name: whose news it brings shows only in the document. [spec]</summary>
    public bool IsServer => Principal is { Url.IsBareHost: true };

    /// <summary>True for a stranger.</summary>
    public bool IsNobody => Caller.Principal is null && !IsServer;

    /// <summary>True for one of the people, proven or not, whose home this virtual server is.</summary>
    public bool IsAtHomeOn(VirtualServer server) => Principal is { Location: NodeLocation.Here here } && here.Server == server;
}
