using System.Net;

namespace RvpServer.Http;

/// <summary>What a router says of a request that it passes on, in headers that proxies use everywhere.</summary>
/// <param name="For">The address that it came from.</param>
/// <param name="Proto">http or https.</param>
/// <param name="Host">The Host that the client wrote.</param>
internal readonly record struct ForwardedRequest(string For, string Proto, string Host)
{
    /// <summary>The address, or several: each proxy adds one.</summary>
    public const string ForHeader = "X-Forwarded-For";

    /// <summary>The scheme.</summary>
    public const string ProtoHeader = "X-Forwarded-Proto";

    /// <summary>The host.</summary>
    public const string HostHeaderName = "X-Forwarded-Host";

    /// <summary>What a proof is made for.</summary>
    public string Said => $"{For}\n{Proto}\n{Host}";

    /// <summary>What the last of the proxies says.</summary>
    public static ForwardedRequest Of(IHeaderDictionary headers)
    {
        var addresses = headers[ForHeader].ToString();
        return new(addresses[(addresses.LastIndexOf(',') + 1)..].Trim(), headers[ProtoHeader].ToString(), headers[HostHeaderName].ToString());
    }

    /// <summary>Takes the last proxy's word: the request is the client's own from now on. False if there is no address in it.</summary>
    public bool Apply(HttpContext context)
    {
        if (!IPAddress.TryParse(For, out var address)) return false;
        context.Connection.RemoteIpAddress = address;
        context.Connection.RemotePort = 0;
        if (Proto is "http" or "https") context.Request.Scheme = Proto;
        // What others have written before stays, and shows that they did.
        var headers = context.Request.Headers;
        var addresses = headers[ForHeader].ToString();
        var comma = addresses.LastIndexOf(',');
        if (comma < 0) headers.Remove(ForHeader);
        else headers[ForHeader] = addresses[..comma];
        return true;
    }
}
