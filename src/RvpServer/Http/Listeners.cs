using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>Where Kestrel listens: for RVP at <c>Urls</c> or <c>Kestrel:Endpoints</c>, for administrators at <c>Rvp:Admin:Url</c>.</summary>
internal static class Listeners
{
    private static readonly object AdminMark = new();

    public static void Apply(KestrelServerOptions options, IConfiguration configuration, RvpSettings settings)
    {
        // HTTP/2 has no reason phrases, and NTLM proves the identity of a connection, which HTTP/2 would share.
        options.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
        options.Configure(configuration.GetSection("Kestrel"));
        foreach (var url in settings.Urls) Listen(options, url, CountBySender);
        if (settings.Admin.Url is { } admin) Listen(options, BindingAddress.Parse(admin.ToString()), MarkAsAdmin);
        // Those of the section Kestrel are made when the server starts. Administrators' connections have no share to use up.
        options.ConfigureEndpointDefaults(listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            CountBySender(listen);
        });
    }

    /// <summary>True for requests that came in at the Admin URL. Checked by connection, not by port: another address may have the same port.</summary>
    public static bool IsAdmin(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(AdminMark) == true;

    // Before TLS, so that handshakes count too.
    private static void CountBySender(ListenOptions listen)
    {
        var shares = listen.ApplicationServices.GetRequiredService<ConnectionShares>();
        listen.Use(next => connection => shares.ServeAsync(connection, next));
    }

    private static void MarkAsAdmin(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Items[AdminMark] = true;
        return next(connection);
    });

    private static void Listen(KestrelServerOptions options, BindingAddress url, Action<ListenOptions> configure)
    {
        if (url.IsUnixPipe) options.ListenUnixSocket(url.UnixPipePath, Configure);
        else if (url.Host == "localhost") options.ListenLocalhost(url.Port, Configure);
        else if (IPAddress.TryParse(url.Host, out var address)) options.Listen(address, url.Port, Configure);
        // As in Kestrel's own Urls, any other name means every address.
        else options.ListenAnyIP(url.Port, Configure);

        void Configure(ListenOptions listen)
        {
            configure(listen);
            if (url.Scheme == Uri.UriSchemeHttps) listen.UseHttps();
        }
    }
}
