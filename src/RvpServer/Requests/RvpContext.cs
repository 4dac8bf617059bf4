using System.Net;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Network;

namespace RvpServer.Requests;

/// <summary>One request on its way: each stage adds what it finds out.</summary>
/// <param name="http">The request as it came.</param>
/// <param name="verb">Its row in the verb table.</param>
/// <param name="server">The virtual server that was asked.</param>
/// <param name="target">The node as the caller wrote it.</param>
/// <param name="node">The same as domains and directory know it.</param>
internal sealed class RvpContext(HttpContext http, Verb verb, VirtualServer server, RvpUrl target, NodeEntry node)
{
    /// <summary>The request as it came, and where the answer goes.</summary>
    public HttpContext Http { get; } = http;

    /// <summary>Its row in the verb table.</summary>
    public Verb Verb { get; } = verb;

    /// <summary>The virtual server that serves it: the one that was asked, or the home server in this process that a router hands it to.</summary>
    public VirtualServer Server { get; set; } = server;

    /// <summary>The node as the caller wrote it: answers are in these letters.</summary>
    public RvpUrl Target { get; } = target;

    /// <summary>The node under its canonical URL, its account, and where it is. Looked up once.</summary>
    public NodeEntry Node { get; } = node;

    /// <summary>The principal that RVP-From-Principal names, where a stage has looked it up already.</summary>
    public NodeEntry? Claimed { get; set; }

    /// <summary>How the request is served. (find)</summary>
    public Way Way { get; set; } = Way.Nowhere.Instance;

    /// <summary>Who asks. (identify)</summary>
    public CallerIdentity Caller { get; set; } = CallerIdentity.Nobody;

    /// <summary>The body, as far as the verb has one. (read)</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>What is asked, as a value. (read)</summary>
    public Request? Request { get; set; }

    /// <summary>The address that the request came from.</summary>
    public IPAddress Address => PlainAddresses.Of(Http.Connection.RemoteIpAddress ?? IPAddress.None);

    /// <summary>Ends the request.</summary>
    public CancellationToken Stop => Http.RequestAborted;
}
