using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using RvpServer.Configuration;
using RvpServer.Network;

namespace RvpServer.Http;

/// <summary>Where Kestrel listens: for RVP at <c>Urls</c> or <c>Kestrel:Endpoints</c>, for administrators at <c>Rvp:Admin:Url</c>.</summary>
internal static class Listeners
{
    private static readonly object AdminMark = new();
    private static readonly object SocketMark = new();

    /// <param name="options">Where Kestrel is told.</param>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="settings">The same, validated.</param>
    /// <param name="adminSocket">The path of the socket for the command line; null: none.</param>
    public static void Apply(KestrelServerOptions options, IConfiguration configuration, RvpSettings settings, string? adminSocket = null)
    {
        var certificates = new Dictionary<CertificateFile, TlsCertificate>();
        // HTTP/2 has no reason phrases, and NTLM proves the identity of a connection, which HTTP/2 would share.
        options.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
        options.ConfigureHttpsDefaults(https => https.SslProtocols = TlsCertificate.Protocols);
        var kestrel = options.Configure(configuration.GetSection("Kestrel"));
        foreach (var endpoint in settings.HttpsEndpoints)
            if (endpoint is { Name: { } name, Certificate: { } file }) kestrel.Endpoint(name, listen => UseTls(listen.ListenOptions, file));
        foreach (var url in settings.Urls) Listen(options, url, CountBySender, Secure(url));
        if (adminSocket is not null) options.ListenUnixSocket(adminSocket, MarkAsSocket);
        if (settings.Admin.Url is { } admin && BindingAddress.Parse(admin.ToString()) is var adminUrl) Listen(options, adminUrl, MarkAsAdmin, Secure(adminUrl));
        // Those of the section Kestrel are made when the server starts. Administrators' connections have no share to use up.
        options.ConfigureEndpointDefaults(listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            CountBySender(listen);
        });

        Action<ListenOptions> Secure(BindingAddress url) => listen =>
        {
            if (url.Scheme == Uri.UriSchemeHttps) UseTls(listen, HttpsEndpoint.DefaultCertificate(configuration));
        };

        void UseTls(ListenOptions listen, CertificateFile? file)
        {
            if (file is null) listen.UseHttps();
            else listen.UseHttps(CertificateOf(file).Options);
        }

        TlsCertificate CertificateOf(CertificateFile file) =>
            certificates.TryGetValue(file, out var known)
                ? known
                : certificates[file] = ActivatorUtilities.CreateInstance<TlsCertificate>(options.ApplicationServices, file);
    }

    /// <summary>True for requests that came in at the Admin URL. Checked by connection, not by port: another address may have the same port.</summary>
    public static bool IsAdmin(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(AdminMark) == true;

    /// <summary>True for requests that came in at the socket of the command line.</summary>
    public static bool IsAdminSocket(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(SocketMark) == true;

    // Before TLS, so that handshakes count too.
    private static void CountBySender(ListenOptions listen)
    {
        var shares = listen.ApplicationServices.GetRequiredService<ConnectionShares>();
        listen.Use(next => connection =>
        {
            PlainAddresses.Apply(connection);
            return shares.ServeAsync(connection, next);
        });
    }

    private static void MarkAsAdmin(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Items[AdminMark] = true;
        return next(connection);
    });

    private static void MarkAsSocket(ListenOptions listen)
    {
        MarkAsAdmin(listen);
        listen.Use(next => connection =>
        {
            connection.Items[SocketMark] = true;
            return next(connection);
        });
    }

    private static void Listen(KestrelServerOptions options, BindingAddress url, Action<ListenOptions> mark, Action<ListenOptions> secure)
    {
        if (url.IsUnixPipe) options.ListenUnixSocket(url.UnixPipePath, Configure);
        else if (url.Host == "localhost") options.ListenLocalhost(url.Port, Configure);
        else if (IPAddress.TryParse(url.Host, out var address)) options.Listen(address, url.Port, Configure);
        // As in Kestrel's own Urls, any other name means every address.
        else options.ListenAnyIP(url.Port, Configure);

        void Configure(ListenOptions listen)
        {
            mark(listen);
            secure(listen);
        }
    }
}
