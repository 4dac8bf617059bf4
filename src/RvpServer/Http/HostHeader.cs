using Rvp.Protocol;

namespace RvpServer.Http;

/// <summary>
/// The Host of a request, as it came: ASP.NET's own reading turns <c>xn--</c> into Unicode, and throws where strangers write what is none. With an absolute
/// request target it is the target's. [RFC 9112, 3.2.2]
/// </summary>
/// <param name="Text">As written; empty if there is none (HTTP/1.0).</param>
internal readonly record struct HostHeader(string Text)
{
    /// <summary>True if the request names a host.</summary>
    public bool IsGiven => Text.Length > 0;

    /// <summary>True if it names a port.</summary>
    public bool HasPort => Text.LastIndexOf(':') > Text.LastIndexOf(']');

    /// <summary>The host, in ASCII and lower case and without brackets; null if it cannot be one.</summary>
    public string? Name => HostAndPort.TryParse(Text, out var place) ? place.Host.Trim('[', ']') : null;

    /// <summary>That of a request.</summary>
    public static HostHeader Of(HttpRequest request) => new(request.Headers.Host.ToString());
}
