using System.Security.Cryptography.X509Certificates;
using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.AdminConsole.Pages;

/// <summary>The certificates of the https listeners, and how long they are good.</summary>
internal sealed class CertificatesModel(RvpSettings settings, IConfiguration configuration, WallClock wall) : ConsolePage
{
    // Enough to renew one by hand.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    /// <summary>A certificate in its file.</summary>
    /// <param name="Port">Where it is used.</param>
    /// <param name="File">Its file.</param>
    /// <param name="Names">Whom it is for.</param>
    /// <param name="Issuer">Who says so.</param>
    /// <param name="Ends">Its end; null: it cannot be read.</param>
    /// <param name="State">For the sign beside the note.</param>
    /// <param name="Note">What is to be done.</param>
    internal sealed record Certificate(int Port, string File, string Names, string Issuer, DateTimeOffset? Ends, string State, string Note);

    public IReadOnlyList<Certificate> Certificates { get; private set; } = [];

    public void OnGet()
    {
        Who.Require(AdminRole.ViewOnly, domain: null);
        Certificates = [.. settings.HttpsEndpoints.Select(Read)];
    }

    private Certificate Read(HttpsEndpoint endpoint)
    {
        if ((endpoint.Certificate ?? HttpsEndpoint.DefaultCertificate(configuration)) is not { } file)
            return new Certificate(endpoint.Port, "the development certificate", "localhost", "", null, "", "for development alone");
        try
        {
            var found = file.Load().TargetCertificate;
            var names = found.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames()).ToList();
            var left = new DateTimeOffset(found.NotAfter) - wall.Now;
            var (state, note) = left < TimeSpan.Zero ? ("disabled", "over: clients refuse it")
                : left < Soon ? ("disabled", "renew it now") : ("online", "good");
            return new Certificate(
                endpoint.Port, file.Path, names.Count > 0 ? string.Join(", ", names) : found.Subject, found.Issuer, found.NotAfter, state, note);
        }
        catch (Exception failure) when (CertificateFile.IsFailure(failure))
        {
            return new Certificate(endpoint.Port, file.Path, "", "", null, "disabled", failure.Message);
        }
    }
}
