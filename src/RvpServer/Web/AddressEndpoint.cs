using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;

namespace RvpServer.Web;

/// <summary><c>GET address?of=KariHensien@adatum.com</c>: the logical URL of an IM address, which a browser cannot find itself, since it has no DNS.</summary>
internal sealed class AddressEndpoint(WebSessions sessions, AddressLookup lookup)
{
    public async Task HandleAsync(HttpContext context, VirtualServer server)
    {
        var stop = context.RequestAborted;
        var result = await sessions.AuthenticateAsync(context, server, stop);
        if (result is not AuthenticationResult.Proven)
        {
            await SessionEndpoint.RefuseAsync(context, result);
            return;
        }
        if (!ImAddress.TryParse(context.Request.Query["of"], out var address)) throw new RvpException("An address looks like JoBrown@adatum.com.");
        var url = await lookup.FindAsync(address, stop);
        await SessionEndpoint.WriteAsync(context, StatusCodes.Status200OK, new { address = address.ToString(), url = url.ToString() });
    }
}
