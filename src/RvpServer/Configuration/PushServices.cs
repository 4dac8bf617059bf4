namespace RvpServer.Configuration;

/// <summary>Which URLs are those of push services: see <see cref="PushOptions.Services"/>.</summary>
internal sealed class PushServices(PushOptions options)
{
    private const string AnyBelow = "*.";

    /// <summary>Whether a text names a service.</summary>
    public static bool IsService(string text) =>
        OriginOf(text) is not null
        || Uri.CheckHostName(text.StartsWith(AnyBelow, StringComparison.Ordinal) ? text[AnyBelow.Length..] : text) == UriHostNameType.Dns;

    /// <summary>Whether a service is at this URL.</summary>
    public bool Contain(Uri url) => url is { IsAbsoluteUri: true, UserInfo: "", Fragment: "" } && options.Services.Any(service => Covers(service, url));

    private static bool Covers(string service, Uri url)
    {
        if (OriginOf(service) is { } origin) return Uri.Compare(origin, url, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.Ordinal) == 0;
        if (url.Scheme != Uri.UriSchemeHttps || !url.IsDefaultPort) return false;
        return service.StartsWith(AnyBelow, StringComparison.Ordinal)
            ? url.IdnHost.EndsWith(service[1..], StringComparison.OrdinalIgnoreCase)
            : url.IdnHost.Equals(service, StringComparison.OrdinalIgnoreCase);
    }

    private static Uri? OriginOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "", Fragment: "" } ? url : null;
}
