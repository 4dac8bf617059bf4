using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Directories;

namespace RvpServer.Interop.Ldap;

/// <summary>A provider's process in which A. Datum's people are in a real directory of theirs, and Contoso's in the store.</summary>
public sealed class TwoDirectoriesTests : IAsyncLifetime
{
    private SlapdServer slapd = null!;

    public async Task InitializeAsync() => slapd = await SlapdServer.StartAsync();

    public async Task DisposeAsync() => await slapd.DisposeAsync();

    [Fact]
    public async Task Each_signs_in_by_its_own_directory_and_one_that_is_away_is_the_others_affair_only()
    {
        await using var server = await StartAsync();
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien", "im.contoso.com");
        var accounts = server.Services.GetRequiredService<IAccounts>();

        Assert.Equal((200, 200), ((await jo.SignsIn()).Status, (await kari.SignsIn()).Status));
        Assert.Equal("ready\n", await ReadyAsync(server));
        Assert.Equal(["JoBrown@adatum.com", "KariHensien@contoso.com"], (await accounts.ListAsync(default)).Select(account => account.Email));
        var found = await accounts.FindAsync(TestAccount.AddressOf("JoBrown@adatum.com"), null, default);
        Assert.StartsWith("im.adatum.com/", found!.Id, StringComparison.Ordinal);
        Assert.Equal((false, true), (accounts.In("im.adatum.com").NeedsPassword, accounts.In("im.contoso.com").NeedsPassword));

        await slapd.KillAsync();

        Assert.StartsWith("directory: im.adatum.com: No directory server answers: ", await ReadyAsync(server), StringComparison.Ordinal);
        await server.SetPasswordAsync("KariHensien@contoso.com", "Other-Word-2");
        await using var again = server.Person("KariHensien", "im.contoso.com", "Other-Word-2");
        var last = 0;
        await Deadline.Until(
            async () => (last = (await again.SignsIn()).Status) == 200, "Kari signs in by the new password", () => $"the last answer is {last}");
        Assert.Equal(401, (await kari.SetsState("busy")).Status);
        Assert.Equal(503, (await server.AskAsync("PROPFIND /instmsg/aliases/Somebody HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 0\r\n\r\n")).Status);
    }

    [Fact]
    public async Task The_command_line_finds_the_directory_by_the_domain()
    {
        using var folder = new TempFolder();
        folder.Write("rvpserver.json", """
            { "Urls": "http://127.0.0.1:0", "Rvp": {
              "Admin": { "Url": null }, "MailDomains": { "adatum.com": "im.adatum.com", "contoso.com": "im.contoso.com" },
              "VirtualServers": [
                { "Name": "adatum", "Domain": "im.adatum.com", "HostNames": ["im.adatum.com"] },
                { "Name": "contoso", "Domain": "im.contoso.com", "HostNames": ["im.contoso.com"] } ] } }
            """);

        // Nobody is asked for a password whom a directory has.
        Assert.Equal(0, (await RunAsync(folder, "", "user", "add", "KariHensien@adatum.com")).Code);
        Assert.Equal(0, (await RunAsync(folder, "Pass-Word-1\n", "user", "add", "KariHensien@contoso.com", "--password-stdin")).Code);
        var list = await RunAsync(folder, "", "user", "list");
        await slapd.KillAsync();
        var check = await RunAsync(folder, "", "config", "check");

        Assert.Equal(["JoBrown@adatum.com", "KariHensien@adatum.com", "KariHensien@contoso.com"],
            list.Out.Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line.Split(' ')[0]));
        Assert.Equal(1, check.Code);
        Assert.StartsWith("im.adatum.com: No directory server answers: ", check.Error, StringComparison.Ordinal);
    }

    private Task<TestServer> StartAsync()
    {
        var keys = KeysOf(SlapdServer.Reader);
        keys["Domains:im.adatum.com:Directory:Ldap:Attributes:Password"] = "userPassword";
        return TestServer.StartForTwoOrganisationsAsync(keys);
    }

    private Dictionary<string, string?> KeysOf(string bindDn) =>
        slapd.Keys(bindDn).ToDictionary(pair => "Domains:im.adatum.com:" + pair.Key, pair => pair.Value);

    private Task<Ran> RunAsync(TempFolder folder, string input, params string[] arguments) => Commands.RunAsync(
        "dotnet", [BuiltPrograms.Server, .. arguments, "--config", folder.File("rvpserver.json")], input,
        KeysOf(SlapdServer.Admin).ToDictionary(key => "Rvp__" + key.Key.Replace(":", "__", StringComparison.Ordinal), key => key.Value!));

    private static async Task<string> ReadyAsync(TestServer server)
    {
        using var client = new HttpClient();
        return await (await client.GetAsync($"http://127.0.0.1:{server.AdminPort}/readyz")).Content.ReadAsStringAsync();
    }
}
