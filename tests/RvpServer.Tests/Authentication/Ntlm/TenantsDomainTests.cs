using System.Text;
using Rvp.Testing;

namespace RvpServer.Tests.Authentication.Ntlm;

/// <summary>Organisations that share a process see nothing of each other in NTLM's challenge.</summary>
public class TenantsDomainTests
{
    [Theory]
    [InlineData(null, null, "im.adatum.com", "ADATUM")]
    [InlineData(null, null, "im.contoso.com", "CONTOSO")]
    [InlineData("HOSTER", null, "im.contoso.com", "HOSTER")]
    [InlineData("HOSTER", "SALES", "im.contoso.com", "SALES")]
    [InlineData("HOSTER", "SALES", "im.adatum.com", "HOSTER")]
    public async Task The_challenge_names_the_domain_that_was_asked_or_the_configured_one(string? configured, string? contosos, string host, string expected)
    {
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, string?>
            {
                ["Authentication:NtlmDomain"] = configured,
                ["Domains:im.contoso.com:Authentication:NtlmDomain"] = contosos,
                ["VirtualServers:1:Name"] = "contoso",
                ["VirtualServers:1:Domain"] = "im.contoso.com",
                ["VirtualServers:1:HostNames:0"] = "im.contoso.com",
            },
            accounts: [new("JoBrown@adatum.com", "Jo Brown"), new("JoBrown@im.contoso.com", "Jo Brown", "im.contoso.com", null)]);

        var answer = await server.AskAsync(
            $"ACL /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: {host}\r\n"
                + "Authorization: NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAFASgKAAAADw==\r\n\r\n");

        var challenge = Encoding.Unicode.GetString(Convert.FromBase64String(answer["WWW-Authenticate"]!["NTLM ".Length..]));
        Assert.Equal([expected], new[] { "ADATUM", "CONTOSO", "HOSTER", "SALES" }.Where(name => challenge.Contains(name, StringComparison.Ordinal)));
    }
}
