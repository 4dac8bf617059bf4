using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rvp.Testing;

namespace RvpServer.Reliability.Clusters;

/// <summary>Whoever reaches the port of a cluster without belonging to it is not listened to.</summary>
[Collection(nameof(WholeMachine))]
public sealed class ClusterPortTests
{
    [Fact]
    public async Task Only_whoever_has_the_certificate_of_the_database_is_let_in()
    {
        await using var cluster = await RealCluster.StartAsync(2, people: 1);
        var server = IPEndPoint.Parse(cluster.AddressOf(cluster.Servers[0]));
        var stored = await cluster.Postgres.ReadAsync<byte[]>("SELECT certificate FROM cluster_certificate");
        using var own = X509CertificateLoader.LoadPkcs12(stored!, password: null);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The same name, and a key of a stranger's.
        using var made = new CertificateRequest(own.SubjectName, key, HashAlgorithmName.SHA256).CreateSelfSigned(own.NotBefore, own.NotAfter);
        using var other = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);

        Assert.True(await IsHeardAsync(server, own, own));
        Assert.False(await IsHeardAsync(server, own, other));
        Assert.False(await IsHeardAsync(server, own, null));
        Assert.False(await IsHeardInPlainTextAsync(server));

        // Nobody is the worse for it.
        await using var jo = new Member("User0", () => cluster.Servers[1].Port);
        Assert.Equal(200, (await jo.SignsIn())?.Status);
        await cluster.SettlesAsync();
    }

    // A process says first who it is, before it was asked anything.
    private static async Task<bool> IsHeardAsync(IPEndPoint server, X509Certificate2 expected, X509Certificate2? shown)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server);
        await using var tls = new SslStream(client.GetStream(), false, (_, its, _, _) => expected.Equals(its));
        try
        {
            await Deadline.For(
                tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                {
                    TargetHost = "rvpserver",
                    ClientCertificates = shown is null ? null : [shown],
                    EnabledSslProtocols = SslProtocols.Tls13,
                }),
                "an end of the handshake", () => "nothing");
            return await Deadline.For(tls.ReadAsync(new byte[1]).AsTask(), "a first byte, or an end", () => "nothing") > 0;
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<bool> IsHeardInPlainTextAsync(IPEndPoint server)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server);
        // As long as what a process says first, and nothing that TLS begins with.
        await client.GetStream().WriteAsync(new byte[256]);
        try
        {
            // What comes is at most TLS's refusal.
            var answer = new byte[256];
            var count = await Deadline.For(client.GetStream().ReadAsync(answer).AsTask(), "an answer, or an end", () => "nothing");
            return count > 0 && answer[0] != 21;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
