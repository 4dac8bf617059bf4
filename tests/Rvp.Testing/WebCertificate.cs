using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rvp.Testing;

/// <summary>A certificate for a web server in files, as an administrator renews it: with that of the authority between it and the root.</summary>
internal sealed class WebCertificate : IDisposable
{
    private readonly TempFolder folder = new();
    private int serial;

    public WebCertificate() => Renew();

    /// <summary>The certificate, and behind it its issuer's.</summary>
    public string Path => folder.File("fullchain.pem");

    /// <summary>What tells it from others.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>Its key.</summary>
    public string KeyPath => folder.File("privkey.pem");

    /// <summary>Writes a new one for im.adatum.com; its subject is another each time.</summary>
    /// <param name="lifetime">How long it is good; two months when left out.</param>
    /// <param name="name">Its common name, which browsers show.</param>
    public void Renew(TimeSpan? lifetime = null, string name = "im.adatum.com")
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("CN=Throw-away root", rootKey).CreateSelfSigned(now.AddDays(-3), now.AddDays(91));
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var unsigned = Authority("CN=Throw-away issuer", issuerKey).Create(root, now.AddDays(-2), now.AddDays(90), [1]);
        using var issuer = unsigned.CopyWithPrivateKey(issuerKey);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}, OU=Certificate {++serial}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("im.adatum.com");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(issuer, now.AddDays(-1), now + (lifetime ?? TimeSpan.FromDays(60)), [(byte)serial]);
        Hash = certificate.GetCertHashString();
        folder.Write("fullchain.pem", certificate.ExportCertificatePem() + "\n" + issuer.ExportCertificatePem());
        folder.WriteSecret("privkey.pem", key.ExportPkcs8PrivateKeyPem());
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    public void Dispose() => folder.Dispose();
}
