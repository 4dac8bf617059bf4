using System.Net;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Http;
using RvpServer.Network;

namespace RvpServer.Requests;

/// <summary>One request on its path: each stage adds its results.</summary>
/// <param name="http">The HTTP request.</param>
/// <param name="verb">Its row in the verb table.</param>
/// <param name="server">The virtual server that was asked.</param>
/// <param name="target">The node as the caller wrote it.</param>
/// <param name="node">The same node, according to the domains and the directory.</param>
internal sealed class RvpContext(HttpContext http, Verb verb, VirtualServer server, RvpUrl target, NodeEntry node)
{
    /// <summary>The HTTP request, and the response to write.</summary>
    public HttpContext Http { get; } = http;

    /// <summary>Its row in the verb table.</summary>
    public Verb Verb { get; } = verb;

    /// <summary>The virtual server that serves it: the one that was asked, or the home server in this process that a router hands it to.</summary>
    public VirtualServer Server { get; set; } = server;

    /// <summary>The node as the caller wrote it: answers use these letters.</summary>
    public RvpUrl Target { get; } = target;

    /// <summary>The node under its canonical URL, its account, and its location. Looked up once.</summary>
    public NodeEntry Node { get; } = node;

    /// <summary>The principal that RVP-From-Principal names, where a stage has looked it up already.</summary>
    public NodeEntry? Claimed { get; set; }

    /// <summary>
    /// The virtual server in whose realm the caller proves itself: the one that serves the request, or the home server of a person of another domain of this
    /// process. (identify)
    /// </summary>
    public VirtualServer Realm
    {
        get => field ?? Server;
        set;
    }

    /// <summary>How the request is served. (find)</summary>
    public Way Way { get; set; } = Way.Nowhere.Instance;

    /// <summary>Who asks. (identify)</summary>
    public CallerIdentity Caller { get; set; } = CallerIdentity.Nobody;

    /// <summary>True for a request of the web client: to a router from the first stage on, else when it is known who asks. (identify)</summary>
    public bool IsWebClient { get; set; }

    /// <summary>Against whose share it counts: the address's, until it is known who asks. (identify)</summary>
    public Sharer Sharer
    {
        get => field.Key is null ? field = SenderAddress.SharerAt(Address) : field;
        set;
    }

    /// <summary>Its place among the requests in progress, if it needs one.</summary>
    public RequestPlaces.Place? Place { get; set; }

    /// <summary>The body, if the verb has one. (read)</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>The request as a value. (read)</summary>
    public Request? Request { get; set; }

    /// <summary>The address that the request came from.</summary>
    public IPAddress Address { get; } = PlainAddresses.Of(http.Connection.RemoteIpAddress ?? IPAddress.None);

    /// <summary>What it brought is with its receiver, whose queue is bounded: from now on it only waits.</summary>
    public void HasGivenAway()
    {
        (Request, Body) = (null, default);
        Place?.Leave();
    }

    /// <summary>Ends the request.</summary>
    public CancellationToken Stop => Http.RequestAborted;
}
