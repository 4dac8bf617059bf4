namespace RvpServer.Configuration;

/// <summary>An https URL where this server listens.</summary>
/// <param name="Name">Its name in <c>Kestrel:Endpoints</c>; null: it is one of <c>Urls</c>.</param>
/// <param name="Port">Its port.</param>
/// <param name="Certificate">The file of its certificate; null: Kestrel finds it elsewhere, for example in the store of Windows or by server name.</param>
internal sealed record HttpsEndpoint(string? Name, int Port, CertificateFile? Certificate)
{
    // With one of these Kestrel chooses by connection, which it must do itself.
    private static readonly string[] KestrelsOwn = ["Sni", "ClientCertificateMode"];

    /// <summary>The endpoints of <c>Urls</c> or <c>Kestrel:Endpoints</c>.</summary>
    public static IReadOnlyList<HttpsEndpoint> Read(IConfiguration configuration, IReadOnlyList<BindingAddress> urls)
    {
        var byDefault = DefaultCertificate(configuration);
        return
        [
            .. urls.Where(url => url.Scheme == Uri.UriSchemeHttps).Select(url => new HttpsEndpoint(null, url.Port, byDefault)),
            .. configuration.GetSection("Kestrel:Endpoints").GetChildren().Where(IsHttps).Select(endpoint => new HttpsEndpoint(
                endpoint.Key, BindingAddress.Parse(endpoint["Url"]!).Port,
                KestrelsOwn.Any(key => endpoint.GetSection(key).Exists()) ? null
                : endpoint.GetSection("Certificate").Exists() ? CertificateFile.Of(endpoint.GetSection("Certificate"))
                : byDefault)),
        ];
    }

    /// <summary>The file of the certificate that counts where none is named; null if there is none.</summary>
    public static CertificateFile? DefaultCertificate(IConfiguration configuration) =>
        CertificateFile.Of(configuration.GetSection("Kestrel:Certificates:Default"));

    private static bool IsHttps(IConfigurationSection endpoint) => endpoint["Url"]?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;
}
