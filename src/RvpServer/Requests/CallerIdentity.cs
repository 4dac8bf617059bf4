using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.Requests;

/// <summary>Who a request is from, as far as it was shown.</summary>
/// <param name="Caller">The caller that it counts as.</param>
/// <param name="Authentication">The result of checking its credentials.</param>
internal sealed record CallerIdentity(Caller Caller, AuthenticationResult Authentication)
{
    /// <summary>For a request that was not checked yet.</summary>
    public static readonly CallerIdentity Nobody = new(Caller.Nobody, new AuthenticationResult.NoCredentials());

    /// <summary>Why the request is refused; null: it is not.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>When trying again may help, if there were too many attempts.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The principal of the proof, or without a proof the one in RVP-From-Principal; null if there is neither.</summary>
    public NodeEntry? Principal { get; init; }

    /// <summary>The stamp of the password that the caller proved; 0: none.</summary>
    public long PasswordStamp => Authentication is AuthenticationResult.Proven proven ? proven.Stamp : 0;

    /// <summary>True for a server that uses its own name as principal: only the document shows for whom it speaks. [spec]</summary>
    public bool IsServer => Principal is { Url.IsBareHost: true };

    /// <summary>True for a stranger.</summary>
    public bool IsNobody => Caller.Principal is null && !IsServer;

    /// <summary>True for a user, proven or not, whose home server is this virtual server.</summary>
    public bool IsAtHomeOn(VirtualServer server) => Principal is { Location: NodeLocation.Here here } && here.Server == server;
}
