using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Administration;

namespace RvpServer.Tests.Administration;

/// <summary>A server of two organisations, with somebody in each role.</summary>
internal sealed class AdministeredServer : IAsyncDisposable
{
    /// <summary>The first part of an address says the role, the second for what: adatum's domain, contoso's, or the whole installation.</summary>
    public static readonly string[] Administrators =
        ["view-all", "administrator-all", "full-all", "view-adatum", "administrator-adatum", "full-adatum", "full-contoso"];

    private AdministeredServer(TestServer server) => Server = server;

    public TestServer Server { get; }

    public AdminServices Admin => Server.Services.GetRequiredService<AdminServices>();

    public IRoles Roles => Rvp.Testing.Administrators.RolesOf(Server);

    public static async Task<AdministeredServer> StartAsync(params (string Key, string Value)[] more)
    {
        var overrides = new Dictionary<string, string?>
        {
            ["MailDomains:contoso.com"] = "im.contoso.com",
            ["VirtualServers:1:Name"] = "contoso",
            ["VirtualServers:1:Domain"] = "im.contoso.com",
            ["VirtualServers:1:HostNames:0"] = "im.contoso.com",
        };
        foreach (var (key, value) in more) overrides[key] = value;
        var server = new AdministeredServer(await TestServer.StartAsync(overrides, accounts:
        [
            new("JoBrown@adatum.com", "Jo Brown"), new("DonHall@adatum.com", "Don Hall"),
            new("KariHensien@contoso.com", "Kari Hensien", "im.contoso.com", "contoso"),
            .. Administrators.Select(name => new TestAccount(name + "@adatum.com", name)),
        ]));
        foreach (var name in Administrators) await server.GrantAsync(name);
        return server;
    }

    public ApiUser User(string name) => ApiUser.Of(Server, name.Contains('@', StringComparison.Ordinal) ? name : name + "@adatum.com");

    public async Task<IReadOnlyList<AuditEntry>> AuditAsync(string? target = null) =>
        await Admin.AuditFor(Administrator.OfOperatingSystem("root")).ReadAsync(new AuditQuery { Target = target, Max = 1000 }, CancellationToken.None);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private Task<RoleGrant> GrantAsync(string name)
    {
        var (role, scope) = (name.Split('-')[0], name.Split('-')[1]);
        var person = new GrantTarget.Person(TestAccount.AddressOf(name + "@adatum.com"));
        return Roles.GrantAsync(person, AdminRoles.Of(role)!.Value, scope == "all" ? null : $"im.{scope}.com", CancellationToken.None);
    }
}
