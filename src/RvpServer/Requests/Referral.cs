using Rvp.Protocol;
using RvpServer.Http;

namespace RvpServer.Requests;

/// <summary>302 to a node's home server: an absolute URL in the caller's own letters; clients accept no other form. [client]</summary>
internal static class Referral
{
    private const string Reason = "Object moved";

    /// <summary>Answers with the physical URL of the node on a home server. Kestrel has already refused targets that are not allowed in a header.</summary>
    public static Task WriteAsync(RvpContext context, HostAndPort homeServer)
    {
        context.Http.Response.Headers.Location = context.Node.Url.PhysicalOn(homeServer);
        return AnswerWriter.WriteAsync(context.Http, StatusCodes.Status302Found, Reason);
    }
}
