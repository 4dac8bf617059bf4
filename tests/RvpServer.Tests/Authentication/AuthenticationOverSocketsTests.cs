using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Testing;
using RvpServer.Authentication;
using RvpServer.Authentication.Ntlm;
using RvpServer.Configuration;
using RvpServer.Http;
using RvpServer.Tests.Authentication.Ntlm;

namespace RvpServer.Tests.Authentication;

/// <summary>The exchanges as clients make them, in bytes over Kestrel: what belongs to a connection can only be seen there.</summary>
public sealed class AuthenticationOverSocketsTests : IAsyncLifetime
{
    private const string Password = InMemoryDirectory.Password;
    private const string NoProof = "SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 0\r\n\r\n";
    private readonly InMemoryDirectory people = new();
    private WebApplication host = null!;
    private Authenticator authenticator = null!;
    private bool isNtlmAllowed = true;

    public async Task InitializeAsync()
    {
        var settings = new AuthenticationOptions { Schemes = [Scheme.Digest, Scheme.Ntlm], NtlmDomain = "ADATUM", AllowNtlmV1 = true };
        authenticator = new Authenticator(
            settings, new WindowsNames(settings, "im.adatum.com", new Dictionary<string, DomainAuthenticationOptions>()), people,
            ExternalAuthenticators.None, new KnownAddresses(), Door.AbuseOf(TimeProvider.System), Door.Uncounted(),
            TimeProvider.System, NullLogger<Authenticator>.Instance);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        host = builder.Build();
        host.Run(AnswerAsync);
        await host.StartAsync();
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_request_without_proof_gets_one_header_per_scheme_in_order()
    {
        await using var connection = await ConnectAsync();

        var answer = await connection.AskAsync(NoProof);

        Assert.Equal(401, answer.Status);
        var nonce = DigestClient.NonceOf(answer.Head);
        Assert.Equal(
            [$"Digest realm=\"im.adatum.com\", qop=\"auth\", algorithm=MD5, nonce=\"{nonce}\", stale=false", "NTLM"], answer.All("WWW-Authenticate"));
    }

    [Fact]
    public async Task Digest_in_the_words_of_the_plugin_of_Pidgin()
    {
        await using var connection = await ConnectAsync();
        var nonce = DigestClient.NonceOf((await connection.AskAsync(NoProof)).Head);
        var proof = DigestClient.LikePidgin("JoBrown", Password, "SUBSCRIBE", "/instmsg/aliases/JoBrown", nonce);

        var proven = await connection.AskAsync(WithProof(proof));
        var again = await connection.AskAsync(WithProof(proof));
        var withoutProof = await connection.AskAsync(NoProof);

        Assert.Equal((200, "JoBrown by Digest"), (proven.Status, proven.Body));
        Assert.Equal(401, again.Status);
        Assert.Contains("stale=true", again.All("WWW-Authenticate")[0], StringComparison.Ordinal);
        Assert.Equal(401, withoutProof.Status);
    }

    [Fact]
    public async Task Digest_over_HTTP_1_0()
    {
        await using var first = await ConnectAsync();
        var nonce = DigestClient.NonceOf((await first.AskAsync("ACL /instmsg/aliases/JoBrown HTTP/1.0\r\n\r\n")).Head);
        var proof = DigestClient.WithoutQop("JoBrown", Password, "ACL", "/instmsg/aliases/JoBrown", nonce);

        await using var second = await ConnectAsync();
        var proven = await second.AskAsync($"ACL /instmsg/aliases/JoBrown HTTP/1.0\r\nAuthorization: {proof}\r\n\r\n");

        Assert.Equal((200, "JoBrown by Digest"), (proven.Status, proven.Body));
    }

    [Fact]
    public async Task Digest_of_the_client_in_NET()
    {
        isNtlmAllowed = false;
        using var handler = new SocketsHttpHandler { Credentials = new NetworkCredential("JoBrown", Password, "ADATUM"), UseProxy = false };
        using var client = new HttpClient(handler);
        var url = new Uri(host.Urls.Single() + "/instmsg/aliases/JoBrown");

        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(new HttpMethod("POLL"), url);
            using var response = await client.SendAsync(request);
            Assert.Equal("JoBrown by Digest", await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task NTLM_proves_one_connection_and_no_other()
    {
        await using var connection = await ConnectAsync();
        await using var bystander = await ConnectAsync();

        var handshake = await connection.AskAsync(WithProof(Type3.Type1(0x0008_0207)));
        Assert.Equal(401, handshake.Status);
        Assert.DoesNotContain("Connection: close", handshake.Head, StringComparison.OrdinalIgnoreCase);
        var challenge = Type3.ChallengeOf(Assert.Single(handshake.All("WWW-Authenticate")));
        var proof = new Type3 { Nt = Type3.V2(challenge, "JoBrown", "ADATUM", Password) }.ToHeader();

        Assert.Equal("JoBrown by Ntlm", (await connection.AskAsync(WithProof(proof))).Body);
        Assert.Equal("JoBrown by Ntlm", (await connection.AskAsync(NoProof)).Body);
        Assert.Equal(401, (await bystander.AskAsync(NoProof)).Status);
        Assert.Equal(401, (await bystander.AskAsync(WithProof(proof))).Status);
    }

    [Fact]
    public async Task NTLM_in_the_words_of_the_plugin_of_Pidgin()
    {
        await using var connection = await ConnectAsync();

        var handshake = await connection.AskAsync(WithProof(Type3.Type1(0x0000_0207)));
        var nt = NtlmProof.V1Response(NtHash.Of(Password), Type3.ChallengeOf(Assert.Single(handshake.All("WWW-Authenticate"))));
        var proven = await connection.AskAsync(WithProof(new Type3 { User = "jobrown", Flags = 0, Lm = nt, Nt = nt }.ToHeader()));

        Assert.Equal((200, "JoBrown by Ntlm"), (proven.Status, proven.Body));
    }

    [Fact]
    public async Task NTLM_over_HTTP_1_0_that_is_kept_alive()
    {
        const string head = "ACL /instmsg/aliases/JoBrown HTTP/1.0\r\nConnection: keep-alive\r\n";
        await using var connection = await ConnectAsync();

        var handshake = await connection.AskAsync($"{head}Authorization: {Type3.Type1(0x0008_0207)}\r\n\r\n");
        var challenge = Type3.ChallengeOf(Assert.Single(handshake.All("WWW-Authenticate")));
        var proof = new Type3 { Nt = Type3.V2(challenge, "JoBrown", "ADATUM", Password) }.ToHeader();

        Assert.Equal("JoBrown by Ntlm", (await connection.AskAsync($"{head}Authorization: {proof}\r\n\r\n")).Body);
        Assert.Equal("JoBrown by Ntlm", (await connection.AskAsync($"{head}\r\n")).Body);
    }

    [Fact]
    public async Task A_plain_request_in_the_middle_of_a_handshake_gets_a_plain_401()
    {
        await using var connection = await ConnectAsync();
        await connection.AskAsync(WithProof(Type3.Type1(0x0008_0207)));

        var plain = await connection.AskAsync(NoProof);

        Assert.Equal(401, plain.Status);
        Assert.Equal(2, plain.All("WWW-Authenticate").Count);
    }

    [Theory]
    [InlineData("Authorization: Digest username=\"JoBrown\r\n")]
    [InlineData("Authorization: NTLM !\r\n")]
    [InlineData("Authorization: NTLM TlRMTVNTUAADAAAA\r\nAuthorization: NTLM TlRMTVNTUAABAAAA\r\n")]
    public async Task A_broken_header_gets_a_400(string header)
    {
        await using var connection = await ConnectAsync();

        var answer = await connection.AskAsync($"ACL / HTTP/1.1\r\nHost: im.adatum.com\r\n{header}\r\n");

        Assert.Equal(400, answer.Status);
    }

    private static string WithProof(string authorization) =>
        $"SUBSCRIBE /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\nAuthorization: {authorization}\r\nContent-Length: 0\r\n\r\n";

    private Task<RawConnection> ConnectAsync() => RawConnection.OpenAsync(new Uri(host.Urls.Single()).Port);

    /// <summary>Every request needs proof here; the answer says whose it was.</summary>
    private async Task AnswerAsync(HttpContext context)
    {
        if (!isNtlmAllowed) FrontProxies.TreatAsProxied(context);
        var result = await authenticator.AuthenticateAsync(context, Door.Server, known: null, context.RequestAborted);
        var (status, body) = result switch
        {
            AuthenticationResult.Proven proven => (200, $"{proven.Account.Name} by {proven.Proof}"),
            AuthenticationResult.Malformed malformed => (malformed.Refusal.Status, malformed.Refusal.Line),
            _ => (401, ""),
        };
        if (status == 401) authenticator.Challenge(context, Door.Server, result);
        context.Response.StatusCode = status;
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(body);
        await context.Response.WriteAsync(body);
    }
}
