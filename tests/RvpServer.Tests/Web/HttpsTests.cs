using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.Tests.Web;

/// <summary>The web client where there is a certificate: over https or not at all. RVP itself stays as it is.</summary>
public partial class HttpsTests
{
    private const string SignIn = "POST /session HTTP/1.1\r\nHost: im.adatum.com\r\nOrigin: https://im.adatum.com\r\nSec-Fetch-Site: same-origin\r\n"
        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 36\r\nConnection: close\r\n\r\naddress=JoBrown&password=Pass-Word-1";

    [Theory]
    [InlineData("GET", "/", "/")]
    [InlineData("HEAD", "/clients?address=JoBrown@adatum.com", "/clients?address=JoBrown@adatum.com")]
    [InlineData("GET", "//evil.example/x", "//evil.example/x")]
    public async Task Pages_over_http_lead_to_https(string verb, string target, string there)
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);

        var answer = await server.AskAsync($"{verb} {target} HTTP/1.1\r\nHost: IM.adatum.com:{server.Port}\r\n\r\n");

        Assert.Equal((308, $"https://im.adatum.com:{server.HttpsPort}{there}"), (answer.Status, answer["Location"]));
        Assert.Null(answer["Strict-Transport-Security"]);
    }

    [Theory]
    [InlineData("POST", "/session")]
    [InlineData("GET", "/session")]
    [InlineData("DELETE", "/session")]
    [InlineData("GET", "/sessions")]
    [InlineData("GET", "/address?of=KariHensien@adatum.com")]
    public async Task Nobody_signs_in_over_http(string verb, string target)
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);

        var answer = await new Browser(server).AsksAsync(
            verb, target, Browser.OwnPage + "Content-Type: application/json\r\n", """{"address":"JoBrown","password":"Pass-Word-1"}""");

        Assert.Equal((403, "This is served over https here.\n", null), (answer.Status, answer.Body, answer["Set-Cookie"]));
    }

    [Fact]
    public async Task A_session_that_came_over_http_does_not_count()
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);
        var browser = new Browser(server);
        var signedIn = await AskAsync(server, SignIn);
        browser.Cookie = "Cookie: rvp-session=" + CookieValue().Match(signedIn).Groups[1].Value + "\r\n";

        var answer = await browser.AsksWhoWatchesJoAsync();

        Assert.Equal((401, "RvpSession"), (answer.Status, answer["WWW-Authenticate"]));
    }

    [Fact]
    public async Task Over_https_the_cookie_is_for_https_alone_and_browsers_come_back_so()
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);

        var signedIn = await AskAsync(server, SignIn);
        var elsewhere = await AskAsync(server, "GET / HTTP/1.1\r\nHost: im.adatum.com:8443\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK", signedIn, StringComparison.Ordinal);
        Assert.Matches("\r\nSet-Cookie: __Host-rvp-session=[^;]+; max-age=604800; path=/; secure; samesite=strict; httponly\r\n", signedIn);
        Assert.Contains("\r\nStrict-Transport-Security: max-age=31536000\r\n", signedIn, StringComparison.Ordinal);
        // A browser would keep the port and speak TLS at the one for http.
        Assert.StartsWith("HTTP/1.1 200 OK", elsewhere, StringComparison.Ordinal);
        Assert.DoesNotContain("Strict-Transport-Security", elsewhere, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "X-Forwarded-Proto: https\r\n", 200, null)]
    [InlineData("127.0.0.1", "X-Forwarded-Proto: http\r\n", 308, "https://im.adatum.com/")]
    [InlineData("192.0.2.1", "X-Forwarded-Proto: https\r\n", 308, "https://im.adatum.com/")]
    public async Task Behind_a_front_proxy_it_counts_what_the_proxy_says(string proxy, string header, int status, string? there)
    {
        var overrides = new Dictionary<string, string?> { ["Proxies:0"] = proxy, ["WebClient:RequireHttps"] = "true" };
        await using var server = await TestServer.StartAsync(overrides);

        var answer = await server.AskAsync($"GET / HTTP/1.1\r\nHost: im.adatum.com\r\nX-Forwarded-For: 192.0.2.7\r\n{header}\r\n");

        Assert.Equal((status, there), (answer.Status, answer["Location"]));
        Assert.Equal(status == 200 ? "max-age=31536000" : null, answer["Strict-Transport-Security"]);
    }

    [Fact]
    public async Task Who_wants_it_has_both()
    {
        using var certificate = new WebCertificate();
        var overrides = new Dictionary<string, string?> { ["WebClient:RequireHttps"] = "false" };
        await using var server = await TestServer.StartAsync(overrides, certificate: certificate);

        Assert.Equal(200, (await new Browser(server).SignsInAsync()).Status);
        var page = await AskAsync(server, "GET / HTTP/1.1\r\nHost: im.adatum.com\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Strict-Transport-Security", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbs_stay_on_http_where_the_web_client_leaves_it()
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);
        await using var jo = server.Person("JoBrown");

        Assert.Equal(200, (await jo.Asks("ACL", jo.Path)).Status);
        Assert.Equal(501, (await server.AskAsync($"GET {jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n")).Status);
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_by_new_connections_and_old_ones_stay()
    {
        using var certificate = new WebCertificate();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var log = new LogCollector();
        await using var server = await TestServer.StartAsync(
            clock: clock, certificate: certificate, replace: services => services.AddSingleton(log.Of<TlsCertificate>()));
        await using var old = await ConnectAsync(server);
        Assert.Equal("CN=im.adatum.com, OU=Certificate 1", old.RemoteCertificate!.Subject);

        // Half of it: the certificate does not fit the key.
        var key = await File.ReadAllTextAsync(certificate.KeyPath);
        certificate.Renew();
        var newKey = await File.ReadAllTextAsync(certificate.KeyPath);
        await File.WriteAllTextAsync(certificate.KeyPath, key);
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("CN=im.adatum.com, OU=Certificate 1", await SubjectAsync(server));
        }
        await File.WriteAllTextAsync(certificate.KeyPath, newKey);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("CN=im.adatum.com, OU=Certificate 2", await SubjectAsync(server));
        Assert.StartsWith(
            "HTTP/1.1 200", await AskAsync(old, "GET / HTTP/1.1\r\nHost: im.adatum.com\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(["CertificateNotReloaded", "CertificateReloaded"], log.Entries.Select(entry => entry.Event));
    }

    [Fact]
    public async Task A_certificate_file_that_is_away_for_a_while_harms_nobody()
    {
        using var certificate = new WebCertificate();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(clock: clock, certificate: certificate);

        File.Delete(certificate.Path);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("CN=im.adatum.com, OU=Certificate 1", await SubjectAsync(server));
        certificate.Renew();
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("CN=im.adatum.com, OU=Certificate 2", await SubjectAsync(server));
    }

    [Fact]
    public async Task An_endpoint_of_kestrels_own_section_follows_its_file_too()
    {
        using var certificate = new WebCertificate();
        using var folder = new TempFolder();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var port = FreePort.Take();
        var configuration = TestConfiguration.Make(folder.Path, [KeyValuePair.Create<string, string?>("Admin:Url", "")]);
        configuration["Kestrel:Endpoints:Web:Url"] = $"https://127.0.0.1:{port}";
        configuration["Kestrel:Endpoints:Web:Certificate:Path"] = certificate.Path;
        configuration["Kestrel:Endpoints:Web:Certificate:KeyPath"] = certificate.KeyPath;
        var root = new ConfigurationBuilder().AddInMemoryCollection(configuration).Build();
        await using var app = ServerHost.Build(root, RvpSettings.Read(root, folder.Path), "Production", clock);
        await ServerHost.StartAsync(app, default);
        Assert.Equal("CN=im.adatum.com, OU=Certificate 1", await SubjectAsync(port));

        certificate.Renew();
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("CN=im.adatum.com, OU=Certificate 2", await SubjectAsync(port));
        await ServerHost.StopAsync(app);
    }

    [Fact]
    public async Task The_issuers_certificate_is_sent_along()
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);
        var sent = new List<string>();

        await using var connection = await ConnectAsync(server, chain => sent.AddRange(chain.ChainPolicy.ExtraStore.Select(one => one.Subject)));

        Assert.Contains("CN=Throw-away issuer", sent);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_versions_of_tls_that_count_are_spoken(SslProtocols protocol)
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);

        await using var connection = await ConnectAsync(server, protocol: protocol);

        Assert.Equal(protocol, connection.SslProtocol);
    }

    [Fact]
    public async Task Tls_1_1_is_not_spoken()
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);
        await using var connection = await RawConnection.OpenAsync(server.HttpsPort);
        // A ClientHello of version 3.2 with two ciphers and no extensions.
        byte[] hello = [22, 3, 1, 0, 47, 1, 0, 0, 43, 3, 2, .. new byte[32], 0, 0, 4, 0xc0, 0x09, 0xc0, 0x0a, 1, 0];

        await connection.SendAsync(hello);

        // A fatal alert: protocol_version. [RFC 8446, 6.2]
        Assert.EndsWith("\u0002\u0046", await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static Task<string> SubjectAsync(TestServer server) => SubjectAsync(server.HttpsPort);

    private static async Task<string> SubjectAsync(int port)
    {
        await using var connection = await ConnectAsync(port);
        return connection.RemoteCertificate!.Subject;
    }

    private static async Task<string> AskAsync(TestServer server, string request)
    {
        await using var connection = await ConnectAsync(server);
        return await AskAsync(connection, request);
    }

    private static async Task<string> AskAsync(SslStream connection, string request)
    {
        await connection.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(connection, leaveOpen: true);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static Task<SslStream> ConnectAsync(TestServer server, Action<X509Chain>? look = null, SslProtocols protocol = SslProtocols.None) =>
        ConnectAsync(server.HttpsPort, look, protocol);

    private static async Task<SslStream> ConnectAsync(int port, Action<X509Chain>? look = null, SslProtocols protocol = SslProtocols.None)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "im.adatum.com",
                EnabledSslProtocols = protocol,
                RemoteCertificateValidationCallback = (_, _, chain, _) =>
                {
                    look?.Invoke(chain!);
                    return chain is not null;
                },
            });
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    [GeneratedRegex("__Host-rvp-session=([^;]+);")]
    private static partial Regex CookieValue();
}
