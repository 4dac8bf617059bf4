using Rvp.Protocol;
using RvpServer.Http;

namespace RvpServer.Router;

/// <summary>302 to a node's home server: an absolute URL in the caller's own letters; clients take no other form. [client]</summary>
internal static class Referral
{
    private const string Reason = "Object moved";

    /// <summary>Answers with the physical URL of a node on a home server.</summary>
    /// <param name="context">The request; Kestrel has refused targets that could not stand in a header.</param>
    /// <param name="node">The node under its canonical domain.</param>
    /// <param name="homeServer">Where it is.</param>
    public static Task WriteAsync(HttpContext context, RvpUrl node, HostAndPort homeServer)
    {
        context.Response.Headers.Location = node.PhysicalOn(homeServer);
        return AnswerWriter.WriteAsync(context, StatusCodes.Status302Found, Reason);
    }
}
