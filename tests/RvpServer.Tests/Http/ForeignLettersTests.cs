using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rvp.Testing;

namespace RvpServer.Tests.Http;

/// <summary>Hosts, headers and names that are not ASCII, as they come over the wire: a firm called Müller, with a Jürg.</summary>
public sealed class ForeignLettersTests : IAsyncLifetime
{
    private const string Domain = "im.xn--mller-kva.test";
    private const string Password = "Grüße-1";
    private const string Jurgs = "/instmsg/aliases/J%C3%BCrg";

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["MailDomains:adatum.com"] = null,
        ["MailDomains:müller.test"] = Domain,
        ["VirtualServers:0:Domain"] = "im.müller.test",
        ["VirtualServers:0:HostNames:0"] = "IM.Müller.test.",
        ["VirtualServers:0:HostNames:1"] = null,
    };

    private readonly LogCollector log = new();
    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync(
        Settings, accounts: [new("Jürg@Müller.test", "Jürg", Domain, Password: Password), new("Kari@xn--mller-kva.test", "Kari", Domain)],
        replace: services => services.AddSingleton<ILoggerFactory>(new LoggerFactory([log.MakeProvider()])));

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [InlineData("im.xn--mller-kva.test")]
    [InlineData("IM.XN--MLLER-KVA.test")]
    [InlineData("im.xn--mller-kva.test.:80")]
    public async Task A_firm_with_a_name_that_is_not_ascii_is_found_by_its_host(string host)
    {
        await using var kari = server.Person("Kari", Domain);
        kari.Host = host;

        Assert.Equal(200, (await kari.SignsIn()).Status);
        Assert.Equal(200, (await server.AskAsync($"GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n")).Status);
    }

    [Fact]
    public async Task A_principal_may_name_its_host_in_both_forms_and_others_read_the_one_in_ascii()
    {
        await using var kari = server.Person("Kari", Domain);
        await kari.SignsIn();
        await kari.SetsState("busy");

        var answer = await kari.Asks("ACL", kari.Path, "",
            $"<a:rvpacl {Person.Namespaces}><a:acl><a:ace><a:principal><a:rvp-principal>http://im.Straße.test/instmsg/aliases/Jo</a:rvp-principal>"
                + "<a:credentials><a:any/></a:credentials></a:principal><a:grant><a:read/></a:grant></a:ace></a:acl></a:rvpacl>");
        var list = await kari.ReadsAcl();

        Assert.Equal(200, answer.Status);
        Assert.Contains("<a:rvp-principal>http://im.xn--strae-oqa.test/instmsg/aliases/Jo</a:rvp-principal>", list.Body, StringComparison.Ordinal);
        var proof = await kari.Proof("ACL", kari.Path);
        var asked = await server.AskAsync(
            $"ACL {kari.Path} HTTP/1.1\r\nHost: {Domain}\r\nRVP-From-Principal: http://im.müller.test{kari.Path}\r\n{proof}Content-Length: 0\r\n\r\n");
        Assert.Equal(list.Body, asked.Body);
    }

    [Theory]
    [InlineData("xn--")]
    [InlineData("xn--0.xn--0")]
    [InlineData("xn--a-.test:80")]
    [InlineData("im.xn--99999999999999999.test")]
    public async Task Broken_punycode_is_a_host_that_is_not_here_and_no_error(string host)
    {
        foreach (var line in new[] { $"PROPFIND {Jurgs}", $"SUBSCRIBE {Jurgs}", "GET /", "GET /session", "X /" })
        {
            var answer = await server.AskAsync($"{line} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n");
            Assert.True(answer.Status is 404 or 501, $"{line} is answered {answer}");
        }
        var admin = await RawConnection.AskAsync(server.AdminPort, $"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n");
        Assert.Equal(421, admin.Status);

        foreach (var header in new[] { "RVP-From-Principal", "Call-Back", "Origin" })
        {
            await using var kari = server.Person("Kari", Domain);
            var answer = await kari.Asks("SUBSCRIBE", kari.Path, $"Notification-Type: pragma/notify\r\n{header}: http://{host}/instmsg/aliases/Jo\r\n");
            Assert.True(answer.Status < 500, $"{header}: {answer}");
        }
        Assert.DoesNotContain(log.Entries, entry => entry.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData("http://im.xn--mller-kva.test", "im.xn--mller-kva.test")]
    [InlineData("http://im.xn--mller-kva.test:1234", "im.xn--mller-kva.test")]
    [InlineData("http://im.xn--mller-kva.test:80", "im.xn--mller-kva.test:80")]
    [InlineData("http://im.xn--mller-kva.test", "elsewhere.test")]
    [InlineData("http://IM.xn--mller-kva.test", "proxy:3128")]
    public async Task The_host_of_an_absolute_target_counts_whatever_Host_says(string target, string host)
    {
        await using var kari = server.Person("Kari", Domain);
        await kari.SignsIn();
        var proof = await kari.Proof("ACL", target + kari.Path);

        var answer = await server.AskAsync($"ACL {target}{kari.Path} HTTP/1.1\r\nHost: {host}\r\n{proof}Content-Length: 0\r\n\r\n");

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task An_absolute_target_elsewhere_is_not_served_whatever_Host_says()
    {
        var answer = await server.AskAsync($"ACL http://elsewhere.test{Jurgs} HTTP/1.1\r\nHost: {Domain}\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(404, answer.Status);
    }

    [Theory]
    [InlineData("User-Agent: Klient für Windows")]
    [InlineData("RVP-Client-Note: \u0080\u0081ÿ")]
    [InlineData("Call-Back-Note: Ã")]
    public async Task A_header_in_another_charset_refuses_nothing(string header)
    {
        await using var kari = server.Person("Kari", Domain);
        await kari.SignsIn();
        var proof = await kari.Proof("ACL", kari.Path);

        var answer = await AskInLatin1($"ACL {kari.Path} HTTP/1.1\r\nHost: {Domain}\r\n{header}\r\n{proof}Content-Length: 0\r\n\r\n");

        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("User-Agent: a\0b")]
    [InlineData("Host: im.müller.test")]
    public async Task What_is_no_header_in_any_charset_is_refused(string header)
    {
        var host = header.StartsWith("Host", StringComparison.Ordinal) ? "" : $"Host: {Domain}\r\n";

        var answer = await AskInLatin1($"ACL {Jurgs} HTTP/1.1\r\n{host}{header}\r\n\r\n");

        Assert.Equal(400, answer.Status);
    }

    public static TheoryData<string, bool, bool> Spellings
    {
        get
        {
            var rows = new TheoryData<string, bool, bool>();
            foreach (var user in new[] { "Jürg", "jürg@müller.test", "JÜRG@im.xn--mller-kva.test" })
                foreach (var inHeader in new[] { true, false })
                    foreach (var inHash in new[] { true, false }) rows.Add(user, inHeader, inHash);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task A_user_name_and_a_password_are_proven_in_both_charsets(string user, bool isHeaderLatin1, bool isHashLatin1)
    {
        var answer = await ProveAsync($"username=\"{user}\"", user, Password, isHeaderLatin1, isHashLatin1);

        Assert.True(answer.Status == 200, answer.Text);
    }

    [Fact]
    public async Task A_user_name_may_come_escaped() =>
        Assert.Equal(200, (await ProveAsync("username*=UTF-8''J%C3%BCrg", "Jürg", Password, isHeaderLatin1: false, isHashLatin1: false)).Status);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_wrong_password_is_wrong_in_both_charsets(bool isLatin1) =>
        Assert.Equal(401, (await ProveAsync("username=\"Jürg\"", "Jürg", "Grüsse-1", isLatin1, isLatin1)).Status);

    private async Task<RawAnswer> ProveAsync(string parameter, string user, string password, bool isHeaderLatin1, bool isHashLatin1)
    {
        const string head = $"SUBSCRIBE {Jurgs} HTTP/1.1\r\nHost: {Domain}\r\nNotification-Type: pragma/notify\r\n";
        var nonce = DigestClient.NonceOf((await server.AskAsync(head + "Content-Length: 0\r\n\r\n")).Head);
        var ha1 = Md5($"{user}:{Domain}:{password}", isHashLatin1 ? Encoding.Latin1 : Encoding.UTF8);
        var response = Md5($"{ha1}:{nonce}:00000001:c:auth:{Md5($"SUBSCRIBE:{Jurgs}", Encoding.UTF8)}", Encoding.UTF8);
        var request = $"{head}Authorization: Digest {parameter}, realm=\"{Domain}\", nonce=\"{nonce}\", uri=\"{Jurgs}\", qop=auth, nc=00000001, cnonce=\"c\", "
            + $"response=\"{response}\"\r\nContent-Length: 0\r\n\r\n";
        return isHeaderLatin1 ? await AskInLatin1(request) : await server.AskAsync(request);
    }

    private async Task<RawAnswer> AskInLatin1(string request)
    {
        await using var connection = await server.ConnectAsync();
        await connection.SendAsync(Encoding.Latin1.GetBytes(request));
        return await connection.ReadAnswerAsync();
    }

    private static string Md5(string text, Encoding charset) => Convert.ToHexStringLower(MD5.HashData(charset.GetBytes(text)));
}
