using System.Globalization;
using System.Net;
using Microsoft.Net.Http.Headers;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Http;
using RvpServer.Network;
using Yarp.ReverseProxy.Forwarder;

namespace RvpServer.Requests;

/// <summary>What is removed from and added to a request to a home server, and its answer.</summary>
internal sealed class HomeTransformer(Uri target, string pseudonym, int maxAnswerBytes, Seat? seat, OrganisationProof? proof) : HttpTransformer
{
    private static readonly string[] Ours = [ForwardedRequest.ProtoHeader, ForwardedRequest.HostHeaderName, OrganisationProof.Header];

    public override async ValueTask TransformRequestAsync(
        HttpContext context, HttpRequestMessage request, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(context, request, destinationPrefix, cancellationToken);
        request.RequestUri = target;
        request.Headers.Host = null;
        var headers = request.Headers;
        Tell(context, request);
        headers.TryAddWithoutValidation(HeaderNames.Via, "1.1 " + pseudonym);
        if (HomeProxy.HopsOf(context.Request) is > 0 and var hops)
        {
            headers.Remove(RvpHeaders.HopCount);
            headers.TryAddWithoutValidation(RvpHeaders.HopCount, (hops + 1).ToString(CultureInfo.InvariantCulture));
        }
        // It proves the identity of a connection, and this one is shared. Without it the home server offers Digest. [white paper]
        if (IsBoundToConnection(context.Request.Headers.Authorization.ToString())) headers.Remove(HeaderNames.Authorization);
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext context, HttpResponseMessage? response, CancellationToken cancellationToken)
    {
        // Nothing waits for the home server any more, but the caller may still have to wait.
        seat?.Dispose();
        // Old clients cannot read chunks, so the length of the answer must be known. [client] Our own servers always send it.
        if (response is { Content.Headers.ContentLength: null }) await response.Content.LoadIntoBufferAsync(maxAnswerBytes, cancellationToken);
        if (!await base.TransformResponseAsync(context, response, cancellationToken)) return false;
        var challenges = context.Response.Headers.WWWAuthenticate;
        if (challenges.Any(IsBoundToConnection))
        {
            context.Response.Headers.WWWAuthenticate = challenges.Where(challenge => !IsBoundToConnection(challenge)).ToArray();
        }
        if (response is not null) context.Response.ContentLength ??= response.Content.Headers.ContentLength;
        return true;
    }

    // A client's own word about scheme and host is not passed on; its word about addresses is, and shows that it is not alone.
    private void Tell(HttpContext context, HttpRequestMessage request)
    {
        var headers = request.Headers;
        var source = PlainAddresses.Of(context.Connection.RemoteIpAddress ?? IPAddress.None);
        var forwarded = new ForwardedRequest(source.ToString(), context.Request.Scheme, FrontProxies.OriginalHost(context).Text);
        foreach (var name in Ours) headers.Remove(name);
        headers.TryAddWithoutValidation(ForwardedRequest.ForHeader, forwarded.For);
        headers.TryAddWithoutValidation(ForwardedRequest.ProtoHeader, forwarded.Proto);
        headers.TryAddWithoutValidation(ForwardedRequest.HostHeaderName, forwarded.Host);
        if (proof is null) return;
        var host = new HostAndPort(target.IdnHost, target.Port).ToString();
        headers.TryAddWithoutValidation(OrganisationProof.Header, proof.Of(request.Method.Method, host, target.PathAndQuery, forwarded.Said));
    }

    private static bool IsBoundToConnection(string? value) => Begins(value, "NTLM") || Begins(value, "Negotiate");

    private static bool Begins(string? value, string scheme) =>
        value is not null && value.AsSpan().TrimStart().StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
}
