using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>A certificate that a server can be started with.</summary>
internal sealed class PemCertificate : IDisposable
{
    private readonly TempFolder folder = new();

    public PemCertificate(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var made = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        Hash = made.GetCertHashString();
        Environment = new Dictionary<string, string>
        {
            ["Kestrel__Certificates__Default__Path"] = folder.Write("certificate.pem", made.ExportCertificatePem()),
            ["Kestrel__Certificates__Default__KeyPath"] = folder.WriteSecret("key.pem", key.ExportPkcs8PrivateKeyPem()),
        };
    }

    /// <summary>What tells it from others.</summary>
    public string Hash { get; }

    /// <summary>Variables of the server's process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    public void Dispose() => folder.Dispose();
}
