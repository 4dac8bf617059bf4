using System.Net;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Network;

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

    /// <summary>True for a server that is believed to have its own name as principal: only the document shows for whom it speaks. [spec]</summary>
    public bool IsServer => Caller.Principal is { IsBareHost: true };

    /// <summary>True for a page of the web client: its session is its proof.</summary>
    public bool IsPage => Caller.Proof == Credentials.Internal;

    /// <summary>True for a stranger.</summary>
    public bool IsNobody => Caller.Principal is null;

    /// <summary>
    /// Against whose share the request counts: the principal's, if it is proven or our own directory names its home server; otherwise that of the domain that
    /// asserts it, and of the network from which it does.
    /// </summary>
    public Sharer SharerAt(IPAddress address) => Caller switch
    {
        { Principal: null } => SenderAddress.SharerAt(address),
        { IsProven: true, Principal: var proven } => new Sharer(proven),
        { Principal: var asserted } => Principal is { Location: NodeLocation.AtHome }
            ? new Sharer(asserted) : new Sharer(HostZone.Of(asserted.Host), SenderAddress.NetworkOf(address)),
    };

    /// <summary>True for a user, proven or not, whose home server is this virtual server.</summary>
    public bool IsAtHomeOn(VirtualServer server) => Principal is { Location: NodeLocation.Here here } && here.Server == server;
}
