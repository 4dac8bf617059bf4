using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Http;
using RvpServer.Runtime;

namespace RvpServer.Tests.Router;

/// <summary>A router in a process of its own, which no list of the home server names. Whether it is believed shows by the callbacks of its clients.</summary>
public sealed class RouterTrustTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly FakeDns dns = new FakeDns().HasAddress("imhomeserver1.adatum.com", "127.0.0.1");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("one", "one", 200)]
    [InlineData("one", "other", 403)]
    [InlineData("one", null, 403)]
    [InlineData(null, "one", 403)]
    public async Task A_router_that_holds_the_organisations_key_is_believed_about_its_clients(string? keyOfHome, string? keyOfRouter, int status)
    {
        await using var home = await HomeAsync(keyOfHome);
        await using var router = await RouterAsync(home.Port, keyOfRouter);
        await using var jo = router.Person("JoBrown");

        Assert.Equal(status, (await jo.SignsIn()).Status);
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("192.0.2.10", 403)]
    public async Task Without_a_key_it_is_believed_where_DNS_names_its_address_for_the_IM_domain(string address, int status)
    {
        dns.HasAddress("im.adatum.com", address);
        await using var home = await HomeAsync(null);
        await using var router = await RouterAsync(home.Port, null);
        await using var jo = router.Person("JoBrown");

        Assert.Equal(status, (await jo.SignsIn()).Status);
    }

    [Fact]
    public async Task A_server_that_answers_for_the_IM_domain_itself_has_no_router_in_front_of_it()
    {
        dns.HasAddress("im.adatum.com", "127.0.0.1");
        await using var server = await TestServer.StartAsync(replace: dns.Replace);
        await using var jo = server.Person("JoBrown");

        var answer = await jo.Asks("SUBSCRIBE", jo.Path,
            $"Via: 1.1 im\r\nX-Forwarded-For: 127.0.0.1\r\nNotification-Type: pragma/notify\r\nCall-Back: {jo.Callback.Url}\r\n");

        Assert.Equal(403, answer.Status);
    }

    [Fact]
    public async Task Where_there_is_a_key_DNS_is_not_enough()
    {
        dns.HasAddress("im.adatum.com", "127.0.0.1");
        await using var home = await HomeAsync("one");
        await using var router = await RouterAsync(home.Port, null);
        await using var jo = router.Person("JoBrown");

        Assert.Equal(403, (await jo.SignsIn()).Status);
    }

    [Theory]
    [InlineData("POLL /a", "im", "192.0.2.7\nhttp\nim", 0, true)]
    [InlineData("POLL /a", "im", "192.0.2.7\nhttp\nim", 119, true)]
    [InlineData("POLL /a", "im", "192.0.2.7\nhttp\nim", 121, false)]
    [InlineData("POLL /b", "im", "192.0.2.7\nhttp\nim", 0, false)]
    [InlineData("ACL /a", "im", "192.0.2.7\nhttp\nim", 0, false)]
    [InlineData("POLL /a", "home", "192.0.2.7\nhttp\nim", 0, false)]
    [InlineData("POLL /a", "im", "192.0.2.8\nhttp\nim", 0, false)]
    [InlineData("POLL /a", "im", "192.0.2.7\nhttps\nim", 0, false)]
    public async Task A_proof_is_for_one_request_and_a_short_time(string line, string host, string said, int seconds, bool isGood)
    {
        var clock = new FakeTimeProvider();
        var proof = new OrganisationProof(OrganisationKey.Read(KeyFile("one")!, "", new Mistakes())!, new WallClock(clock));
        var header = proof.Of("POLL", "im", "/a", "192.0.2.7\nhttp\nim");
        clock.Advance(TimeSpan.FromSeconds(seconds));
        var found = false;
        await using var server = await Http.KestrelHost.StartAsync(app => app.Run(context =>
        {
            found = proof.IsIn(context, said);
            return AnswerWriter.WriteAsync(context, 200, "OK");
        }), null);

        await server.AskAsync($"{line} HTTP/1.1", $"Host: {host}", $"{OrganisationProof.Header}: {header}", "Connection: close");

        Assert.Equal(isGood, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1772000000 zz")]
    [InlineData("-1 00")]
    [InlineData("99999999999999999999 00")]
    public async Task What_is_no_proof_proves_nothing(string header)
    {
        await using var home = await HomeAsync("one");

        var answer = await home.AskAsync("ACL /instmsg/local/im.adatum.com/instmsg/aliases/JoBrown HTTP/1.1\r\nHost: imhomeserver1.adatum.com\r\n"
            + $"Via: 1.1 im\r\nX-Forwarded-For: 192.0.2.7\r\n{OrganisationProof.Header}: {header}\r\n\r\n");

        Assert.Equal(401, answer.Status);
    }

    private string? KeyFile(string? name) =>
        name is null ? null : File.Exists(folder.File(name)) ? folder.File(name) : folder.WriteSecret(name, OrganisationKey.Make());

    private Task<TestServer> HomeAsync(string? key) => TestServer.StartAsync(
        new Dictionary<string, string?>
        {
            ["VirtualServers:0:HostNames:0"] = "imhomeserver1.adatum.com",
            ["VirtualServers:0:HostNames:1"] = null,
            ["OrganisationKeyFile"] = KeyFile(key),
        },
        replace: dns.Replace);

    private Task<TestServer> RouterAsync(int homePort, string? key) => TestServer.StartAsync(
        new Dictionary<string, string?>
        {
            ["Firewall:Inside"] = "Proxy",
            ["VirtualServers:0:Name"] = "imrouter1",
            ["VirtualServers:0:Role"] = "Router",
            ["VirtualServers:0:HostNames:1"] = "im",
            ["OrganisationKeyFile"] = KeyFile(key),
        },
        accounts: [new TestAccount("JoBrown@adatum.com", "Jo Brown", Home: $"imhomeserver1.adatum.com:{homePort}")], replace: dns.Replace);
}
