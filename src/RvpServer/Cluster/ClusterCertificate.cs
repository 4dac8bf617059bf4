using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans;
using Orleans.Configuration;
using Orleans.Connections.Security;
using RvpServer.Storage;

namespace RvpServer.Cluster;

/// <summary>
/// The certificate by which the processes of a cluster know each other: whoever reaches the database has it, and nobody else is let in. The first process
/// makes it. Both sides of a connection show it; names, issuers and times are not looked at.
/// </summary>
internal sealed class ClusterCertificate(IDatabase database, TimeProvider clock)
{
    private const int Years = 100;

    /// <summary>Has all connections between processes secured by it. Throws <see cref="System.Data.Common.DbException"/>.</summary>
    public void Secure(SiloConnectionOptions connections)
    {
        var own = ReadOrMake();
        var tls = new TlsOptions
        {
            LocalCertificate = own,
            RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
            ClientCertificateMode = RemoteCertificateMode.RequireCertificate,
            RemoteCertificateValidation = (other, _, _) => other.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span),
            SslProtocols = SslProtocols.Tls13,
            OnAuthenticateAsClient = (_, options) => options.TargetHost = own.GetNameInfo(X509NameType.SimpleName, forIssuer: false),
        };
        connections.ConfigureSiloInboundConnection(connection => connection.UseServerTls(tls));
        connections.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(tls));
    }

    private X509Certificate2 ReadOrMake()
    {
        using var connection = database.Open();
        using var read = Sql.Command(connection, "SELECT certificate FROM cluster_certificate WHERE id = 1");
        if (read.ExecuteScalar() is not byte[] known)
        {
            // Processes may start together: what the first one has made is everybody's.
            using var write = Sql.Command(connection,
                "INSERT INTO cluster_certificate (id, certificate) VALUES (1, @made) ON CONFLICT (id) DO NOTHING", ("@made", Make()));
            write.ExecuteNonQuery();
            known = (byte[])read.ExecuteScalar()!;
        }
        return X509CertificateLoader.LoadPkcs12(known, password: null);
    }

    private byte[] Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = clock.GetUtcNow();
        using var made = new CertificateRequest("CN=rvpserver", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        return made.Export(X509ContentType.Pkcs12);
    }
}
