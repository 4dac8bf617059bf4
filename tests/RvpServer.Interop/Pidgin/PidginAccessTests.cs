using RvpServer.Interop.Curl;

namespace RvpServer.Interop.Pidgin;

/// <summary>Pidgin with access lists that its plugin knows nothing of.</summary>
public class PidginAccessTests
{
    private const string Authentication = """{ "Schemes": ["Digest"], "NtlmDomain": "ADATUM" }""";

    /// <summary>The plugin writes an entry for everyone where it finds none that suits it [client]: that would open the account to all.</summary>
    [Theory]
    [InlineData("Everyone")]
    [InlineData("Domain")]
    [InlineData("Contacts")]
    public async Task Whatever_new_accounts_show_people_sign_in_meet_and_talk(string access)
    {
        await using var server = await RunningServer.StartAsync("127.0.0.19", Authentication, $$"""{ "NewAccountAccess": "{{access}}" }""");
        await using PurpleClient jo = PurpleClient.Start(server.AddressOf("JoBrown"), RunningServer.JoPassword);
        await using PurpleClient kari = PurpleClient.Start(server.AddressOf("KariHensien"), RunningServer.KariPassword);
        await Task.WhenAll(jo.SignsIn(), kari.SignsIn());

        // A stranger's message comes first: the plugin drops it where the list does not let everyone write.
        await jo.Says(kari, "You do not know me");
        await kari.HearsMessage(jo, "You do not know me");
        await Task.WhenAll(jo.Adds(kari), kari.Adds(jo));
        await Task.WhenAll(jo.SeesStatus(kari, "online"), kari.SeesStatus(jo, "online"));
        await kari.SetsStatus("busy");
        await jo.SeesStatus(kari, "busy");

        var list = (await new CurlUser(server, "KariHensien", RunningServer.KariPassword, Scheme: "anyauth").Sends("ACL", "KariHensien", [])).Body;
        Assert.Contains("<a:ace><a:principal><a:allprincipals/><a:credentials><a:any/></a:credentials></a:principal>"
            + "<a:grant><a:list/><a:read/><a:send-to/><a:presence/></a:grant><a:deny/></a:ace>", list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("http://evil.example")]
    public async Task A_domain_in_the_list_does_not_trouble_it(string domain)
    {
        await using var server = await RunningServer.StartAsync("127.0.0.19", Authentication);
        var owner = new CurlUser(server, "KariHensien", RunningServer.KariPassword, Scheme: "anyauth");
        var written = await owner.Sends("ACL", "KariHensien", [],
            "<a:rvpacl xmlns:a='http://schemas.microsoft.com/rvp/acl/'><a:acl><a:ace><a:principal><a:rvp-principal>" + domain
                + "</a:rvp-principal><a:credentials><a:any/></a:credentials></a:principal><a:grant/><a:deny><a:send-to/><a:presence/></a:deny></a:ace></a:acl>"
                + "</a:rvpacl>");
        Assert.StartsWith("HTTP/1.1 200", written.StatusLine, StringComparison.Ordinal);
        await using PurpleClient jo = PurpleClient.Start(server.AddressOf("JoBrown"), RunningServer.JoPassword);
        await using PurpleClient kari = PurpleClient.Start(server.AddressOf("KariHensien"), RunningServer.KariPassword);

        await Task.WhenAll(jo.SignsIn(), kari.SignsIn());
        await jo.Says(kari, "Still there?");
        await kari.HearsMessage(jo, "Still there?");
        await kari.Blocks(jo);
        // The block travels on a connection of its own.
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await owner.Sends("ACL", "KariHensien", [])).Body.Contains($">{server.UrlOf("JoBrown")}<", StringComparison.OrdinalIgnoreCase))
            deadline.Token.ThrowIfCancellationRequested();
        await jo.Says(kari, "And now?");
        await jo.HearsThatItWasNotDelivered(kari, "And now?");

        Assert.Contains($">{domain}<", (await owner.Sends("ACL", "KariHensien", [])).Body, StringComparison.Ordinal);
    }
}
