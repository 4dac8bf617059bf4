using System.Text;
using Rvp.Protocol;
using RvpServer.Http;

namespace RvpServer.Router;

/// <summary>302 to a node's home server: an absolute URL in the caller's own letters; clients take no other form. [client]</summary>
internal static class Referral
{
    private const string Reason = "Object moved";

    /// <summary>Answers with the physical URL of a node on a home server.</summary>
    /// <param name="context">The request.</param>
    /// <param name="node">The node under its canonical domain.</param>
    /// <param name="homeServer">host[:port].</param>
    public static Task WriteAsync(HttpContext context, RvpUrl node, string homeServer)
    {
        context.Response.Headers.Location = PhysicalUrl(node, homeServer);
        return AnswerWriter.WriteAsync(context, StatusCodes.Status302Found, Reason);
    }

    /// <summary>The physical URL, escaped where what was written cannot stand in a header.</summary>
    public static string PhysicalUrl(RvpUrl node, string homeServer)
    {
        var url = node.PhysicalOn(homeServer);
        if (Ascii.IsValid(url)) return url;
        return RvpUrl.TryParse(node.ToString(), out var escaped) ? escaped.PhysicalOn(homeServer) : url;
    }
}
