using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RvpServer.Interop.Ldap;

/// <summary>Throw-away authorities and a certificate for a directory on loopback, as PEM files.</summary>
internal static class TestCertificates
{
    /// <summary>ca.pem signs server.pem; other-ca.pem signs nothing. The server is localhost, dc1.adatum.com and 127.0.0.1, and not 127.0.0.2.</summary>
    public static void Write(string directory)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var ca = WriteAuthority(directory, "ca", now);
        using var other = WriteAuthority(directory, "other-ca", now);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=dc1.adatum.com", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("dc1.adatum.com");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var server = request.Create(ca, now.AddDays(-1), now.AddDays(1), [1]);
        File.WriteAllText(Path.Combine(directory, "server.pem"), server.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 WriteAuthority(string directory, string name, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Two servers' authorities side by side in one file must not have one name.
        var request = new CertificateRequest($"CN=Throw-away {name} of {Path.GetFileName(directory)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var certificate = request.CreateSelfSigned(now.AddDays(-2), now.AddDays(2));
        File.WriteAllText(Path.Combine(directory, name + ".pem"), certificate.ExportCertificatePem());
        return certificate;
    }
}
